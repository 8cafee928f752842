"""Check a safetensors file against its specification: it holds no code, but another file can hide in it.

Format: 8 bytes length of the header (little endian, at most 100 MB), a JSON object, the tensors' bytes without holes.
Specification: README of the safetensors project, "Format"; what its own reader refuses is hostile here, since another
reader may not refuse it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.loading.json_budget import too_dense
from depscan.loading.steps import HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.safetensors"
TITLE = "safetensors"

_LENGTH = 8
_MOST_HEADER = 100_000_000
_MOST_READ = 24 << 20
"""Bytes of a header that is parsed: 250,000 tensors."""

_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64,
    "C64": 64, "C128": 128, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
_PLAIN = frozenset({"bool", "float", "double", "half", "int", "long", "short", "char", "byte"})
_LEAST = 2
"""Bytes of the shortest header: an object without tensors."""
_ENCODED = 16
"""Characters of the shortest text that may be a pickle, of which the first have no space."""
_METADATA = "__metadata__"
_KEYS = {"dtype", "shape", "data_offsets"}


class _Span(NamedTuple):
    begin: int
    end: int
    name: str


class _HeaderError(Exception):
    """The header is no JSON that the specification allows; the text says why."""


def looks(file: File) -> bool:
    """Return whether a file is of this format."""
    head = file.head
    length = int.from_bytes(head[:_LENGTH], "little")
    if head[_LENGTH : _LENGTH + 1] != b"{":
        return file.name.endswith(".safetensors") and _nearly(head[_LENGTH:], length, file.size - _LENGTH)
    if file.name.endswith(".safetensors"):
        return True
    begins = head[_LENGTH + 1 : _LENGTH + 64].lstrip()[:1] in {b'"', b"}"}
    return begins and 1 < length <= min(_MOST_HEADER, file.size - _LENGTH)


def _nearly(rest: bytes, length: int, room: int) -> bool:
    """Whether a file of this name was made by the format and not by its rules: a reader that is less strict takes it.

    Args:
        rest: what follows the length.
        length: of the header, as stated.
        room: bytes behind the length.
    """
    if length < _LEAST:
        return bool(rest.strip(b"\0"))
    return length <= room and rest.lstrip()[:1] in {b"{", b"["} and rest[:length].rstrip()[-1:] in {b"}", b"]", b""}


def read(file: File, report: Report) -> None:
    """Add what is wrong with the layout."""
    length = int.from_bytes(file.head[:_LENGTH], "little")
    room = file.size - _LENGTH
    if length < _LEAST:
        _no_header(file, length, report)
        return
    if length > room or length > _MOST_HEADER:
        why = f"states a header of {length} bytes where {room} follow and {_MOST_HEADER} are allowed"
        _hostile(report, "header-length", f"header: {length} bytes", why, 0)
        return
    if length > _MOST_READ:
        report.gap(f"its header has {length} bytes; more than {_MOST_READ} are not read")
        return
    raw = file.source.at(_LENGTH, length)
    if len(raw) < length:
        report.gap("its header could not be read to the end")
        return
    if too_dense(raw):
        why = f"a header of {length} bytes with far more values than tensors need: it takes memory when it is read"
        report.add(Step("load.bomb", HOSTILE, "header-values", raw[:100].decode("latin-1"), why, at=_LENGTH))
        return
    try:
        header = _json(raw)
    except _HeaderError as error:
        _hostile(report, "header", raw[:200].decode("latin-1"), str(error), _LENGTH)
        return
    spans = _tensors(header, report)
    report.about["tensors"] = str(len(spans))
    _layout(spans, file.size - _LENGTH - length, _LENGTH + length, report)


def _no_header(file: File, length: int, report: Report) -> None:
    """Say what stands behind a header of no length: the format's reader refuses it, another one may find a file."""
    from depscan.artifacts.source import WindowSource
    from depscan.loading.file import File
    from depscan.loading.route import read_file

    size = max(file.size - _LENGTH, 0)
    rest = File("behind", lambda: WindowSource(file.source, _LENGTH, size), size, file.container)
    inner = read_file(rest, report.meter, layer=("behind the length",))
    if inner is None:
        report.gap(f"states a header of {length} bytes: no reader of the format takes it")
        return
    why = f"no header, and behind its length stands {inner.format}: made for another reader than its name says"
    _hostile(report, "header-length", f"header: {length} bytes", why, 0)
    report.merge(inner)


def _json(raw: bytes) -> dict[str, Any]:
    """Return the header; a key that comes twice, text that is no UTF-8 and numbers that are none are errors."""
    import json

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(found)
        if len(made) != len(found):
            seen: set[str] = set()
            twice = next(key for key, _ in found if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise _HeaderError(f"the key {twice[:100]!r} comes twice in its header: readers take the first or the last")
        return made

    def constant(text: str) -> None:
        raise _HeaderError(f"its header has {text}, which is no JSON")

    if raw[:1] != b"{":
        raise _HeaderError("its header begins with no brace: the format's own reader refuses it, others do not look")
    try:
        header = json.loads(raw.decode(), object_pairs_hook=pairs, parse_constant=constant)
    except UnicodeDecodeError:
        raise _HeaderError("its header is no UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise _HeaderError(f"its header is no JSON: {str(error)[:100]}") from None
    if not isinstance(header, dict):
        raise _HeaderError("its header is no JSON object")
    return header


def _tensors(header: dict[str, Any], report: Report) -> list[_Span]:
    """Return where the tensors stand; says what is wrong with their rows."""
    spans: list[_Span] = []
    for name, row in header.items():
        if name == _METADATA:
            _metadata(row, report)
            continue
        why = _row_wrong(row)
        if why:
            _hostile(report, "tensor", f"{name}: {row}", why)
            continue
        begin, end = row["data_offsets"]
        spans.append(_Span(begin, end, name))
        why = _size_wrong(row, end - begin)
        if why:
            _hostile(report, "tensor-size", f"{name}: {row}", why)
        if row["dtype"] not in _BITS:
            _unknown(name, row["dtype"], report)
        if len(row) > len(_KEYS):
            report.add(
                Step("load.layout", ODD, "keys", f"{name}: {row}", "has keys that the specification does not know")
            )
    return spans


def _unknown(name: str, dtype: str, report: Report) -> None:
    """Judge a type that the specification does not know: one of numbers may come, one without a width never will."""
    if any(letter.isdigit() for letter in dtype) or dtype.lower() in _PLAIN:
        verdict, why = ODD, "a type of numbers that the specification does not know"
    else:
        verdict, why = HOSTILE, "no type of numbers: the format's reader refuses it, so that it is made for another one"
    report.add(Step("load.layout", verdict, "dtype", f"{name}: {dtype[:40]}", why))


def _metadata(row: object, report: Report) -> None:
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
        _hostile(
            report, "metadata", f"{_METADATA}: {row}", "its metadata must be a map of texts; readers refuse others"
        )
        return
    report.about["metadata"] = ", ".join(sorted(row))[:200]
    encoded = [text for text in row.values() if len(text) >= _ENCODED and " " not in text[:_ENCODED]]
    if encoded:
        from depscan.artifacts.source import BytesSource
        from depscan.loading.pickle.judge import Judge
        from depscan.loading.pickle.nested import constant

        judge = Judge(report, BytesSource(b""))
        for text in encoded:
            constant(judge, text, _LENGTH)


def _row_wrong(row: object) -> str:
    if not isinstance(row, dict) or not row.keys() >= _KEYS:
        return "a tensor without dtype, shape and data_offsets"
    shape, offsets = row["shape"], row["data_offsets"]
    if not isinstance(row["dtype"], str):
        return "a tensor whose dtype is no text"
    if not isinstance(shape, list) or not all(type(n) is int and n >= 0 for n in shape):
        return "a tensor whose shape is no list of counts"
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(type(n) is int and n >= 0 for n in offsets):  # noqa: PLR2004
        return "a tensor whose data_offsets are no two counts"
    return "a tensor that ends before it begins" if offsets[1] < offsets[0] else ""


def _size_wrong(row: dict[str, Any], size: int) -> str:
    bits = _BITS.get(row["dtype"])
    if bits is None:
        return ""
    for count in row["shape"]:
        bits *= count
        if bits >> 3 > 1 << 62:
            return "a tensor whose shape is larger than any file"
    stated = bits >> 3
    return (
        "" if bits & 7 == 0 and stated == size else f"a tensor of {bits / 8:g} bytes by its shape, {size} by its place"
    )


def _layout(spans: list[_Span], room: int, start: int, report: Report) -> None:
    """Check that tensors cover the bytes behind the header once and wholly, as the specification demands."""
    at = 0
    for span in sorted(spans):
        if span.begin < at:
            why = "tensors overlap: one's bytes are another's"
            _hostile(report, "overlap", f"{span.name}: [{span.begin}, {span.end}]", why, start + span.begin)
        elif span.begin > at:
            why = f"{span.begin - at} bytes between tensors that no tensor names: room for something else"
            _hostile(report, "hole", f"{span.name}: [{span.begin}, {span.end}]", why, start + at)
        at = max(at, span.end)
    if at > room:
        _hostile(
            report,
            "past-end",
            f"tensors end at {at}",
            f"a tensor ends behind the file, which has {room} bytes of data",
            start,
        )
    elif at < room:
        why = f"{room - at} bytes behind the last tensor that no tensor names: room for another file"
        _hostile(report, "trailing", f"data ends at {at} of {room}", why, start + at)


def _hostile(report: Report, slug: str, text: str, why: str, at: int = -1) -> None:
    report.add(Step("load.layout", HOSTILE, slug, text[:300].replace("\n", " "), why, at=at))
