"""Read two releases so that nothing that changed stays unread.

The engine follows a bounded amount of code per artifact; of a large package most modules are never read. What did
not change cannot be a difference: where the bound was met, what changed is read again without the rest, in portions
that fit. Both sides are portioned alike, so that what a smaller view shows differently is so on both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.facts.fact import TEST
from depscan.release.release import Release, ReleaseGap, read_release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.artifacts.artifact import Artifact, Member
    from depscan.facts.inspected import Inspected

_PORTION = 300_000
"""Bytes of source per portion: below what the reader of Python follows at install, start and import."""
_MOST_PORTIONS = 40
_MET = "too much code"
_SOURCE = (".py", ".pyw")


class _Sources(NamedTuple):
    """The Python files of an artifact but its tests: path to SHA-256 of the source with plain line ends."""

    artifact: Artifact
    digests: dict[str, str]


def read_pair(
    old: Artifact, new: Artifact, items: tuple[Inspected, Inspected] | None = None
) -> tuple[Release, Release]:
    """Return what is known of two opened artifacts, read as far as they differ.

    Args:
        old: as opened.
        new: likewise.
        items: what the engine knows of both, where they were inspected already.
    """
    one, two = items or (None, None)
    before, after = read_release(old, one), read_release(new, two)
    if not any(_MET in gap.why for gap in (*before.gaps, *after.gaps)):
        return before, after
    held = _sources(old), _sources(new)
    portions = list(_portions(*held))
    return (
        _with_portions(before, held[0], portions),
        _with_portions(after, held[1], portions),
    )


def _sources(artifact: Artifact) -> _Sources:
    from hashlib import sha256

    from depscan.artifacts.surface import surface

    tests = {e.path for e in surface(artifact).entries if e.when == TEST and not e.container}
    found = {
        m.path: sha256(m.read().replace(b"\r\n", b"\n")).hexdigest()
        for m in reversed(artifact.members)
        if not m.container and m.path.lower().endswith(_SOURCE) and m.path not in tests
    }
    return _Sources(artifact, found)


def _portions(one: _Sources, two: _Sources) -> Iterator[frozenset[str]]:
    """Yield the paths of files that changed on either side, in portions of a bounded size."""
    before, after = set(one.digests.values()), set(two.digests.values())
    changed = {p for p, d in one.digests.items() if d not in after} | {
        p for p, d in two.digests.items() if d not in before
    }
    sizes: dict[str, int] = {}
    for member in (*one.artifact.members, *two.artifact.members):
        if member.path in changed and not member.container:
            sizes[member.path] = max(sizes.get(member.path, 0), member.size)
    portion: set[str] = set()
    size = 0
    for path in sorted(sizes):
        if portion and size + sizes[path] > _PORTION:
            yield frozenset(portion)
            portion, size = set(), 0
        portion.add(path)
        size += sizes[path]
    if portion:
        yield frozenset(portion)


def _with_portions(release: Release, sources: _Sources, portions: list[frozenset[str]]) -> Release:
    """Return a release with what its changed files show when they are read by themselves."""
    from depscan.facts.engine import inspect_opened
    from depscan.release.behaviour import behaviour
    from depscan.release.code import code_surface

    surface = {(s.key, s.path, s.line): s for s in release.surface}
    objected = {b.key: b for b in release.behaviour}
    gaps = [gap for gap in release.gaps if _MET not in gap.why]
    for portion in portions[:_MOST_PORTIONS]:
        item = _without_shape(inspect_opened(_only(sources.artifact, portion)))
        for one in code_surface(item):
            surface.setdefault((one.key, one.path, one.line), one)
        for hit in behaviour(item):
            objected.setdefault(hit.key, hit)
        gaps += [ReleaseGap(g.path, g.why, g.when, fatal=True) for g in item.gaps if _MET in g.why and _early(g.when)]
    if left := sum(len(p & sources.digests.keys()) for p in portions[_MOST_PORTIONS:]):
        gaps.append(ReleaseGap("", f"{left} changed files were not read: {_MET}", "import", fatal=True))
    return release._replace(
        surface=tuple(surface.values()), behaviour=tuple(objected.values()), gaps=tuple(dict.fromkeys(gaps))
    )


def _early(when: str) -> bool:
    return when in {"install", "startup", "import"}


def _only(artifact: Artifact, portion: frozenset[str]) -> Artifact:
    """Return an artifact whose other Python files are empty: their names still say how the rest is laid out."""
    return artifact._replace(members=tuple(_kept(member, portion) for member in artifact.members))


def _kept(member: Member, portion: frozenset[str]) -> Member:
    if member.container or member.path in portion or not member.path.lower().endswith(_SOURCE):
        return member
    return member._replace(size=0, read=bytes)


def _without_shape(item: Inspected) -> Inspected:
    """Return facts without those about the package as a whole, which it is not here; indices stay what they are."""
    facts = tuple(
        f._replace(what="literal", when=TEST, values=()) if f.what == "package.shape" else f for f in item.facts
    )
    return item._replace(facts=facts)
