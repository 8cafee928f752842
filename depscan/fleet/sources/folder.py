"""A plain folder: its files as they are now."""

from __future__ import annotations

import os
from hashlib import sha256

from depscan.errors import UsageError
from depscan.fleet.bundle import Bundle, tree_of
from depscan.fleet.sources.source import Look, Source
from depscan.fleet.wanted import is_wanted
from depscan.inputs.gather import SKIPPED_FOLDERS


def look(path: str, ref: str) -> Look:
    """Return a mark made of names, sizes and times of the files.

    Raises:
        UsageError: a ref is asked for.
    """
    if ref:
        raise UsageError("a plain folder has no revisions", path=path)
    made = sha256()
    for inside, full in _files(path):
        status = os.lstat(full)
        told = f"{inside} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_mode}\n"
        made.update(told.encode("utf-8", "surrogatepass"))
    return Look(made.hexdigest())


def load(path: str, ref: str, revision: str) -> Bundle:  # noqa: ARG001 - the common signature
    """Return the files."""
    files = []
    for inside, full in _files(path):
        with open(full, "rb") as stream:
            files.append((inside, stream.read()))
    held = tuple(sorted(files))
    return Bundle(tree_of(held, ()), "", held)


def _files(top: str) -> list[tuple[str, str]]:
    found = []
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(n for n in folders if n not in SKIPPED_FOLDERS)
        below = os.path.relpath(folder, top).replace(os.sep, "/")
        for name in sorted(files):
            inside = name if below == "." else f"{below}/{name}"
            if is_wanted(inside):
                found.append((inside, os.path.join(folder, name)))
    return found


SOURCE = Source("folder", 90, os.path.isdir, look, load)
