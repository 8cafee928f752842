"""Find a zip archive at the end of a file that begins as something else: its directory stands at the end.

A pickle, a safetensors file or a picture with an archive behind it is two files, and which one a loader sees is the
loader's choice.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from depscan.artifacts.identity import names_text
from depscan.artifacts.magic import CLOSED_ARCHIVES, NATIVE

if TYPE_CHECKING:
    from depscan.artifacts.members import Found
    from depscan.artifacts.source import Source

_END = struct.Struct("<4s4H2LH")
_TAIL = _END.size + 0xFFFF
_NOT_ASKED = NATIVE | CLOSED_ARCHIVES | {"empty", "wasm", "static-library", "font", "pyc"}
_PICKLE, _PROTOCOLS = 0x80, range(2, 6)


def may_hide_zip(found: Found, kind: str, head: bytes) -> bool:
    """Whether a file is asked: what is no archive by its beginning, and whose end is at hand.

    Args:
        found: the file.
        kind: what it is by its beginning.
        head: its first 512 bytes.
    """
    if found.size < _END.size or kind in _NOT_ASKED or getattr(found.reader, "far", False):
        return False
    if kind == "text" and names_text(found.path):
        return False
    # To see the end of packed data all of it is unpacked: only what begins as a model is worth that.
    return not getattr(found.reader, "packed", False) or _is_model(kind, head)


def _is_model(kind: str, head: bytes) -> bool:
    pickled = head[0] == _PICKLE and head[1:2] != b"" and head[1] in _PROTOCOLS
    return pickled or kind in {"numpy", "hdf5"} or head[:4] == b"GGUF" or head[8:9] == b"{"


def has_zip_end(source: Source) -> bool:
    """Whether the last 64 KiB hold an end record whose directory is where it says, or as far in front of it."""
    at_tail = max(0, source.size - _TAIL)
    tail = source.at(at_tail, _TAIL)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + _END.size <= len(tail):
            _, _, _, _, count, size, offset, _ = _END.unpack_from(tail, at)
            starts = (at_tail + at - size, offset, at_tail + at - size - 76)  # 76: zip64's two records
            if count and any(source.at(start, 4) == b"PK\x01\x02" for start in starts):
                return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False
