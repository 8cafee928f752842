"""Read numpy's array files: a header that must be one dict literal, then plain numbers or, of objects, a pickle.

Format: numpy.lib.format, versions 1.0 to 3.0. Several arrays may follow each other in one file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.loading.literal import LiteralError, literal
from depscan.loading.steps import HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "934e554d5059"
NAMES = "*.npy"
TITLE = "numpy array"

_MAGIC = b"\x93NUMPY"
_FIXED = len(_MAGIC) + 2
_MOST_HEADER = 1 << 20
_MOST_ARRAYS = 1000
_MOST_DEPTH = 16
_HUGE = 1 << 30
_TYPE = re.compile(r"[<>|=]?([?bhilqpBHILQPefdgFDGSUVOMmcatTu])(\d{0,9})(?:\[[\w/]{1,20}\])?")
_LETTERS = {"b": 1, "B": 1, "?": 1, "c": 1, "h": 2, "H": 2, "e": 2, "i": 4, "I": 4, "f": 4, "l": 8, "L": 8, "q": 8,
            "Q": 8, "p": 8, "P": 8, "d": 8, "F": 8, "M": 8, "m": 8, "D": 16, "g": 16, "G": 32}  # fmt: skip
_SIZED = frozenset("SUVat")
_COUNTED = frozenset("bifuc") | frozenset("?Mm")


class _Type(NamedTuple):
    """What is known of a dtype: bytes per item (-1 unknown) and whether it may hold objects."""

    size: int
    objects: bool


_UNKNOWN = _Type(-1, objects=True)


class _Header(NamedTuple):
    kind: _Type
    items: int
    start: int
    text: str


class _HeaderError(Exception):
    """Why a header is none."""


def looks(file: File) -> bool:
    """Return whether a file is of this format."""
    return file.head.startswith(_MAGIC)


def read(file: File, report: Report) -> None:
    """Add what reading the arrays runs, and what is wrong with their headers."""
    at = 0
    for number in range(_MOST_ARRAYS):
        end = _array(file, at, report)
        report.about["arrays"] = str(number + 1)
        if end < 0 or end == file.size:
            return
        at = end
        if file.source.at(at, len(_MAGIC)) != _MAGIC:
            why = f"{file.size - at} bytes behind the array that belong to nothing"
            report.add(Step("load.layout", HOSTILE, "trailing", f"data ends at {at} of {file.size}", why, at=at))
            _pickle(file, at, report, strict=False)
            return
    report.gap(f"more than {_MOST_ARRAYS} arrays in one file")


def _array(file: File, at: int, report: Report) -> int:
    """Read one array; return where it ends, -1 where that is the file's end or unknown."""
    try:
        header = _header(file, at)
    except _HeaderError as error:
        shown = file.source.at(at, 200).decode("latin-1").replace("\n", " ")
        report.add(Step("load.layout", HOSTILE, "header", shown, str(error), at=at))
        _pickle(file, at + _FIXED, report, strict=False)
        return -1
    if header is None:
        major, minor = (*file.source.at(at + len(_MAGIC), 2), 0, 0)[:2]
        report.gap(f"an array of the format's version {major}.{minor}, which is not known")
        return -1
    if header.kind.objects:
        return _objects(file, header, report)
    end = header.start + header.kind.size * header.items
    if end > file.size:
        what = "load.bomb" if end - file.size > _HUGE else "load.layout"
        why = f"states {end - header.start} bytes of numbers where {file.size - header.start} follow"
        report.add(Step(what, HOSTILE, "short", header.text, why, at=at))
        return -1
    return end


def _objects(file: File, header: _Header, report: Report) -> int:
    if header.kind.size < 0:
        why = "a type of numbers that is not known: it may hold objects"
        report.add(Step("load.layout", ODD, "dtype", header.text, why, at=header.start))
        _pickle(file, header.start, report, strict=False)
        return -1
    why = "an array of objects: what follows is a pickle, which runs when it is loaded with allow_pickle"
    report.add(Step("load.layout", KNOWN, "objects", header.text, why, at=header.start))
    _pickle(file, header.start, report, strict=True)
    return -1


def _pickle(file: File, at: int, report: Report, *, strict: bool) -> None:
    """Have the rest of the file read as what it is; where it must be a pickle, anything unknown is a gap."""
    from depscan.artifacts.source import WindowSource
    from depscan.loading.file import File
    from depscan.loading.route import read_file

    size = file.size - at
    rest = File(f"{file.path}:objects", lambda: WindowSource(file.source, at, size), max(size, 0), file.container)
    inner = read_file(rest, report.meter, layer=(f"array's objects @ 0x{at:x}",))
    if inner is not None:
        report.merge(inner)
    elif strict:
        report.gap(f"the objects of the array at byte {at} are no pickle that can be read")


def _header(file: File, at: int) -> _Header | None:
    """Return the header of an array; None for an unknown version.

    Raises:
        _HeaderError: it is no dict literal of the three keys, or its values are none that numpy takes.
    """
    fixed = file.source.at(at, _FIXED + 4)
    major = fixed[len(_MAGIC)] if len(fixed) > len(_MAGIC) else 0
    if major not in {1, 2, 3}:
        return None
    width = 2 if major == 1 else 4
    length = int.from_bytes(fixed[_FIXED : _FIXED + width], "little")
    start = at + _FIXED + width + length
    if start > file.size or len(fixed) < _FIXED + width:
        raise _HeaderError(f"states a header of {length} bytes, which the file does not have")
    if length > _MOST_HEADER:
        raise _HeaderError(f"states a header of {length} bytes")
    raw = file.source.at(at + _FIXED + width, length)
    text = raw.decode("utf-8" if major == 3 else "latin-1", "backslashreplace").strip()  # noqa: PLR2004 - version 3.0
    try:
        value = literal(text)
    except LiteralError as error:
        raise _HeaderError(f"its header is no literal, which a loader that evaluates it would run: {error}") from None
    if not isinstance(value, dict) or value.keys() != {"descr", "fortran_order", "shape"}:
        raise _HeaderError("its header is no dict of descr, fortran_order and shape")
    shape = value["shape"]
    if not isinstance(shape, tuple) or not all(type(n) is int and n >= 0 for n in shape):
        raise _HeaderError("its shape is no tuple of counts")
    if not isinstance(value["fortran_order"], bool):
        raise _HeaderError("its fortran_order is no truth value")
    return _Header(_type(value["descr"], 0), _product(shape), start, text)


def _product(shape: tuple[int, ...]) -> int:
    count = 1
    for n in shape:
        count = min(count * n, 1 << 80)
    return 0 if 0 in shape else count


def _type(descr: object, depth: int) -> _Type:
    """Return what is known of the dtype that a description gives."""
    if isinstance(descr, str):
        return _simple(descr)
    if isinstance(descr, tuple) and len(descr) == 2 and depth < _MOST_DEPTH:  # noqa: PLR2004 - (type, shape)
        return _times(_type(descr[0], depth + 1), descr[1])
    if not isinstance(descr, list) or depth >= _MOST_DEPTH:
        return _UNKNOWN
    size, objects = 0, False
    for field in descr:
        if not isinstance(field, tuple) or len(field) not in {2, 3}:
            return _UNKNOWN
        kind = _type(field[1], depth + 1)
        kind = _times(kind, field[2]) if len(field) == 3 else kind  # noqa: PLR2004 - with a shape
        if kind.size < 0:
            return _UNKNOWN
        size += kind.size
        objects = objects or kind.objects
    return _Type(size, objects)


def _times(kind: _Type, shape: object) -> _Type:
    counts = (shape,) if type(shape) is int else shape
    if not isinstance(counts, tuple) or not all(type(n) is int and n >= 0 for n in counts) or kind.size < 0:
        return _UNKNOWN
    return kind._replace(size=kind.size * _product(counts))


def _simple(text: str) -> _Type:
    found = _TYPE.fullmatch(text)
    if found is None:
        return _UNKNOWN
    letter, digits = found[1], found[2]
    if letter == "O":
        return _Type(8, objects=True)
    if letter == "T":
        return _UNKNOWN
    if letter in _SIZED:
        return _Type(int(digits or 0) * (4 if letter == "U" else 1), objects=False)
    if digits:
        return _Type(int(digits), objects=False) if letter in _COUNTED else _UNKNOWN
    return _Type(_LETTERS[letter], objects=False) if letter in _LETTERS else _UNKNOWN
