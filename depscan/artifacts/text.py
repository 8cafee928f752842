"""Decode source files of packages: whatever an interpreter would read as text becomes text."""

from __future__ import annotations

import re

from depscan.artifacts.magic import is_utf16, looks_text, sniff

_SAMPLE = 65536
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_NEVER = frozenset({"idna", "punycode", "undefined", "mbcs", "oem"})
"""Codecs that no source is written in: they differ per system or take quadratic time."""


def decode(data: bytes) -> str | None:
    """Return the text of a file, or None when it is binary.

    In this order: byte order mark, the encoding a Python source declares in its first two lines (PEP 263; also
    such as ``utf-7`` and ``unicode_escape``, which hide code from readers that ignore the line), UTF-8, UTF-16
    without a mark, Latin-1. What a declared encoding cannot decode falls through to the next.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    head = data[:_SAMPLE]
    if b"\0" in head:
        return _with_nul(head, data)
    if not head.isascii() and not (sniff(head[:512]) in {"text", "empty"} and looks_text(head)):
        return None
    return _declared(data) or _plain(data)


def _plain(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _with_nul(head: bytes, data: bytes) -> str | None:
    """Return UTF-16 without a mark, or a script with a few NUL bytes, which shells skip; None for binaries."""
    if is_utf16(head[: len(head) & ~1]):
        little = head[1::2].count(0) > head[::2].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be", "replace")
    few = head.count(0) * 100 <= len(head) and looks_text(head.replace(b"\0", b""))
    return _plain(data) if few and sniff(head[:512]) in {"text", "binary"} else None


def _declared(data: bytes) -> str | None:
    """Return the text in the encoding that the first or second line declares; None without one, or a wrong one."""
    found = _COOKIE.match(data)
    if not found:
        blank = _BLANK.match(data)
        found = _COOKIE.match(data, blank.end()) if blank else None
    if not found:
        return None
    import codecs

    try:
        codec = codecs.lookup(found[1].decode("ascii"))
        if codec.name in _NEVER or codec.name == "utf-8":
            return None
        # The codec's own text check: rot13, hex and zip are no encodings of text and are refused by Python too.
        return data.decode(codec.name)
    except (LookupError, ValueError):
        return None
