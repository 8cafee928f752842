"""Read one member of a zip archive, whole, from its beginning or by random access."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from depscan.artifacts.ledger import Ledger
from depscan.artifacts.magic import HEAD
from depscan.artifacts.members import unpacking
from depscan.artifacts.source import Source, WindowSource
from depscan.artifacts.streams import pieces, unpack
from depscan.artifacts.zip_records import DEFLATED, ENCRYPTED, METHODS, MIB, Entry


class ZipReader:
    """Reads one member when asked for."""

    __slots__ = ("_checked", "_entry", "_granted", "_head", "_path", "_source", "_start", "ledger")

    def __init__(self, source: Source, entry: Entry, start: int, path: str, ledger: Ledger) -> None:
        self._source = source
        self._entry = entry
        self._start = start
        self._path = path
        self.ledger = ledger
        self._granted = -1
        self._checked = False
        self._head: bytes | None = None

    def __call__(self) -> bytes:
        """Return the content; a wrong checksum or length is an oddity."""
        entry = self._entry
        if entry.flags & ENCRYPTED:
            return b""
        first = self._granted < 0
        if first:
            granted = self.ledger.grant(self._path, max(entry.size, 1))
            # Where more comes than the directory states, some installers write it all.
            self._granted = self.ledger.budget.member if granted else 0
        if not self._granted:
            return b""
        plain = self._plain()
        if plain is not None:
            return plain
        ledger = self.ledger if first else Ledger(self.ledger.budget)  # what is wrong is said once
        data = b"".join(self._unpacked(self._granted, ledger))
        if first and not self._checked and entry.size <= self.ledger.budget.member:
            self._check(data)
        return data[: self._granted]

    def head(self) -> bytes:
        """Return the first 512 bytes."""
        if self._head is None:
            self._head = self._first()
        return self._head

    @property
    def packed(self) -> bool:
        """Whether all of it is unpacked to see its end."""
        return bool(self._entry.method)

    def source(self) -> Source:
        """Return random access to the content: of a stored member a window, of others what they unpack to."""
        entry = self._entry
        if entry.flags & ENCRYPTED:
            return unpacking(lambda _: iter(()), self.ledger, entry.size)
        source = self._window() if not entry.method else self._unpacking()
        if self._granted < 0 and entry.size <= MIB and not self._checked:
            # What is small is checked here; a tensor of gigabytes would have to be read for that.
            self._checked = True
            self._check(source.at(0, entry.size))
        return source

    def _window(self) -> Source:
        return WindowSource(self._source, self._start, self._entry.packed)

    def _unpacking(self) -> Source:
        entry = self._entry
        kind = METHODS.get(entry.method, "")

        def unpacked(ledger: Ledger) -> Iterator[bytes]:
            if not kind:
                ledger.odd("unreadable", self._path, f"unknown compression method {entry.method}")
                return iter(())
            return unpack(pieces(self._source, self._start, entry.packed), kind, self._path, ledger)

        return unpacking(unpacked, self.ledger, entry.size)

    def _first(self) -> bytes:
        entry = self._entry
        if entry.flags & ENCRYPTED:
            return b""
        if entry.method == DEFLATED:
            try:
                packed = self._source.at(self._start, min(entry.packed, HEAD * 4))
                return zlib.decompressobj(-15).decompress(packed, HEAD)
            except zlib.error:
                pass  # what can be had of damaged data comes piece by piece
        return b"".join(self._unpacked(HEAD, Ledger(self.ledger.budget), HEAD * 4))[:HEAD]

    def _plain(self) -> bytes | None:
        """Return the content of a small sound member at once; None for any other, which is read piece by piece."""
        entry = self._entry
        if entry.method != DEFLATED or entry.size > MIB or entry.packed > MIB or entry.size > self._granted:
            return None
        tool = zlib.decompressobj(-15)
        try:
            data = tool.decompress(self._source.at(self._start, entry.packed), entry.size + 1)
        except zlib.error:
            return None
        sound = tool.eof and not tool.unused_data and len(data) == entry.size and zlib.crc32(data) == entry.crc
        return data if sound else None

    def _unpacked(self, wanted: int, ledger: Ledger, packed: int = 0) -> Iterator[bytes]:
        kind = METHODS.get(self._entry.method)
        if kind is None:
            ledger.odd("unreadable", self._path, f"unknown compression method {self._entry.method}")
            return
        length = min(self._entry.packed, packed) if packed else self._entry.packed
        made = 0
        for piece in unpack(pieces(self._source, self._start, length), kind, self._path, ledger):
            yield piece
            made += len(piece)
            if made > wanted:
                return

    def _check(self, data: bytes) -> None:
        entry = self._entry
        if len(data) != entry.size:
            more = "more" if len(data) > entry.size else "fewer"
            self.ledger.odd("broken", self._path, f"{more} bytes than the {entry.size} that are stated", "length")
        elif zlib.crc32(data) != entry.crc:
            self.ledger.odd("broken", self._path, "its checksum is wrong", "checksum")
