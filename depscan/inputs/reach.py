"""Files that a reader looks into beside the one it reads: what lies within the scan, in bounded memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.errors import InputError
from depscan.text.source import SourceFile, read_source

if TYPE_CHECKING:
    from collections.abc import Callable

_HELD = 16 << 20
"""Bytes of files held for the next one that looks into them: neighbours look into the same ones."""
_PLACES = 200_000
"""Places of which it is remembered what is there."""


class Reach:
    """Gives files to readers, and remembers for which they asked.

    Args:
        on_disk: shown path to where it is read.
        shown: the other way.

    Attributes:
        asked: place to the hash of what was there, "" for nothing a reader may see; of the present reader.
    """

    def __init__(self, on_disk: Callable[[str], str], shown: Callable[[str], str]) -> None:
        self.asked: dict[str, str] = {}
        self._on_disk = on_disk
        self._shown = shown
        self._scope: tuple[str, ...] = ()
        self._held: dict[str, SourceFile] = {}
        self._size = 0
        self._digests: dict[str, str] = {}

    def enter(self, scope: tuple[str, ...]) -> None:
        """Set the real folders within which files may be seen."""
        self._scope = scope
        self._held.clear()
        self._digests.clear()
        self._size = 0

    def connect(self, source: SourceFile) -> None:
        """Let the readers of a file reach others."""
        base = source.path  # not the file: one that refers to itself is never freed, since no collector runs
        source.reach = lambda path: self._find(base, path)

    def digest(self, place: str) -> str:
        """Return the hash of the file at a place; "" for nothing a reader may see."""
        known = self._digests.get(place)
        if known is None:
            known = self._note(place, self._at(place))
        return known

    def _find(self, base: str, path: str) -> SourceFile | None:
        if base == "<stdin>":
            return None
        place = os.path.normpath(os.path.join(os.path.dirname(self._on_disk(base)), path))
        known = self._digests.get(place)
        found = None if known == "" else self._at(place)
        self.asked[place] = self._note(place, found) if known is None else known
        return found

    def _note(self, place: str, found: SourceFile | None) -> str:
        if len(self._digests) >= _PLACES:
            self._digests.clear()
        made = self._digests[place] = digest_of(found.data) if found is not None else ""
        return made

    def _at(self, place: str) -> SourceFile | None:
        held = self._held.get(place)
        if held is not None:
            return held
        real = os.path.realpath(place)
        if not os.path.isfile(real) or not within(real, self._scope):
            return None
        try:
            found = read_source(place, self._shown(place))
        except InputError:
            return None
        self.connect(found)
        self._size += len(found.data)
        if self._size > _HELD:
            self._held.clear()
            self._size = len(found.data)
        self._held[place] = found
        return found


def within(real: str, folders: tuple[str, ...]) -> bool:
    """Return whether a real path is one of the folders or below one."""
    return any(real == f or real.startswith(f.rstrip(os.sep) + os.sep) for f in folders)


def digest_of(data: bytes) -> str:
    """Return the hash under which contents are known."""
    import hashlib

    return hashlib.sha256(data).hexdigest()
