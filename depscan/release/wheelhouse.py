"""Find the archives of a release among the files of folders, by file name alone."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NPM_OR_CONDA = re.compile(r"(.+?)-v?(\d[^-]*(?:-[0-9A-Za-z.+]+)?)(?:-([\w.]+))?\.(tgz|conda|tar\.bz2)").fullmatch
_ORDER = ("wheel", "conda", "npm", "sdist")


class Archive(NamedTuple):
    """One archive of a release.

    ``shape`` says which archives of two releases are alike: kind and, of wheels, the tags without the
    interpreter's version.
    """

    path: str
    name: str
    version: str
    kind: str
    shape: str


def archives(folders: Iterable[str]) -> list[Archive]:
    """Return the archives in folders (not below them), sorted by kind and name; what is none is left out."""
    found = [archive for folder in folders for archive in _listed(folder)]
    return sorted(found, key=lambda a: (_ORDER.index(a.kind), "none-any" not in a.shape, a.path))


def _listed(folder: str) -> Iterator[Archive]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if made := archive_of(os.path.join(folder, name)):
            yield made


def archive_of(path: str) -> Archive | None:
    """Return what a file name says (binary distribution format, PEP 625); None for other names."""
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    file = os.path.basename(path)
    try:
        if file.endswith(".whl"):
            name, version, _, tags = parse_wheel_filename(file)
            first = sorted(tags, key=str)[0]
            abi = re.sub(r"\d+", "", first.abi)
            return Archive(path, name, str(version), "wheel", f"wheel {abi}-{re.sub('_.*', '', first.platform)}")
        if file.endswith((".tar.gz", ".zip")):
            name, version = parse_sdist_filename(file)
            return Archive(path, name, str(version), "sdist", "sdist")
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    found = _NPM_OR_CONDA(file)
    if found is None:
        return None
    kind = "npm" if found[4] == "tgz" else "conda"
    return Archive(path, _plain(found[1]), found[2], kind, kind)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.lstrip("@").replace("/", "-")).lower()


def of_release(held: Iterable[Archive], name: str, version: str) -> list[Archive]:
    """Return the archives of one release, the likeliest to be installed first."""
    wanted = _plain(name)
    return [a for a in held if _plain(a.name) == wanted and _same(a.version, version)]


def _same(one: str, other: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def newest(held: Iterable[Archive], name: str, text: str) -> Archive | None:
    """Return the newest archive that satisfies a requirement of a Python project; of other worlds the newest.

    Args:
        held: candidates.
        name: of the package.
        text: the requirement as written.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import InvalidVersion, Version

    try:
        allowed = Requirement(text).specifier
    except InvalidRequirement:
        allowed = Requirement("x").specifier
    found: list[tuple[Version, Archive]] = []
    for archive in held:
        if _plain(archive.name) == _plain(name):
            try:
                found.append((Version(archive.version), archive))
            except InvalidVersion:
                found.append((Version("0"), archive))
    fitting = [pair for pair in found if allowed.contains(pair[0], prereleases=True)] or found
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def pairs(old: Iterable[Archive], new: Iterable[Archive]) -> list[tuple[Archive, Archive]]:
    """Return the archives of two releases that are alike: one pair of binaries, and the sdists.

    Where nothing is alike, the first of each side is one pair.
    """
    before, after = list(old), list(new)
    found: list[tuple[Archive, Archive]] = []
    for archive in after:
        other = next((b for b in before if b.shape == archive.shape), None)
        if other is not None and not any((n.kind == "sdist") == (archive.kind == "sdist") for _, n in found):
            found.append((other, archive))
    return found or [(b, a) for b, a in zip(before[:1], after[:1], strict=False)]
