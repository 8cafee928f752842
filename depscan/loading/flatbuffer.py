"""Read tables of a flatbuffer by their field numbers. Source: FlatBuffers binary format."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.artifacts.source import Source

_MOST = 1_000_000


class Flatbuffer:
    """Access to one buffer; every method raises ValueError where an offset leads outside of it."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def number(self, at: int, size: int, *, signed: bool = False) -> int:
        """Return a little-endian number."""
        data = self.source.at(at, size)
        if at < 0 or len(data) != size:
            raise ValueError("an offset outside the file")
        return int.from_bytes(data, "little", signed=signed)

    def root(self) -> int:
        """Return where the root table stands."""
        at = self.number(0, 4)
        self.field(at, 0)
        return at

    def field(self, table: int, index: int) -> int:
        """Return where a field of a table stands; 0 when the table does not have it."""
        virtual = table - self.number(table, 4, signed=True)
        if table < 4 or virtual < 0:  # noqa: PLR2004 - behind the root's offset
            raise ValueError("a table outside the file")
        size = self.number(virtual, 2)
        if size < 4 or size % 2:  # noqa: PLR2004 - its own two numbers
            raise ValueError("no table where one should be")
        place = 4 + 2 * index
        offset = self.number(virtual + place, 2) if place + 2 <= size else 0
        return table + offset if offset else 0

    def follow(self, at: int) -> int:
        """Return where the offset at a place leads."""
        return at + self.number(at, 4)

    def tables(self, table: int, index: int) -> Iterator[int]:
        """Yield the tables of a vector field."""
        at = self.field(table, index)
        if not at:
            return
        vector = self.follow(at)
        count = self.number(vector, 4)
        if count > _MOST or vector + 4 * count > self.source.size:
            raise ValueError("a vector with more tables than there are bytes")
        for number in range(count):
            yield self.follow(vector + 4 + 4 * number)

    def text(self, table: int, index: int) -> str:
        """Return a text field, at most 1,000 bytes of it; "" when it is not there."""
        at = self.field(table, index)
        if not at:
            return ""
        start = self.follow(at)
        return self.source.at(start + 4, min(self.number(start, 4), 1000)).decode("utf-8", "replace")
