"""What a change does to packages whose name stays: another place, other bytes, an older version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from depscan.checks.check import Before, Check, Context, finding_at
from depscan.graph.changes import DOWNGRADED, Change, all_hashes, changes
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.model.package import Package
    from depscan.release.diff import ReleaseDiff

_REASONS = 4
_PLACES = 6

HASH_CHANGED = Rule(
    "integrity/hash-changed",
    "Same version, other bytes",
    "integrity",
    Severity.CRITICAL,
    "A change gives a file of a version that was locked before another hash, or takes the hash away.",
    "A published file does not change. Another hash means that the file was replaced on the index, or that the lock "
    "was edited to accept a file of somebody else's: name and version look as before, so nobody reads the line.",
    "Fetch the file from the index, compute its hash and ask who changed the line. Do not install it until you know.",
    "A private index that rebuilds a version; a lock that moves to another index with files of its own; a lock whose "
    "tool changed the kind of its hashes (sha1 to sha512), which is shown as undecided.",
)
LEFT_INDEX = Rule(
    "trust/left-index",
    "Package comes from a repository, URL or folder instead of the index",
    "trust",
    Severity.HIGH,
    "A change takes a package from another place than an index, or from another repository or host than before.",
    "What comes from a repository or URL was never published: no index, no other user and no advisory has seen it. "
    "Dependencies on a commit of a fork are how worms pulled in their second stage.",
    "Ask why the released version will not do, and pin the full commit of a repository you control.",
    "A fork used on purpose for a while: write an exception with a date.",
)
MOVED_INDEX = Rule(
    "trust/moved-index",
    "Package comes from another index than before",
    "trust",
    Severity.MEDIUM,
    "A change takes a package from another index than the one it was locked from.",
    "A private name that suddenly resolves on a public index is dependency confusion at work; a public name that "
    "moves to an unknown index is replaced there.",
    "Make sure that the new index is yours or the one you meant, for this name.",
    "A team that moves to a mirror moves every package at once.",
)
DOWNGRADE = Rule(
    "trust/downgraded",
    "Older version than before",
    "trust",
    Severity.LOW,
    "A change takes an older version of a package than the one that was locked.",
    "Going back brings old flaws back. Seldom is it meant.",
    "Make sure that the newer version is really not wanted: it may have been withdrawn for a reason.",
    "A release that broke something, and a revert.",
)

NEW_SURFACE = Rule(
    "behaviour/new-surface",
    "New release runs something unasked that the one before did not",
    "behaviour",
    Severity.HIGH,
    "The release that a change brings was compared with the one it replaces: it runs something at install, at every "
    "start or at import that the older one did not, or the behaviour rules object to it and not to the older one.",
    "A hijacked project looks like itself except for the lines that were added. Of 31 incidents taken apart, a "
    "comparison with the release before shows 25.",
    "Read the lines (depscan compare OLD NEW lists all of them). Stay on the older release until you know why they "
    "are there.",
    "A real new feature that starts a process or declares a build hook.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per package that a change moves, rewrites or takes back; nothing in a plain scan."""
    if context.before is None:
        return
    for change in changes(context.before.graph, context.graph):
        yield from _moved(context, change)
        if change.kind == DOWNGRADED and change.old and change.new:
            message = f"goes back from {change.old.version} to {change.new.version}"
            yield finding_at(context, DOWNGRADE, change.after, message, context.graph.first_place(change.after))
    yield from _rehashed(context, context.before)
    for key, diffs in context.before.releases.items():
        yield from (_worse(key, diff) for diff in diffs if diff.worse)


def _worse(key: str, diff: ReleaseDiff) -> Finding:
    """Return the finding of a release that is worse than the one before, at the lines that make it so."""
    places = [Location(s.path, s.line, s.text, (diff.new, *s.container)) for s in diff.added if s.loud]
    places += [Location(b.path, b.line, "", (diff.new,)) for b in diff.behaviour]
    shown = "; ".join(diff.reasons[:_REASONS])
    more = f"; and {len(diff.reasons) - _REASONS} more" if len(diff.reasons) > _REASONS else ""
    evidence = tuple(Evidence(p, "related" if i else "primary") for i, p in enumerate(places[:_PLACES]))
    rule = NEW_SURFACE
    message = f"{diff.versions[1] or 'it'} against {diff.versions[0] or 'the one before'}: {shown}{more}"
    return Finding(rule.id, rule.klass, rule.severity, Confidence.MEDIUM, key, message, evidence=evidence, fix=rule.fix)


def _moved(context: Context, change: Change) -> Iterator[Finding]:
    if not (change.moved and change.old and change.new):
        return
    rule = LEFT_INDEX if change.moved == "source" else MOVED_INDEX
    message = f"came from {_from(change.old)} and comes from {_from(change.new)} now"
    yield finding_at(context, rule, change.after, message, context.graph.first_place(change.after))


def _from(package: Package) -> str:
    if package.source in {"git", "url", "local"}:
        words = {"git": "the repository", "url": "the URL", "local": "the folder"}
        return f"{words[package.source]} {package.url or 'that is not named'}"
    return f"the index {package.registry}" if package.registry else "an index"


def _rehashed(context: Context, before: Before) -> Iterator[Finding]:
    """Compare file by file, not in the merged graph: another document with the old hash would hide the new one."""
    known = _known(before.documents)
    seen = set()
    for document in context.documents:
        hashed = any(p.hashes for p in document.nodes.values())
        for key, package in document.nodes.items():
            held = known.get((package.ecosystem, package.name, package.version))
            if held is None or package.version is None:
                continue
            message, undecided = _difference(held, package, hashed=hashed)
            if message and (document.path, key) not in seen:
                seen.add((document.path, key))
                made = finding_at(context, HASH_CHANGED, key, message, (document.path, document.at[key]))
                yield made._replace(status="undecidable", confidence=Confidence.MEDIUM) if undecided else made


class _Known:
    """The hashes of one version: of its files by name, and all; ``bare`` when some file gave it none."""

    __slots__ = ("all", "bare", "files")

    def __init__(self) -> None:
        self.all: set[str] = set()
        self.bare = False
        self.files: dict[str, set[str]] = {}


def _known(documents: list[Document]) -> dict[tuple[str, str, str | None], _Known]:
    found: dict[tuple[str, str, str | None], _Known] = {}
    for document in documents:
        for package in document.nodes.values():
            held = found.setdefault((package.ecosystem, package.name, package.version), _Known())
            held.bare |= not all_hashes(package)
            held.all.update(all_hashes(package))
            for file in package.files:
                if file.hash:
                    held.files.setdefault(_name(file.url), set()).add(file.hash)
    return found


def _difference(held: _Known, package: Package, *, hashed: bool) -> tuple[str, bool]:
    """Return what changed, and whether that cannot be decided because the hashes are of different kinds."""
    for file in package.files:
        before = held.files.get(_name(file.url))
        if file.hash and before and file.hash not in before:
            return _compared(before, {file.hash}, _name(file.url))
    now = set(all_hashes(package))
    if not held.all:
        return "", False
    if not now:
        taken = hashed and not held.bare and package.source != "local"
        return ("had a hash and has none now" if taken else "", False)
    return ("", False) if now & held.all else _compared(held.all, now, "")


def _compared(before: set[str], now: set[str], file: str) -> tuple[str, bool]:
    name = f"{file}: " if file else ""
    kinds = {_kind(text) for text in before} & {_kind(text) for text in now}
    if not kinds:
        return f"{name}the hash is of another kind than before: nobody can say that it means the same file", True
    kind = sorted(kinds)[-1]
    was, is_ = (next(iter(sorted(t for t in texts if _kind(t) == kind))) for texts in (before, now))
    return f"{name}the version is the same, the hash is another one: {was[:80]} before, {is_[:80]} now", False


def _kind(text: str) -> str:
    return text.partition(":")[0].partition("-")[0].lower()


def _name(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rpartition("/")[2]


RULES = (HASH_CHANGED, LEFT_INDEX, MOVED_INDEX, DOWNGRADE, NEW_SURFACE)
CHECK = Check("changes", "What a change does to packages that stay", RULES, run)
