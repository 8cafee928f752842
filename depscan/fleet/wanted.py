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
GUESS: Final = 5
"""Its name tells nothing: it is read where it is small, and kept where its first bytes are those of a model."""

_CODE = frozenset({"py", "pyw", "ipynb"})
_PACKAGES = frozenset({"conda", "javascript", "python", "rust"})
"""Folders of formats whose files are a project's own statement of what it needs."""
_NO_MODEL = frozenset({
    "webp", "bmp", "ico", "tif", "tiff", "psd", "mp3", "mp4", "m4a", "wav", "ogg", "flac", "mov", "avi", "webm",
    "mkv", "pdf", "ttf", "otf", "woff2", "eot", "jsx", "tsx", "mjs", "cjs", "vue", "svelte", "scss", "less",
    "go", "rs", "java", "kt", "kts", "swift", "scala", "cs", "fs", "vb", "rb", "php", "pl", "pm", "lua", "jl",
    "clj", "ex", "exs", "erl", "hs", "ml", "mli", "el", "m", "mm", "cxx", "hxx", "cuh", "r", "sql", "graphql",
    "proto", "tf", "hcl", "snap", "adoc", "tex", "bib",
})  # fmt: skip
"""Endings of pictures, sounds, films, fonts and source texts, of which a repository may have thousands."""

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
    if ending in CODE_OR_PACKAGE or ending in _NO_MODEL:
        return NO
    return MODEL if ending not in TEXTS and (ending in _PACKED or promises(name)) else GUESS


def states(name: str) -> bool:
    """Return whether a file of this name makes a plain folder a project: a lock or manifest of a package manager."""
    found = candidates(name, entries_once(), named=False)
    modules = [entry.module.split(".") for _, entry in found if not entry.beside]
    return any(m[2] in _PACKAGES and m[3] != "script" for m in modules)


def is_wanted(path: str) -> bool:
    """Return whether a file is read by its name; its path is below the repository's top and written with ``/``."""
    return wish(path) not in {NO, GUESS}


def may_be_wanted(path: str) -> bool:
    """Return whether a file is read by its name, or by its first bytes."""
    return wish(path) != NO


@lru_cache(maxsize=4096)
def _folder(folder: str) -> tuple[bool, bool]:
    """Return whether a folder is entered, and whether texts in it are requirements whatever they are called."""
    return SKIPPED_FOLDERS.isdisjoint(folder.split("/")), folder.rpartition("/")[2] == "requirements"
