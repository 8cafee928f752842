"""Which files of a repository are read: those a scan looks for by name, and what may be a model by its name."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from depscan.facts.project import CODE_OR_PACKAGE, TEXTS
from depscan.inputs.discover import candidates
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.inputs.revision import entries_once
from depscan.loading.route import promises

NO: Final = 0
OWN: Final = 1
"""It has a format of its own: a lock, a manifest, a bill of materials, instructions of an agent."""
BESIDE: Final = 2
"""Something else is read of it: settings, workflows."""
CODE: Final = 3
"""Python files and notebooks."""
MODEL: Final = 4

_CODE = frozenset({"py", "pyw", "ipynb"})
_PACKAGES = frozenset({"conda", "javascript", "python", "rust"})
"""Folders of formats whose files are a project's own statement of what it needs."""
_PACKED = frozenset({
    "zip", "tar", "gz", "bz2", "xz", "zst", "lz4", "7z", "npz", "keras", "nemo", "mar", "bin", "pb", "model", "weights",
    "params", "engine", "plan", "mlpackage", "pt2",
})  # fmt: skip
"""Endings of archives that models are kept in, and of models that only their first bytes tell: their names promise."""


def wish(path: str) -> int:
    """Return why a file is read, ``NO`` for a file that is not.

    Args:
        path: below the repository's top, written with ``/``.
    """
    folder, _, name = path.rpartition("/")
    entered, named = _folder(folder)
    if not entered:
        return NO
    found = candidates(name, entries_once(), named=named)
    ending = name.rpartition(".")[2].lower()
    if found:
        own = [rank[0] for rank, entry in found if not entry.beside]
        if ending in _CODE and all(rank % 2 for rank in own):  # fits only globs with a ``*``: no setup.py
            return CODE
        return OWN if own else BESIDE
    if ending in CODE_OR_PACKAGE or ending in TEXTS:
        return NO
    return MODEL if ending in _PACKED or promises(name) else NO


def states(name: str) -> bool:
    """Return whether a file of this name makes a plain folder a project: a lock or manifest of a package manager."""
    found = candidates(name, entries_once(), named=False)
    modules = [entry.module.split(".") for _, entry in found if not entry.beside]
    return any(m[2] in _PACKAGES and m[3] != "script" for m in modules)


def is_wanted(path: str) -> bool:
    """Return whether a file is read; its path is below the repository's top and written with ``/``."""
    return wish(path) != NO


@lru_cache(maxsize=4096)
def _folder(folder: str) -> tuple[bool, bool]:
    """Return whether a folder is entered, and whether texts in it are requirements whatever they are called."""
    return SKIPPED_FOLDERS.isdisjoint(folder.split("/")), folder.rpartition("/")[2] == "requirements"
