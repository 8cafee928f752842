"""Records of a zip archive as they stand in the file (PKWARE APPNOTE 6.3.10), and what is read out of them."""

from __future__ import annotations

import struct
from typing import NamedTuple

END = struct.Struct("<4s4H2LH")
CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
LOCAL = struct.Struct("<4s2B4HL2L2H")
HEADER = LOCAL.size
"""Bytes of a member's own header without its name."""
ZIP64_END = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")

METHODS = {0: "", 8: "deflate", 12: "bzip2", 14: "lzma", 93: "zstd", 20: "zstd"}
DEFLATED = 8
TAIL = 22 + 0xFFFF
MOST_DIRECTORY = 64 << 20
MIB = 1 << 20
SYMBOLIC = 0o12
MAX32 = 0xFFFFFFFF
ENCRYPTED, DESCRIPTOR, UTF8 = 1, 8, 0x800
SALVAGE = 256 << 20
UNICODE_PATH = b"up"


class Entry(NamedTuple):
    """A row of the directory."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int


class Directory(NamedTuple):
    """The directory's bytes and where they stand."""

    data: bytes
    start: int
    shift: int
    """Bytes in front of the archive: to be added to every offset."""
    members: int
    """Members, as the end record states."""


def local_fields(header: bytes) -> tuple[int, int, int, int, int, int, int]:
    """Return flags, method, checksum, both sizes and the lengths of name and extra field of a local header."""
    _, _, _, flags, method, _, _, crc, packed, size, names, extras = LOCAL.unpack_from(header)
    return flags, method, crc, packed, size, names, extras


def local_entry(data: bytes, here: int, end: int) -> tuple[Entry, int]:
    """Return what a local header tells and where the data begins; ``end`` bounds sizes that it does not state."""
    _, _, _, flags, method, _, _, crc, packed, size, names, extras = LOCAL.unpack_from(data, here)
    name = data[here + LOCAL.size : here + LOCAL.size + names]
    start = here + LOCAL.size + names + extras
    if flags & DESCRIPTOR or packed == MAX32 or start + packed > end:
        packed = max(end - start, 0)
        size = size or packed * 8
    return Entry(name_of(name, flags), flags, method, crc, packed, size, 0, here), start


def name_of(raw: bytes, flags: int) -> str:
    """Return a member's name by the encoding that its flags state."""
    if raw.isascii():
        return raw.decode()
    return raw.decode("utf-8", "backslashreplace") if flags & UTF8 else raw.decode("cp437")


def wide_values(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return sizes and offset with the values of the zip64 extra field, which holds only those marked."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            wide = [v for (v,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
            values = [wide.pop(0) if v == MAX32 and wide else v for v in (size, packed, offset)]
            return values[0], values[1], values[2]
        at += 4 + length
    return size, packed, offset
