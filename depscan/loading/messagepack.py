"""MessagePack, walked without building anything: counts, extension types, and what they hold.

Spec: msgpack.org; flax ``serialization.py`` (extension 1: array, 2: complex, 3: numpy scalar, each packed again).
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

from depscan.loading.steps import FOREIGN, HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.artifacts.source import Source

MAX_DEPTH = 128
_WINDOW = 1 << 16
_INNER = 1 << 16
_DOTTED = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|\bc[a-z_]\w*\n\w+\n")
_DTYPE = re.compile(rb"[<>|=]?(?:[bBhHiIlLqQefdgFDG?]|[biufcSUVmM]\d+|b?float\d+\w*|u?int\d+|complex\d+|bool_?|"
                    rb"str\d*|bytes\d*|datetime64.*|timedelta64.*|key<\w+>)\Z")  # fmt: skip
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4,
          0xD3: 8}  # fmt: skip
_BLOB = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_FIXMAP, _FIXARRAY, _FIXTEXT, _NIL, _TEXT8, _NEGATIVE = 0x80, 0x90, 0xA0, 0xC0, 0xD9, 0xE0
_EXT = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXEXT = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_MANY = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


class BrokenError(ValueError):
    """The bytes are no MessagePack."""


class Value(NamedTuple):
    """One value: ``kind`` is number, text, bytes, ext, array or map.

    ``length`` is bytes of a text, bytes or ext that start at ``start``, or the number of values inside (a map's
    keys count too); ``ext`` is the extension's type.
    """

    kind: str
    start: int
    length: int
    ext: int = 0


class Reader:
    """Reads values one by one from a source, through a window of 64 KiB."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.at = 0
        self._window = b""
        self._from = 0

    def take(self, count: int) -> bytes:
        """Read a few bytes."""
        begin = self.at - self._from
        if begin < 0 or begin + count > len(self._window):
            self._window, self._from, begin = self.source.at(self.at, _WINDOW), self.at, 0
        piece = self._window[begin : begin + count]
        if len(piece) < count:
            raise BrokenError("cut short")
        self.at += count
        return piece

    def number(self, width: int) -> int:
        """Read an unsigned number."""
        return int.from_bytes(self.take(width), "big")

    def value(self) -> Value:
        """Read one value's head; pass over a text's, bytes' or extension's content."""
        first = self.take(1)[0]
        if first < _FIXMAP or first >= _NEGATIVE:
            return Value("number", self.at - 1, 0)
        if first < _FIXTEXT:
            each = 2 if first < _FIXARRAY else 1
            return Value("map" if each > 1 else "array", self.at, (first & 15) * each)
        if first < _NIL:
            return self._content("text", first & 31)
        if first in _FIXED:
            self.take(_FIXED[first])
            return Value("number", self.at, 0)
        if first in _BLOB:
            return self._content("text" if first >= _TEXT8 else "bytes", self.number(_BLOB[first]))
        if first in _MANY:
            width, each = _MANY[first]
            return Value("map" if each > 1 else "array", self.at, self.number(width) * each)
        return self._ext(first)

    def _ext(self, first: int) -> Value:
        if first not in _EXT and first not in _FIXEXT:
            raise BrokenError("a byte that is never used")
        length = self.number(_EXT[first]) if first in _EXT else _FIXEXT[first]
        kind = struct.unpack("b", self.take(1))[0]
        return self._content("ext", length, kind)

    def _content(self, kind: str, length: int, ext: int = 0) -> Value:
        start = self.at
        if length > self.source.size - start:
            raise BrokenError(f"claims {length} bytes where {self.source.size - start} are left")
        self.at += length
        return Value(kind, start, length, ext)


def walk(source: Source, report: Report) -> None:
    """Add what is odd or harmful in a MessagePack file."""
    reader = Reader(source)
    stack: list[int] = [1]
    try:
        while stack and not report.meter.late:
            if stack[-1] == 0:
                stack.pop()
                continue
            stack[-1] -= 1
            value = reader.value()
            if value.kind in {"array", "map"}:
                _enter(value, source, stack, report)
            else:
                _leaf(value, source, report)
    except BrokenError as error:
        claims = "claims" in str(error)
        if claims:
            report.add(Step("load.bomb", HOSTILE, "count", str(error), "a length that the file does not hold",
                            at=reader.at))  # fmt: skip
        else:
            report.gap(f"only a part could be read: {error} at {reader.at}")
        return
    if report.meter.late:
        report.gap(f"took too long: read up to {reader.at}")
    elif reader.at < source.size:
        why = "bytes after the value: another reader may find another file there"
        report.add(Step("load.layout", ODD, "trailing", f"{source.size - reader.at} bytes", why, at=reader.at))


def _enter(value: Value, source: Source, stack: list[int], report: Report) -> None:
    if value.length > source.size - value.start:
        raise BrokenError(f"claims {value.length} values in {source.size - value.start} bytes")
    if len(stack) > MAX_DEPTH:
        report.add(Step("load.bomb", HOSTILE, "depth", f"depth {len(stack)}", "nests deeper than readers bear"))
        raise BrokenError("nests too deep")
    stack.append(value.length)


def _leaf(value: Value, source: Source, report: Report) -> None:
    if value.kind == "ext":
        _extension(value, source, report)
    elif value.kind == "bytes" and value.length > 2 and _PICKLE.match(source.at(value.start, 2)):  # noqa: PLR2004
        _pickle(value, source, report)


def _pickle(value: Value, source: Source, report: Report) -> None:
    from depscan.loading.file import file_of
    from depscan.loading.route import read_file

    data = source.at(value.start, min(value.length, 16 << 20))
    if data.endswith(b"."):
        inner = read_file(file_of(data, "bytes"), report.meter, layer=(f"msgpack @ {value.start:#x}",))
        if inner is not None:
            report.merge(inner)


def _extension(value: Value, source: Source, report: Report) -> None:
    data = source.at(value.start, min(value.length, _INNER))
    shown = f"ext({value.ext}, {data[:60]!r})"
    if value.ext == -1 and value.length in {4, 8, 12}:
        return
    if value.ext in {1, 2, 3} and _is_array(data, value.length, source.size):
        return
    named = _DOTTED.search(data[:4096])
    if named or value.ext in {1, 2, 3}:
        why = (
            f"an extension whose content names {named[0].decode('ascii', 'replace').strip()[:100]}" if named
            else "an extension of flax whose content is no array"
        )  # fmt: skip
        values = (named[0].decode("ascii", "replace"),) if named else ()
        report.add(Step("load.call", HOSTILE, "extension", shown, why, values[0] if values else "", values,
                        "deserialize" if named else "", at=value.start))  # fmt: skip
        return
    why = "an extension type that only a hook of the loader's own can read"
    report.add(Step("load.code", FOREIGN, "extension", shown, why, at=value.start))


def _is_array(data: bytes, length: int, total: int) -> bool:
    """Return whether an extension's content is flax's: (shape, dtype, bytes), or two numbers of a complex."""
    from depscan.artifacts.source import BytesSource

    class _Start(BytesSource):
        """The start of the content, which says how long it is in whole."""

    source = _Start(data)
    source.size = min(length, total)
    reader = Reader(source)
    try:
        head = reader.value()
        if head.kind != "array" or head.length not in {2, 3}:
            return False
        if head.length == 2:  # noqa: PLR2004
            return all(reader.value().kind == "number" for _ in range(2)) and reader.at == length
        shape = reader.value()
        if shape.kind != "array" or any(reader.value().kind != "number" for _ in range(min(shape.length, 64))):
            return False
        dtype = reader.value()
        content = reader.value()
    except BrokenError:
        return False
    name = data[dtype.start : dtype.start + dtype.length]
    return content.kind == "bytes" and bool(_DTYPE.match(name)) and reader.at == length
