"""Compare the archives of one release with each other: what only one of them runs or holds.

One was poisoned in the sdist only: whoever reads the wheel sees nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.release.behaviour import Behaviour
from depscan.release.diff import INCOMPLETE, SAME, WORSE
from depscan.release.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.release.release import Release

_BUILDS = frozenset({"setup-script", "build-backend", "build-file", "native"})


class OnlyIn(NamedTuple):
    """What one archive of a release has and no other has.

    Attributes:
        archive: its name.
        surface: what it runs unasked; build steps of an sdist are left out.
        behaviour: rules that object to it.
        modules: dotted names of importable modules that only it has.
    """

    archive: str
    surface: tuple[Surface, ...]
    behaviour: tuple[Behaviour, ...]
    modules: tuple[str, ...]


class SiblingDiff(NamedTuple):
    """How the archives of one release differ.

    Attributes:
        archives: their names.
        only: one per archive that has something of its own.
        differing: modules that are in several archives with different content.
        notes: versions that differ, archives that could not be read in full.
    """

    archives: tuple[str, ...]
    only: tuple[OnlyIn, ...]
    differing: tuple[str, ...]
    notes: tuple[str, ...] = ()
    incomplete: bool = False

    @property
    def verdict(self) -> str:
        """Return worse (one archive runs what another does not), incomplete or same."""
        if any(one.surface or one.behaviour for one in self.only):
            return WORSE
        return INCOMPLETE if self.incomplete else SAME

    @property
    def exit_code(self) -> int:
        """Return 0 alike, 1 one archive runs what another does not, 4 incomplete."""
        return {WORSE: 1, INCOMPLETE: 4}.get(self.verdict, 0)


def compare_siblings(releases: Sequence[Release]) -> SiblingDiff:
    """Return how the archives of one release differ; at least two."""
    only = []
    for release in releases:
        others = [other for other in releases if other is not release]
        made = _only(release, others)
        if made.surface or made.behaviour or made.modules:
            only.append(made)
    hashes: dict[str, set[str]] = {}
    for release in releases:
        for dotted, held in release.modules.items():
            hashes.setdefault(dotted, set()).add(held.digest)
    differing = sorted(dotted for dotted, digests in hashes.items() if len(digests) > 1)
    return SiblingDiff(
        tuple(release.name for release in releases),
        tuple(only),
        tuple(differing),
        tuple(_notes(releases)),
        any(g.fatal or g.when in {"install", "startup"} for r in releases for g in r.gaps),
    )


def _only(release: Release, others: list[Release]) -> OnlyIn:
    product = _tops([release]) & _tops(others)
    mine = _product(release, product)
    modules = {dotted for other in others for dotted in other.modules}
    alone = tuple(sorted(d for d in mine if d not in modules))
    # The same modules do the same: what one reading found and another did not is then the readers' budget.
    twin = any(mine == _product(other, product) for other in others)
    paths = frozenset(release.modules[dotted].path for dotted in mine) if not twin else frozenset()
    known = {s.key for other in others for s in other.surface}
    objected = {b.key for other in others for b in other.behaviour}
    surface = {s.key: s for s in reversed(release.surface) if s.key not in known and _counts(s, release, paths)}
    behaviour = [b for b in release.behaviour if b.key not in objected and _objects(b, paths)]
    return OnlyIn(release.name, tuple(reversed(surface.values())), tuple(behaviour), alone)


def _tops(releases: Sequence[Release]) -> frozenset[str]:
    return frozenset(dotted.partition(".")[0] for release in releases for dotted in release.modules)


def _product(release: Release, tops: frozenset[str]) -> dict[str, str]:
    return {dotted: held.digest for dotted, held in release.modules.items() if dotted.partition(".")[0] in tops}


def _counts(one: Surface, release: Release, paths: frozenset[str]) -> bool:
    """Whether something that one archive runs is a payload and no build step, and lies in what gets installed."""
    if not one.loud or (release.kind == "sdist" and (one.kind in _BUILDS or one.when == "install")):
        return False
    if one.when == "import":
        return one.path in paths
    return one.kind != "native"


def _objects(one: Behaviour, paths: frozenset[str]) -> bool:
    """Whether a rule's objection to one archive counts: not one that its twin must share."""
    if one.verdict == "malicious" or one.when in {"install", "startup"}:
        return True
    return one.path in paths


def _notes(releases: Sequence[Release]) -> list[str]:
    versions = sorted({f"{r.package} {r.version}" for r in releases})
    return [f"not one release: {', '.join(versions)}"] if len(versions) > 1 else []
