"""Which files of a repository are read: those a scan looks for by name, and their kin."""

from __future__ import annotations

from depscan.inputs.discover import candidates
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.inputs.revision import entries_once


def is_wanted(path: str) -> bool:
    """Return whether a file is read; its path is below the repository's top and written with ``/``."""
    folder, _, name = path.rpartition("/")
    if not SKIPPED_FOLDERS.isdisjoint(folder.split("/")):
        return False
    return bool(candidates(name, entries_once(), named=folder.rpartition("/")[2] == "requirements"))
