"""Bytes of an HDF5 file: superblock, object headers, heaps. Source: HDF5 File Format Specification 3.0."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from depscan.artifacts.source import Source

SIGNATURE = b"\x89HDF\r\n\x1a\n"
NOTHING = -1
"""An undefined address."""
_MOST_BLOCKS = 4096
_MOST_OBJECTS = 200_000
_V1_PREFIX, _CONTINUATION = 16, 0x10
_TIMES, _PHASES, _ORDERED = 0x20, 0x10, 0x04
_SHARED = 0x02


class Hdf5Error(ValueError):
    """A structure is not as the specification says."""


class Message(NamedTuple):
    """One message of an object header: its type and its bytes."""

    kind: int
    data: bytes
    shared: bool


class Cursor:
    """Reads numbers and texts of a piece of bytes, one after the other.

    Every method raises Hdf5Error where the bytes end.
    """

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, length: int) -> bytes:
        """Return the next bytes."""
        piece = self.data[self.at : self.at + length]
        if length < 0 or len(piece) != length:
            raise Hdf5Error("cut short")
        self.at += length
        return piece

    def number(self, size: int) -> int:
        """Return the next little-endian number."""
        return int.from_bytes(self.take(size), "little")

    def text(self) -> str:
        """Return the bytes up to the next NUL as text."""
        end = self.data.find(b"\0", self.at)
        end = len(self.data) if end < 0 else end
        piece = self.data[self.at : end]
        self.at = end + 1
        return piece.decode("utf-8", "replace")


class Layout:
    """Access to the structures of one file.

    Args:
        source: its bytes.

    Raises:
        Hdf5Error: no superblock, or one that says nonsense.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.start = superblock(source)
        if self.start < 0:
            raise Hdf5Error("no superblock")
        head = Cursor(source.at(self.start, 256), 8)
        version = head.number(1)
        if version >= 2:  # noqa: PLR2004 - superblock version 2 and 3
            self.offsets, self.lengths = head.number(1), head.number(1)
            head.take(1)
        else:
            head.take(4)
            self.offsets, self.lengths = head.number(1), head.number(1)
            head.take(9 + (4 if version else 0))
        if self.offsets not in {2, 4, 8} or self.lengths not in {2, 4, 8}:
            raise Hdf5Error("addresses of an unknown size")
        self.base = 0
        base = self.address(head)
        self.base = max(base, 0)
        head.take(self.offsets * (2 if version >= 2 else 3))  # noqa: PLR2004 - extension and end; and the driver's
        if version < 2:  # noqa: PLR2004 - a symbol table entry: the name stands first
            head.take(self.offsets)
        self.root = self.address(head)

    def address(self, cursor: Cursor) -> int:
        """Return the next address, as an offset in the file; NOTHING for none."""
        raw = cursor.number(self.offsets)
        return NOTHING if raw == (1 << 8 * self.offsets) - 1 else raw + self.base

    def length(self, cursor: Cursor) -> int:
        """Return the next length."""
        return cursor.number(self.lengths)

    def at(self, address: int, length: int, sign: bytes = b"") -> Cursor:
        """Return the bytes at an address, behind the signature that must stand there.

        Raises:
            Hdf5Error: the file ends before the address, or another signature stands there.
        """
        if address < 0 or address >= self.source.size:
            raise Hdf5Error("an address outside the file")
        data = self.source.at(address, min(length, self.source.size - address))
        if not data.startswith(sign):
            raise Hdf5Error(f"no {sign.decode()} where one should be")
        return Cursor(data, len(sign))

    def messages(self, address: int) -> Iterator[Message]:
        """Yield the messages of an object's header, with those of its continuation blocks.

        Raises:
            Hdf5Error: broken.
        """
        start = self.at(address, 64)
        if start.data.startswith(b"OHDR"):
            yield from self._second(address)
        elif start.data[:1] == b"\x01":
            start.take(8)
            yield from self._blocks([(address + _V1_PREFIX, start.number(4))], 0, b"")
        else:
            raise Hdf5Error("no object header where one should be")

    def _second(self, address: int) -> Iterator[Message]:
        head = self.at(address, 64, b"OHDR")
        head.take(1)
        flags = head.number(1)
        head.take((16 if flags & _TIMES else 0) + (4 if flags & _PHASES else 0))
        size = head.number(1 << (flags & 3))
        yield from self._blocks([(address + head.at, size)], 2 if flags & _ORDERED else 0, b"OCHK")

    def _blocks(self, waiting: list[tuple[int, int]], order: int, sign: bytes) -> Iterator[Message]:
        seen: set[int] = set()
        first = True
        while waiting and len(seen) < _MOST_BLOCKS:
            address, size = waiting.pop(0)
            if address in seen:
                raise Hdf5Error("header blocks that go round in a circle")
            seen.add(address)
            block = self.at(address, size, b"" if first else sign)
            end = len(block.data) - (4 if sign and not first else 0)
            first = False
            for message in self._run(block, end, order, second=bool(sign)):
                if message.kind == _CONTINUATION:
                    cursor = Cursor(message.data)
                    waiting.append((self.address(cursor), self.length(cursor)))
                else:
                    yield message

    def _run(self, block: Cursor, end: int, order: int, *, second: bool) -> Iterator[Message]:
        smallest = 4 + order if second else 8
        while block.at + smallest <= end:
            kind = block.number(1 if second else 2)
            size = block.number(2)
            flags = block.number(1)
            block.take(order if second else 3)
            yield Message(kind, block.take(min(size, max(end - block.at, 0))), bool(flags & _SHARED))

    def heap_text(self, heap: int, offset: int) -> str:
        """Return the text at an offset of a local heap."""
        head = self.at(heap, 64, b"HEAP")
        head.take(4)
        size = self.length(head)
        self.length(head)
        if not 0 <= offset < size:
            raise Hdf5Error("an offset outside its heap")
        return self.at(self.address(head) + offset, min(size - offset, 4096)).text()

    def heap_object(self, collection: int, index: int, limit: int) -> bytes:
        """Return an object of a global heap, at most ``limit`` bytes."""
        head = self.at(collection, 64, b"GCOL")
        head.take(4)
        size = self.length(head)
        at, end = collection + head.at, min(collection + size, self.source.size)
        for _ in range(_MOST_OBJECTS):
            if at + 8 + self.lengths > end:
                break
            entry = self.at(at, 8 + self.lengths)
            number = entry.number(2)
            entry.take(6)
            length = self.length(entry)
            if number == index:
                if at + entry.at + length > self.source.size:
                    raise Hdf5Error("an object longer than the file")
                return self.source.at(at + entry.at, min(length, limit))
            if number == 0:
                break
            at += entry.at + (length + 7) // 8 * 8
        raise Hdf5Error("no such object in the heap")


def superblock(source: Source) -> int:
    """Return where the superblock stands: at 0, 512, 1024 and so on; NOTHING without one."""
    at = 0
    while at < source.size:
        if source.at(at, 8) == SIGNATURE:
            return at
        at = at * 2 or 512
    return NOTHING
