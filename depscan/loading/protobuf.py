"""Read protobuf messages by their wire format, without a schema and without reading what is skipped.

Format: the protobuf encoding reference. A message is a run of (number, wire type, value); a value with a length is
handed out as a span, so that a tensor of a gigabyte costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from depscan.artifacts.source import BytesSource, Source

VARINT, FIXED64, SPAN, FIXED32 = 0, 1, 2, 5
_WIDTHS = {FIXED64: 8, FIXED32: 4, 3: 0, 4: 0}
"""Bytes of a value by its wire type; a group (3, 4) is read as if its fields stood beside it: parsers skip it."""
_WINDOW = 1 << 16
_LONGEST_VARINT = 10
_HIGHEST_NUMBER = (1 << 29) - 1
MOST_FIELDS = 20_000_000
"""Fields of one file that are read."""


class WireError(ValueError):
    """What stands at an offset is no protobuf field."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why)
        self.at = at


class Field(NamedTuple):
    """One field of a message.

    Attributes:
        number: the field's number.
        kind: its wire type.
        value: of a number, the number; 0 otherwise.
        start: offset of the value's first byte.
        end: offset behind its last one.
    """

    number: int
    kind: int
    value: int
    start: int
    end: int


class Wire:
    """Reads messages of one file.

    Args:
        source: bytes of the file.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.size = source.size
        self._base = 0
        self._data = b""
        self._fields = 0

    def fields(self, start: int = 0, end: int = -1) -> Iterator[Field]:
        """Yield the fields between two offsets.

        Raises:
            WireError: a field that is none, or one that is longer than its message.
        """
        at = start
        end = self.size if end < 0 else end
        while at < end:
            self._fields += 1
            if self._fields > MOST_FIELDS:
                raise WireError("more fields than any model has", at)
            tag, then = self._varint(at, end)
            number, kind = tag >> 3, tag & 7
            if not 0 < number <= _HIGHEST_NUMBER:
                raise WireError("a field without a number", at)
            value = 0
            if kind == VARINT:
                value, stop = self._varint(then, end)
            elif kind == SPAN:
                length, then = self._varint(then, end)
                stop = then + length
            elif kind in _WIDTHS:
                stop = then + _WIDTHS[kind]
            else:
                raise WireError("an unknown wire type", at)
            if stop > end:
                raise WireError("a field is longer than its message", at)
            yield Field(number, kind, value, then, stop)
            at = stop

    def spans(self, field: Field | None, *numbers: int) -> Iterator[Field]:
        """Yield the fields with a length and one of the numbers inside another one; None means the whole file."""
        for inner in self.fields(field.start, field.end) if field else self.fields():
            if inner.kind == SPAN and inner.number in numbers:
                yield inner

    def inside(self, field: Field) -> Iterator[Field]:
        """Yield the fields of a message that stands in a field."""
        return self.fields(field.start, field.end)

    def bytes(self, field: Field, limit: int = 1 << 20) -> bytes:
        """Return the bytes of a field, at most ``limit``."""
        length = min(field.end - field.start, limit)
        offset = field.start - self._base
        if offset >= 0 and offset + length <= len(self._data):
            return self._data[offset : offset + length]
        return self.source.at(field.start, length)

    def text(self, field: Field, limit: int = 1 << 16) -> str:
        """Return a field as text, at most ``limit`` bytes of it; what is no UTF-8 is replaced."""
        return self.bytes(field, limit).decode("utf-8", "replace")

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        offset = at - self._base
        if 0 <= offset < len(self._data) and at < end and self._data[offset] < 0x80:  # noqa: PLR2004 - most are short
            return self._data[offset], at + 1
        if not 0 <= offset <= len(self._data) - _LONGEST_VARINT:
            self._base, self._data = at, self.source.at(at, _WINDOW)
            offset = 0
        data = self._data
        result = shift = 0
        for index in range(offset, min(len(data), offset + _LONGEST_VARINT)):
            byte = data[index]
            result |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004 - the last byte of a varint
                stop = index + 1 + self._base
                if stop > end:
                    break
                return result & 0xFFFFFFFFFFFFFFFF, stop
            shift += 7
        raise WireError("a number is cut off or too long", at)


def wire_of(data: bytes) -> Wire:
    """Return a reader of bytes in memory."""
    return Wire(BytesSource(data))


def shape(wire: Wire, most: int = 64) -> list[Field] | None:
    """Return the first fields of the file; None when it is no message from its first to its ``most``-th field."""
    found: list[Field] = []
    try:
        for field in wire.fields():
            found.append(field)
            if len(found) >= most:
                break
    except WireError:
        return None
    return found
