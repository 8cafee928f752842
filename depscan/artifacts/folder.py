"""List a folder: regular files only, links and devices are told and not followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from depscan.artifacts.ledger import Ledger
from depscan.artifacts.members import Found, OnDisk

_NOT_CONTENT = frozenset({".git", ".hg", ".svn"})


def walk_folder(top: str, ledger: Ledger) -> Iterator[Found]:
    """Yield the files below a folder, sorted, without version control's own folders."""
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(os.path.join(top, inside)) as found:
                entries = sorted(found, key=lambda e: e.name)
        except OSError as error:
            ledger.odd("unreadable", inside or ".", f"cannot be listed: {error.strerror}")
            continue
        below: list[str] = []
        for entry in entries:
            path = f"{inside}/{entry.name}" if inside else entry.name
            shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            if not ledger.admit(shown) or ledger.late(shown):
                return
            made = _entry(entry, path, shown, top, ledger)
            if made is not None:
                yield made
            elif entry.is_dir(follow_symlinks=False) and entry.name not in _NOT_CONTENT:
                below.append(path)
        waiting.extend(reversed(below))


def on_disk(files: Iterable[tuple[str, str]], ledger: Ledger) -> Iterator[Found]:
    """Yield named files: pairs of the path shown and the path on disk."""
    for name, path in files:
        shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if not ledger.admit(shown) or ledger.late(shown):
            return
        try:
            status = os.lstat(path)
        except (OSError, ValueError) as error:
            ledger.odd("unreadable", shown, f"cannot be read: {getattr(error, 'strerror', error)}")
            continue
        if stat.S_ISREG(status.st_mode):
            yield Found(shown, status.st_size, OnDisk(path, shown, ledger), bool(status.st_mode & 0o111))
        else:
            ledger.odd("link", shown, "a link or device where a file was recorded")


def _entry(entry: os.DirEntry[str], path: str, shown: str, top: str, ledger: Ledger) -> Found | None:
    try:
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            _link(entry.path, shown, top, ledger)
        elif stat.S_ISREG(status.st_mode):
            reader = OnDisk(os.path.join(top, path), shown, ledger)
            return Found(shown.replace("\\", "/"), status.st_size, reader, bool(status.st_mode & 0o111))
        elif not stat.S_ISDIR(status.st_mode):
            ledger.odd("link", shown, "a device, socket or pipe, not a file")
    except OSError as error:
        ledger.odd("unreadable", shown, f"cannot be read: {error.strerror}")
    return None


def _link(path: str, shown: str, top: str, ledger: Ledger) -> None:
    """Say where a link leads when that is out of the folder; inside it the target is listed anyway."""
    target = os.path.realpath(path)
    if os.path.commonpath([os.path.realpath(top), target]) != os.path.realpath(top):
        ledger.odd("link", shown, f"a link out of the folder, to {target[:200]}")
