"""Check where the tensors of a GGUF file lie, without reading one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.loading.gguf import Absurd
from depscan.loading.steps import HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.gguf import Stream
    from depscan.loading.steps import Report

TYPES = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74),
    18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2),
    26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
    40: (64, 36), 41: (128, 18),
}  # fmt: skip
"""Values in a block, and bytes of a block, by the number of the type (ggml.h)."""

_MAX_NAME = 4096
_MAX_DIMS = 8
_MOST = 1 << 63
_TAIL = 1 << 16
_PROGRAMS = (b"PK\x03\x04", b"\x7fELF", b"MZ", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"#!", b"\x1f\x8b")


class Tensor(NamedTuple):
    """Where one tensor lies: offset after the header, bytes (-1 when its type is not known), name."""

    offset: int
    size: int
    name: str


def read_tensors(stream: Stream, report: Report, count: int, alignment: int) -> None:
    """Add what is wrong with the table of tensors.

    Raises:
        Absurd: a number of dimensions that none has.
        Short: the table is longer than the file.
    """
    tensors: list[Tensor] = []
    names: set[bytes] = set()
    for index in range(count):
        tensors.append(_tensor(stream, report, names))
        if index % 4096 == 0 and report.meter.late:
            report.gap("the time for reading is used up inside the table of tensors")
            return
    start = -(-stream.at // alignment) * alignment
    room = stream.size - start
    end = _places(sorted(tensors), report, room, alignment)
    if end is not None and room > end + alignment:
        _trailing(stream, report, start + end)


def _tensor(stream: Stream, report: Report, names: set[bytes]) -> Tensor:
    at = stream.at
    raw = stream.text(_MAX_NAME)
    name = raw.decode("utf-8", "backslashreplace")
    if raw in names:
        why = "two tensors of one name: readers disagree which counts"
        report.add(Step("load.layout", HOSTILE, "duplicate-tensor", name, why, at=at))
    names.add(raw)
    count = stream.number(4)
    if count > _MAX_DIMS:
        why = "no tensor has so many dimensions: readers write past the four they have room for"
        raise Absurd("dimensions", f"{name}: {count} dimensions", why, at)
    values = 1
    for _ in range(count):
        values *= stream.number(stream.wide)
    kind, offset = stream.number(4), stream.number(8)
    if values >= _MOST:
        why = "the product of the dimensions does not fit in 64 bits: readers compute a small size and write past it"
        report.add(Step("load.bomb", HOSTILE, "dimensions", f"{name}: {values} values", why, at=at))
        return Tensor(offset, -1, name)
    if kind not in TYPES:
        report.add(Step("load.layout", ODD, "tensor-type", f"{name}: type {kind}", "not a type that is known here"))
        return Tensor(offset, -1, name)
    block, size = TYPES[kind]
    return Tensor(offset, -(-values // block) * size, name)


def _places(tensors: list[Tensor], report: Report, room: int, alignment: int) -> int | None:
    """Return where the last tensor ends; None when that is not known."""
    end, known = 0, True
    for tensor in tensors:
        if tensor.offset % alignment:
            text = f"{tensor.name} at {tensor.offset}"
            report.add(Step("load.layout", ODD, "unaligned", text, f"not a multiple of the alignment {alignment}"))
        if tensor.offset > room or tensor.offset + max(tensor.size, 0) > room:
            text = f"{tensor.name}: {tensor.size} bytes at {tensor.offset} of {max(room, 0)}"
            why = "lies outside the file: readers that trust it read other memory"
            report.add(Step("load.layout", HOSTILE, "offsets", text, why))
            return None
        if known and tensor.offset < end and tensor.size:
            text = f"{tensor.name} at {tensor.offset}, before {end}"
            report.add(Step("load.layout", HOSTILE, "overlap", text, "two tensors share bytes"))
        if known and tensor.offset > end + alignment:
            text = f"{tensor.offset - end} bytes before {tensor.name}"
            report.add(Step("load.layout", ODD, "hole", text, "bytes that belong to no tensor"))
        known = known and tensor.size >= 0
        end = max(end, tensor.offset + max(tensor.size, 0))
    return end if known else None


def _trailing(stream: Stream, report: Report, end: int) -> None:
    left = stream.size - end
    tail = stream.peek(max(end, stream.size - _TAIL), _TAIL)
    first = stream.peek(end, 512).lstrip(b"\0")
    if b"PK\x05\x06" in tail or first.startswith(_PROGRAMS):
        why = "another kind of file follows the last tensor: other readers find that one"
        report.add(Step("load.layout", HOSTILE, "trailing", f"{left} bytes at {end}", why, at=end))
    else:
        report.add(
            Step("load.layout", ODD, "trailing", f"{left} bytes at {end}", "bytes after the last tensor", at=end)
        )
