"""The same files stored in every way that a repository is stored in."""

from __future__ import annotations

import tarfile
import time
import zipfile
from pathlib import Path

from depscan.fleet.bundle import Bundle
from depscan.fleet.sources.folder import SOURCE as FOLDER
from depscan.fleet.sources.source import source_of
from tests.unit.difference.projects import commit, git

UV = """\
version = 1
[[package]]
name = "flask"
version = "3.0.0"
source = { registry = "https://index.example/simple" }
"""
"""A lock."""


def clone(folder: Path, files: dict[str, str]) -> str:
    """Make a working clone with one commit; return the commit."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q")
    return commit(folder, files)


def plain(folder: Path, files: dict[str, str]) -> Path:
    """Make a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def settled(folder: Path) -> str:
    """Return the mark of a plain folder once it has one: what was written a moment ago may be written once more."""
    while not (mark := FOLDER.look(str(folder), "").mark):
        time.sleep(0.01)
    return mark


def every_way(folder: Path, files: dict[str, str]) -> dict[str, Path]:
    """Return a plain folder, a working clone, a bare one, a worktree and archives that hold the same files."""
    clone(folder / "working", files)
    working = folder / "working"
    git(folder, "clone", "-q", "--bare", "working", "bare.git")
    git(working, "worktree", "add", "-q", str(folder / "tree"))
    made = {"plain": plain(folder / "plain", files), "working": working, "bare": folder / "bare.git",
            "worktree": folder / "tree"}  # fmt: skip
    for ending in ("tar", "tar.gz", "zip"):
        made[ending] = folder / f"archive.{ending}"
        git(working, "archive", "--prefix=archive-1.0/", "-o", str(made[ending]), "HEAD")
    packed = folder / "loose.tar.xz"
    with tarfile.open(packed, "w:xz") as archive:
        for name in sorted(files):
            archive.add(made["plain"] / name, name)
    made["tar.xz"] = packed
    return made


def zipped(place: Path, files: dict[str, bytes]) -> Path:
    """Make a zip archive as it is told: names are not looked at."""
    with zipfile.ZipFile(place, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return place


def taken(place: Path, ref: str = "") -> Bundle:
    """Return what is taken of a repository."""
    source = source_of(str(place))
    return source.load(str(place), ref, source.look(str(place), ref).revision)


def names(bundle: Bundle) -> list[str]:
    return [path for path, _ in bundle.files]


def gaps(bundle: Bundle) -> dict[str, str]:
    """Return the words of what was left, by file; those that make a night incomplete begin with ``!``."""
    return {gap.what: f"{'!' if gap.needed else ''}{gap.why}" for gap in bundle.gaps}
