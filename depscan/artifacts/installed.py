"""An installed environment as artifacts: one per distribution, and the files that no distribution owns up to.

Which file belongs to whom is what RECORD says
(https://packaging.python.org/en/latest/specifications/recording-installed-packages/). Files that stand in no
RECORD (dropped by hand, by a package at run time, by installers that write none) are artifacts of their own, so
that nothing on the import path stays unread. Nothing is imported.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.artifacts.artifact import Artifact

_SCRIPTS = frozenset({"bin", "Scripts"})
_RECORD_BYTES = 64 << 20
_NOT_CONTENT = frozenset({"__pycache__", ".git", ".hg", ".svn"})


class Part(NamedTuple):
    """A piece of an environment that is read as one artifact.

    Attributes:
        name: the distribution's metadata folder, a top-level folder, or the folder of the environment itself.
        folder: absolute path of site-packages.
        files: pairs of the path shown (as in a wheel) and the path relative to ``folder``.
        outside: paths of RECORD that lead out of the environment; not read.
    """

    name: str
    folder: str
    files: tuple[tuple[str, str], ...]
    outside: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return where it is."""
        return os.path.join(self.folder, self.name)


def split_environment(folders: list[str]) -> list[Part]:
    """Return the parts of an environment, distributions first, sorted by name.

    Args:
        folders: site-packages folders in import order.
    """
    parts: list[Part] = []
    for folder in folders:
        owned: set[str] = set()
        for name in sorted(_names(folder)):
            if name.endswith(".dist-info") and os.path.isfile(os.path.join(folder, name, "RECORD")):
                part = _distribution(folder, name)
                owned.update(path for _, path in part.files)
                parts.append(part)
        parts.extend(_loose(folder, owned))
    return parts


def part_of(folder: str, name: str) -> Part:
    """Return the part that one distribution is.

    Args:
        folder: site-packages.
        name: its ``.dist-info`` folder, which holds a RECORD.
    """
    return _distribution(folder, name)


def open_part(part: Part) -> Artifact:
    """Return the artifact that a part is; files that vanished meanwhile are oddities."""
    from depscan.artifacts.open import open_installed

    files = [(shown, os.path.join(part.folder, path)) for shown, path in part.files]
    return open_installed(part.name, files, part.outside)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _distribution(folder: str, name: str) -> Part:
    prefix = _prefix(folder)
    stem = name.removesuffix(".dist-info")
    files: list[tuple[str, str]] = []
    outside: list[str] = []
    for listed in _record(os.path.join(folder, name, "RECORD")):
        path = os.path.normpath(listed.replace("\\", "/"))
        place = os.path.normpath(os.path.join(folder, path))
        if not place.startswith(prefix):
            outside.append(listed[:1024])
        elif not _shadowed(folder, path):
            files.append((_shown(path, stem), path))
    return Part(name, folder, tuple(sorted(set(files))), tuple(outside))


def _prefix(folder: str) -> str:
    """Return the environment's prefix with its separator: the folder that holds ``bin``, else site-packages."""
    place = os.path.abspath(folder)
    for _ in range(4):
        place = os.path.dirname(place)
        if any(os.path.isdir(os.path.join(place, name)) for name in _SCRIPTS):
            return place.rstrip(os.sep) + os.sep
    return os.path.abspath(folder).rstrip(os.sep) + os.sep


def _record(path: str) -> Iterator[str]:
    import csv

    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            lines = stream.read(_RECORD_BYTES).splitlines()
    except OSError:
        return
    for line in lines:
        try:
            row = next(csv.reader([line]), [])
        except csv.Error:
            continue
        if row and row[0]:
            yield row[0]


def _shadowed(folder: str, path: str) -> bool:
    """Whether a file is the bytecode that the interpreter wrote beside a source that is there."""
    head, cached, tail = path.rpartition("__pycache__" + os.sep)
    if not cached or not tail.endswith(".pyc"):
        return False
    return os.path.isfile(os.path.join(folder, head, tail.partition(".")[0] + ".py"))


def _shown(path: str, stem: str) -> str:
    """Return the path as it stood in the wheel: scripts come from its ``.data`` folder."""
    parts = path.replace(os.sep, "/").split("/")
    if parts[0] != "..":
        return "/".join(parts)
    inside = [p for p in parts if p != ".."]
    kind = "scripts" if len(inside) > 1 and inside[0] in _SCRIPTS else "data"
    return f"{stem}.data/{kind}/{'/'.join(inside[1:] if kind == 'scripts' else inside)}"


def _loose(folder: str, owned: set[str]) -> Iterator[Part]:
    """Yield what no RECORD lists: the top-level files together, each top-level folder by itself."""
    top: list[tuple[str, str]] = []
    for name in sorted(_names(folder)):
        place = os.path.join(folder, name)
        if os.path.isfile(place):
            if name not in owned:
                top.append((name, name))
        elif os.path.isdir(place) and not os.path.islink(place) and name not in _NOT_CONTENT:
            below = tuple((path.replace(os.sep, "/"), path) for path in _below(folder, name) if path not in owned)
            if below and not name.endswith((".dist-info", ".egg-info")):
                yield Part(name, folder, below)
    if top:
        yield Part("files of no distribution", folder, tuple(top))


def _below(folder: str, name: str) -> Iterator[str]:
    for inside, folders, files in os.walk(os.path.join(folder, name)):
        folders[:] = sorted(f for f in folders if f not in _NOT_CONTENT)
        base = os.path.relpath(inside, folder)
        yield from (os.path.join(base, file) for file in sorted(files))
