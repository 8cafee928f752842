"""The archives around model files: what two loaders could see differently in them, and what nobody can see at all.

Loaders of models take zip and tar files as they come, with readers of their own; what is only odd in a package
(installers have one reader) decides here which weights, or which pickle, is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.steps import HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Oddity
    from depscan.facts.sink import Sink

_OUTSIDE = frozenset({"traversal", "absolute", "link"})
_CUT = frozenset({"data-cut", "no-end", "directory-damaged"})
_UNSEEN = frozenset({"budget", "unreadable", "encrypted"})
_WHOLE = _UNSEEN | {"ratio"}
"""What is told of an artifact that is one packed file, whatever its name promises."""
_BEHIND = ("behind", "more members")
_WHY = {
    "traversal": "unpacked, it lands outside of the folder it is unpacked to",
    "absolute": "unpacked, it lands outside of the folder it is unpacked to",
    "link": "a link in an archive: what is read or written through it stands elsewhere",
    "duplicate": "loaders take the first or the last of two members of one name",
    "polyglot": "it is two formats at once: a loader takes one, a scanner may take the other",
    "encrypted": "marked as encrypted and it is not: some loaders ignore the mark, some scanners stop at it",
    "ratio": "it unpacks to far more than any weights do, and nothing in it says that it is data of this size",
    "nested-too-deep": "wrapped more often than any writer of models does",
    "long-name": "a name longer than file systems take",
    "case-clash": "two names that are one on some file systems",
}


def read_layout(artifact: Artifact, sink: Sink) -> list[tuple[str, Report]]:
    """Return, by the path of the member or archive, what is wrong with the archives that hold an artifact's models."""
    from depscan.artifacts.open import oddities_of
    from depscan.loading.route import promises

    whole = artifact.kind != "folder"
    chain = whole and len({member.container for member in artifact.members}) == len(artifact.members)
    models = {model.path: model.verdict for model in sink.models}
    around = {outer for model in sink.models for outer in model.container} | models.keys()
    found: dict[str, Report] = {}
    for oddity in oddities_of(artifact):
        near = (whole and (bool(models) or promises(artifact.name))) or oddity.path in around or promises(oddity.path)
        itself = oddity.path == artifact.name and oddity.kind in _WHOLE
        itself = itself or (chain and oddity.kind == "nested-too-deep")
        if not near and not itself and not (whole and oddity.kind in _OUTSIDE):
            continue
        if (oddity.kind == "link" and not whole) or (oddity.kind == "ratio" and _explained(models.get(oddity.path))):
            continue
        _judge(oddity, found.setdefault(oddity.path, Report()))
    return [(path, report) for path, report in found.items() if report.steps or report.gaps]


def _explained(verdict: str | None) -> bool:
    """Whether a format's own header accounts for the size of what packs so well (arrays of zeros do)."""
    return verdict in {"data only", "known constructors"}


def _judge(oddity: Oddity, report: Report) -> None:
    kind, said = oddity.kind, oddity.detail[:300]
    if _unseen(oddity):
        report.gap(f"{kind}: {said}")
    elif kind != "disguised":
        why = _WHY.get(kind, "two loaders see different content in it; honest writers never make this")
        verdict = ODD if kind in {"long-name", "case-clash"} else HOSTILE
        what = "load.path" if kind in _OUTSIDE else "load.bomb" if kind == "ratio" else "load.layout"
        report.add(Step(what, verdict, oddity.case or kind, said, why))


def _unseen(oddity: Oddity) -> bool:
    """Whether an oddity says that something could not be read, rather than that it can be read in two ways."""
    if oddity.kind in _UNSEEN:
        return oddity.kind != "encrypted" or not oddity.case
    damaged = oddity.kind == "broken" and not oddity.case and not any(word in oddity.detail for word in _BEHIND)
    return damaged or oddity.case in _CUT
