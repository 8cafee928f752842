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
        for dotted, digest in release.modules.items():
            hashes.setdefault(dotted, set()).add(digest)
    differing = sorted(dotted for dotted, held in hashes.items() if len(held) > 1)
    return SiblingDiff(
        tuple(release.name for release in releases),
        tuple(only),
        tuple(differing),
        tuple(_notes(releases)),
        any(not r.files or any(g.fatal or g.when in {"install", "startup"} for g in r.gaps) for r in releases),
    )


def _only(release: Release, others: list[Release]) -> OnlyIn:
    known = {s.key for other in others for s in other.surface}
    objected = {b.key for other in others for b in other.behaviour}
    surface: dict[tuple[str, ...], Surface] = {}
    for one in release.surface:
        built = release.kind == "sdist" and (one.kind in _BUILDS or one.when == "install")
        if one.loud and one.key not in known and not built and not _is_native_of_wheel(one, release):
            surface.setdefault(one.key, one)
    modules = {dotted for other in others for dotted in other.modules}
    return OnlyIn(
        release.name,
        tuple(surface.values()),
        tuple(b for b in release.behaviour if b.key not in objected),
        tuple(sorted(dotted for dotted in release.modules if dotted not in modules)),
    )


def _is_native_of_wheel(one: Surface, release: Release) -> bool:
    return one.kind == "native" and release.kind == "wheel"


def _notes(releases: Sequence[Release]) -> list[str]:
    versions = sorted({f"{r.package} {r.version}" for r in releases})
    return [f"not one release: {', '.join(versions)}"] if len(versions) > 1 else []
