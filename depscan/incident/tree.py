"""Walk the named paths once: locks and manifests, repositories, environments and folders of npm packages below them."""

from __future__ import annotations

import os
from typing import NamedTuple

from depscan.fleet.sources.archive import accepts as is_archive
from depscan.fleet.sources.archive import stem
from depscan.incident.files import is_read
from depscan.incident.records import Gap
from depscan.inputs.gather import SKIPPED_FOLDERS

MAX_FOLDERS = 500_000
"""Folders that are entered below one path."""

_CLOSED = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
)
_PACKAGES = frozenset({"site-packages", "dist-packages"})


class Tree(NamedTuple):
    """What there is below the named paths.

    Attributes:
        files: locks and manifests.
        repositories: (folder, whether it is a bare one).
        environments: folders of installed Python packages.
        modules: folders of installed npm packages (``node_modules``), also those inside of others.
        gaps: what could not be listed.
        archives: of repositories, projects or releases, that were named themselves.
    """

    files: list[str]
    repositories: list[tuple[str, bool]]
    environments: list[str]
    modules: list[str]
    gaps: list[Gap]
    archives: list[str]


def walk(paths: list[str]) -> Tree:
    """Return what there is below some files and folders; links to folders are not followed."""
    tree = Tree([], [], [], [], [], [])
    closed: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            _enter(tree, path, closed)
        elif is_archive(path) or (path.lower().endswith(".whl") and os.path.isfile(path)):
            tree.archives.append(path)
        elif os.path.isfile(path):
            tree.files.append(path)
            if _inside_repository(os.path.dirname(path) or "."):
                tree.repositories.append((os.path.dirname(path) or ".", False))
        else:
            tree.gaps.append(Gap(path, "is no file and no folder"))
    if closed:
        number = "1 was" if len(closed) == 1 else f"{len(closed):,} were"
        why = f"{number} not opened, such as {closed[0]}: name one to have it read"
        tree.gaps.append(Gap("archives", why, failed=False))
    return tree


def _enter(tree: Tree, top: str, packed: list[str]) -> None:
    def closed(error: OSError) -> None:
        tree.gaps.append(Gap(str(error.filename), f"folder cannot be read: {(error.strerror or str(error)).lower()}"))

    if not os.path.lexists(os.path.join(top, ".git")) and not _is_bare(top) and _inside_repository(top):
        tree.repositories.append((top, False))
    for count, (folder, folders, files) in enumerate(os.walk(top, onerror=closed)):
        if count >= MAX_FOLDERS:
            tree.gaps.append(Gap(top, f"more than {MAX_FOLDERS} folders; the rest was not looked at"))
            return
        name = os.path.basename(os.path.abspath(folder))
        if ".git" in folders or ".git" in files:
            tree.repositories.append((folder, False))
        elif "HEAD" in files and "objects" in folders and "refs" in folders:
            tree.repositories.append((folder, True))
            folders.clear()
            continue
        if name in _PACKAGES:
            tree.environments.append(folder)
        if name == "node_modules":
            tree.modules.append(folder)
        folders[:] = sorted(f for f in folders if f not in _CLOSED)
        shown = folder.replace(os.sep, "/")
        if SKIPPED_FOLDERS.isdisjoint(_below(top, shown).split("/")):
            packed += [os.path.join(folder, f) for f in sorted(files) if stem(f)]
        tree.files.extend(os.path.join(folder, f) for f in sorted(files) if is_read(f"{_below(top, shown)}{f}"))


def _below(top: str, folder: str) -> str:
    """Return a folder's path below the top, with a slash at its end: only what is below may close it."""
    rest = os.path.relpath(folder, top).replace(os.sep, "/")
    return "" if rest == "." else rest + "/"


def _is_bare(folder: str) -> bool:
    return all(os.path.exists(os.path.join(folder, name)) for name in ("HEAD", "objects", "refs"))


def _inside_repository(folder: str) -> bool:
    """Return whether a folder above has a ``.git``."""
    at = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(at, ".git")):
        if at == os.path.dirname(at):
            return False
        at = os.path.dirname(at)
    return True
