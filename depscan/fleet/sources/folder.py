"""A plain folder: its files as they are now."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from typing import TYPE_CHECKING

from depscan.errors import InputError, UsageError
from depscan.fleet.listing import FILE, LINK, Entry, bundle_of
from depscan.fleet.sources.source import Look, Source
from depscan.fleet.wanted import may_be_wanted
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.model.decision import Coverage
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from depscan.fleet.bundle import Bundle


def look(path: str, ref: str) -> Look:
    """Return a mark made of names, sizes and times of all files: a requirements file may include any of them.

    Raises:
        UsageError: a ref is asked for.
    """
    if ref:
        raise UsageError("a plain folder has no revisions", path=path)
    files = _Files(path)
    made = sha256()
    for entry in files.every():
        made.update(f"{entry.path} {entry.key}\n".encode("utf-8", "surrogatepass"))
    return Look("" if files.gaps else f"folder {made.hexdigest()}")


def load(path: str, ref: str, revision: str) -> Bundle:  # noqa: ARG001 - the common signature
    """Return what is wanted of the folder."""
    return bundle_of(_Files(path))


class _Files:
    """The files of a folder; see ``depscan.fleet.listing.Listing``."""

    def __init__(self, top: str) -> None:
        self.gaps: list[Coverage] = []
        self._top = os.path.realpath(top)
        self._real: dict[str, bool] = {}

    def every(self) -> Iterator[Entry]:
        """Yield all files, also those that nobody wants, but for folders that no scan enters."""
        left = [""]
        while left:
            folder = left.pop()
            try:
                found = sorted(os.scandir(os.path.join(self._top, folder)), key=lambda e: e.name)
            except OSError as error:
                self._closed(folder or ".", error)
                continue
            for one in found:
                path = f"{folder}/{one.name}" if folder else one.name
                entry = self.find(path)
                if entry is not None:
                    yield entry
                elif one.name not in SKIPPED_FOLDERS and _is_folder(one):
                    left.append(path)

    def entries(self) -> Iterable[Entry]:
        """Yield the files that are wanted by name or by their first bytes."""
        return (entry for entry in self.every() if may_be_wanted(entry.path))

    def find(self, path: str) -> Entry | None:
        """Return a file or link; None for anything else, and for what lies behind a link to a folder."""
        full = os.path.join(self._top, path)
        folder = os.path.dirname(full)
        try:
            status = os.lstat(full)
            if folder not in self._real:
                self._real[folder] = os.path.realpath(folder) == folder
        except (OSError, ValueError):
            return None
        if stat.S_ISDIR(status.st_mode) or not self._real[folder]:
            return None
        key = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_mode}"
        return Entry(path, status.st_size, LINK if stat.S_ISLNK(status.st_mode) else FILE, key)

    def target(self, entry: Entry) -> str:
        """Return what a link says; one that names a place inside by its full path says the way from its folder."""
        full = os.path.join(self._top, entry.path)
        try:
            told = os.readlink(full)
        except OSError:
            return ""
        return os.path.relpath(told, os.path.dirname(full)) if os.path.isabs(told) else told

    def read(self, entries: list[Entry]) -> dict[str, bytes | str]:
        """Return the bytes of files; why there are none of what is no regular file, or closed."""
        held: dict[str, bytes | str] = {}
        for entry in entries:
            try:
                held[entry.path] = read_source(os.path.join(self._top, entry.path), entry.path).data
            except InputError as error:
                held[entry.path] = error.message
        return held

    def _closed(self, folder: str, error: OSError) -> None:
        why = f"folder cannot be read: {(error.strerror or str(error)).lower()}"
        self.gaps.append(Coverage(folder, "failed", why, needed=True))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


SOURCE = Source("folder", 90, os.path.isdir, look, load)
