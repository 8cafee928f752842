"""See what can be seen in marshalled Python code without unmarshalling it: the names and texts that stand in it.

Format: Python/marshal.c. A code object's layout differs with every Python, so its strings are looked for by their type
byte and length; nothing is built from them.
"""

from __future__ import annotations

import base64
import binascii

_SHORT = frozenset(b"zZ")
_LONG = frozenset(b"usatAT")
_CODE = frozenset({0x63, 0xE3})
_FLAG = 0x80
_MOST = 1 << 20
_MOST_TEXTS = 40
_MOST_ARGUMENTS = 256


def decoded(text: str) -> bytes:
    """Return the bytes of a base64 text; empty when it is none."""
    try:
        return base64.b64decode("".join(text[:_MOST].split()).encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return b""


def is_code(data: bytes) -> bool:
    """Return whether bytes start as a marshalled code object does: its type, then a small count of arguments."""
    return len(data) >= 5 and data[0] in _CODE and int.from_bytes(data[1:5], "little") < _MOST_ARGUMENTS  # noqa: PLR2004


def texts(data: bytes) -> tuple[str, ...]:
    """Return the names and texts in marshalled code, in their order, at most 40."""
    found: dict[str, None] = {}
    at = 5
    while at < len(data) - 1 and len(found) < _MOST_TEXTS:
        kind = data[at] & ~_FLAG
        if kind in _SHORT:
            start, length = at + 2, data[at + 1]
        elif kind in _LONG:
            start, length = at + 5, int.from_bytes(data[at + 1 : at + 5], "little")
        else:
            at += 1
            continue
        piece = data[start : start + length]
        if length and len(piece) == length and piece.isascii() and piece.decode("ascii").isprintable():
            found[piece.decode("ascii")] = None
            at = start + length
        else:
            at += 1
    return tuple(found)
