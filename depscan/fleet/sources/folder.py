"""A plain folder: its files as they are now."""

from __future__ import annotations

import os
import stat
import time
from hashlib import sha256
from typing import TYPE_CHECKING

from depscan.errors import UsageError
from depscan.fleet.listing import FILE, LINK, Entry, bundle_of
from depscan.fleet.sources.source import Look, Source
from depscan.fleet.wanted import may_be_wanted
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from depscan.fleet.bundle import Bundle


_TICK = 50_000_000
"""Nanoseconds within which two writes may leave equal times: Linux's clock of files goes in steps of up to 10 ms."""


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
        made.update(f"{len(entry.path)} {entry.path} {entry.key}\n".encode("utf-8", "surrogatepass"))
    # What was written just now may be written once more before the clock of the file system ticks.
    settled = files.newest < time.time_ns() - _TICK
    return Look(f"folder {made.hexdigest()}" if settled and not files.gaps else "")


def load(path: str, ref: str, revision: str) -> Bundle:  # noqa: ARG001 - the common signature
    """Return what is wanted of the folder."""
    return bundle_of(_Files(path))


class _Files:
    """The files of a folder; see ``depscan.fleet.listing.Listing``."""

    def __init__(self, top: str) -> None:
        self.gaps: list[Coverage] = []
        self._top = os.path.realpath(top)
        self._real: dict[str, bool] = {}
        self.newest = 0

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
                elif not is_folder(one):
                    self.gaps.append(Coverage(path, "failed", "is there and cannot be looked at", needed=True))
                elif one.name not in SKIPPED_FOLDERS:
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
            if not SKIPPED_FOLDERS.isdisjoint(path.split("/")[:-1]):
                self._unwatched(path)
                return None
            if folder not in self._real:
                self._real[folder] = os.path.realpath(folder) == folder
        except (OSError, ValueError):
            return None
        if stat.S_ISDIR(status.st_mode) or not self._real[folder]:
            return None
        self.newest = max(self.newest, status.st_ctime_ns)  # a time of change nobody sets
        return Entry(path, status.st_size, LINK if stat.S_ISLNK(status.st_mode) else FILE, _key(status))

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
        return {entry.path: _content(self._top, entry) for entry in entries}

    def _unwatched(self, path: str) -> None:
        """Say of a file in a folder that no scan enters that it is not read: no mark would tell when it changes."""
        why = "lies in a folder of caches or installed packages; what is included from there is not read"
        self.gaps.append(Coverage(path, "skipped", why, needed=True, kind="include"))

    def _closed(self, folder: str, error: OSError) -> None:
        why = f"folder cannot be read: {(error.strerror or str(error)).lower()}"
        self.gaps.append(Coverage(folder, "failed", why, needed=True))


def _key(status: os.stat_result) -> str:
    """Return what differs as soon as somebody wrote to a file or put another one in its place."""
    return (
        f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_dev}:{status.st_ino} {status.st_mode}"
    )


def _content(top: str, entry: Entry) -> bytes | str:
    """Return the bytes of the file that was listed, whatever was put in its place or the place of its folders since."""
    try:
        with open(_opened(top, entry.path), "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                return "not a regular file"
            data = stream.read(entry.size + 1) if _key(status) == entry.key else b""
            whole = len(data) == entry.size and _key(os.fstat(stream.fileno())) == entry.key
            return data if whole else "was changed while it was read"
    except OSError as error:
        return f"cannot read: {(error.strerror or str(error)).lower()}"


def _opened(top: str, path: str) -> int:
    """Return a descriptor of a file; no link is followed below the top, also none that was made a moment ago."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if os.open not in os.supports_dir_fd:  # pragma: no cover - Windows
        return os.open(os.path.join(top, path), flags)
    at = os.open(top, flags | os.O_DIRECTORY)
    *folders, name = path.split("/")
    try:
        for folder in folders:
            above, at = at, os.open(folder, flags | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(above)
        return os.open(name, flags | os.O_NOFOLLOW, dir_fd=at)
    finally:
        os.close(at)


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder and no link to one; what nobody may look at is none."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


SOURCE = Source("folder", 90, os.path.isdir, look, load)
