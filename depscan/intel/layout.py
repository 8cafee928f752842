"""The bytes of the index file: header, meta, directories.

Layout (integers little-endian)::

    header    64 bytes: magic, format version, length and CRC-32 of meta, file length, SHA-256 of all that
              follows the header, CRC-32 of the header so far
    meta      JSON: when it was built and from what, and per section its offset, lengths, CRC-32, counts
    section   one per ecosystem: directory, then blocks
    directory number of packages, blocks and preset bytes; sorted 64-bit hashes of package names; per block
              the ordinal of its first package, where it ends, its CRC-32; the preset dictionary
    block     zlib-compressed lines, one JSON array per package: name, row, row, ... (see ``rows``)
"""

from __future__ import annotations

import os
import struct
import sys
import zlib
from array import array
from typing import Any

from depscan.errors import IntelError

FILE_NAME = "advisories.idx"
MAGIC = b"DEPSCANX"
FORMAT = 1
HEADER = struct.Struct("<8sIIIQ32s")
HEADER_SIZE = HEADER.size + 4
DIRECTORY = struct.Struct("<III")
NAMES = "#names"
"""Suffix of the section that holds bare malicious names of an ecosystem."""

META_LIMIT = 1 << 20
BLOCK_LIMIT = 64 << 20


def name_hash(name: str) -> int:
    """Return a 64-bit hash of a package name that is the same on every machine."""
    raw = name.encode("utf-8", "surrogatepass")
    return zlib.crc32(raw) << 32 | zlib.crc32(raw[::-1])


def little(values: array[int]) -> array[int]:
    """Return integers in the byte order of the file."""
    if sys.byteorder == "big":
        values.byteswap()
    return values


class Section:
    """The directory of one ecosystem, checked and ready to search."""

    __slots__ = ("crcs", "ends", "firsts", "hashes", "preset", "start")

    def __init__(self, raw: bytes, start: int) -> None:
        packages, blocks, preset = DIRECTORY.unpack_from(raw)
        if len(raw) != DIRECTORY.size + 8 * packages + 12 * blocks + preset:
            raise ValueError("a directory of another size")
        at = DIRECTORY.size
        tables: list[array[int]] = []
        for code, count in (("Q", packages), ("I", blocks), ("I", blocks), ("I", blocks)):
            table = array(code)
            if table.itemsize != (8 if code == "Q" else 4):
                raise ValueError("integers of another size on this machine")
            table.frombytes(raw[at : at + count * table.itemsize])
            at += count * table.itemsize
            tables.append(little(table))
        self.hashes, self.firsts, self.ends, self.crcs = tables
        self.preset = raw[at:]
        self.start = start


def broken(path: str, what: str) -> IntelError:
    """Return the error for an index that cannot be believed."""
    return IntelError(f"the advisory index cannot be used: {what}", path=path, hint="build or download it again")


def read_head(path: str, stream: Any) -> tuple[dict[str, Any], str, int]:  # noqa: ANN401 - a raw file
    """Return meta, SHA-256 and where the sections begin.

    Raises:
        IntelError: empty, truncated, damaged, foreign, of another format version, or without records.
    """
    import json

    try:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(HEADER_SIZE)
        if len(head) != HEADER_SIZE or head[: len(MAGIC)] != MAGIC:
            raise broken(path, "empty, truncated or another kind of file")
        _, version, meta_size, meta_crc, file_size, digest = HEADER.unpack_from(head)
        if zlib.crc32(head[: HEADER.size]) != int.from_bytes(head[HEADER.size :], "little"):
            raise broken(path, "a damaged header")
        if version != FORMAT:
            raise broken(path, f"format version {version}; this depscan reads {FORMAT}")
        if file_size != size or meta_size > META_LIMIT:
            raise broken(path, f"{size} bytes long, {file_size} were written")
        raw = stream.read(meta_size)
        if zlib.crc32(raw) != meta_crc:
            raise broken(path, "a damaged description")
        info: dict[str, Any] = json.loads(raw)
        if sum(given["records"] for given in info["sections"].values()) <= 0:
            raise broken(path, "it holds no records")
    except OSError as error:
        raise broken(path, (error.strerror or str(error)).lower()) from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise broken(path, f"a description of another shape ({error})") from None
    return info, digest.hex(), HEADER_SIZE + meta_size
