"""The archives of releases to compare: which are alike, and which is the newest that a requirement allows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.artifacts.wheelhouse import CONDA, NPM, SDIST, WHEEL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.artifacts.wheelhouse import LocalFile, Wheelhouse

_ORDER = (WHEEL, CONDA, NPM, SDIST)
_ECOSYSTEMS = ("PyPI", "conda", "npm")


def in_order(files: Iterable[LocalFile]) -> list[LocalFile]:
    """Return archives, the likeliest to be installed first."""
    return sorted(files, key=lambda f: (_ORDER.index(f.kind), "none-any" not in shape(f), f.path))


def shape(local: LocalFile) -> str:
    """Return what alike archives of two releases share: the kind and, of wheels, tags without Python's version."""
    if not local.tags:
        return local.kind
    _, abi, platform = sorted(local.tags)[0].split("-", 2)
    return f"wheel {re.sub(r'[0-9]+', '', abi)}-{platform.partition('_')[0]}"


def of_release(house: Wheelhouse, name: str, version: str) -> list[LocalFile]:
    """Return the archives of one release, of whatever ecosystem, the likeliest to be installed first."""
    return in_order(f for ecosystem in _ECOSYSTEMS for f in house.release(ecosystem, name, version))


def newest(house: Wheelhouse, name: str, text: str) -> LocalFile | None:
    """Return the newest archive that satisfies a requirement of a Python project; of other worlds the newest.

    Args:
        house: where it may be.
        name: of the package.
        text: the requirement as written.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import InvalidVersion, Version

    try:
        allowed = Requirement(text).specifier
    except InvalidRequirement:
        allowed = Requirement("x").specifier
    found: list[tuple[Version, LocalFile]] = []
    for archive in in_order(f for ecosystem in _ECOSYSTEMS for f in house.named(ecosystem, name)):
        try:
            found.append((Version(archive.version), archive))
        except InvalidVersion:
            found.append((Version("0"), archive))
    fitting = [pair for pair in found if allowed.contains(pair[0], prereleases=True)] or found
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def pairs(old: Iterable[LocalFile], new: Iterable[LocalFile]) -> list[tuple[LocalFile, LocalFile]]:
    """Return the archives of two releases that are alike: one pair of binaries, and the sdists.

    Where nothing is alike, the first of each side is one pair.
    """
    before, after = list(old), list(new)
    found: list[tuple[LocalFile, LocalFile]] = []
    for archive in after:
        other = next((b for b in before if shape(b) == shape(archive)), None)
        if other is not None and not any((n.kind == SDIST) == (archive.kind == SDIST) for _, n in found):
            found.append((other, archive))
    return found or [(b, a) for b, a in zip(before[:1], after[:1], strict=False)]
