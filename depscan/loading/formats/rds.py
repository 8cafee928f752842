"""R objects: .rds and .RData, plain or packed."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import TYPE_CHECKING

from depscan.loading.steps import HOSTILE, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "580a0000 410a 420a 524458 524441 524442 1f8b 425a68 fd377a585a"
NAMES = "*.rds *.rdata *.rda"
TITLE = "R object"

_MOST = 256 << 20
_RATIO = 300
_FREE = 32 << 20


def looks(file: File) -> bool:
    """Return whether it is R's serialisation, packed or not."""
    from depscan.loading.rdata import start_of

    head = file.head
    if head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[:5] == b"\xfd7zXZ":
        head = _unpacked(file, 64)[0]
    return bool(start_of(head)[0])


def read(file: File, report: Report) -> None:
    """Add what would be evaluated when the object is looked at."""
    from depscan.loading.rdata import walk

    head = file.head
    if head[:1] in b"XABR":
        data, whole = file.bytes(_MOST), file.size <= _MOST
    else:
        data, whole = _unpacked(file, _MOST)
    if not whole and len(data) > file.size * _RATIO:
        why = f"unpacks to more than {_RATIO} times its size"
        report.add(Step("load.bomb", HOSTILE, "ratio", f"{len(data)} bytes from {file.size}", why))
    elif not whole:
        report.gap(f"only the first {len(data) >> 20} MiB were read")
    walk(data, report)


def _unpacked(file: File, most: int) -> tuple[bytes, bool]:
    """Return at most ``most`` bytes of a packed file, and whether that is all that could be had."""
    head = file.head
    tool: zlib._Decompress | bz2.BZ2Decompressor | lzma.LZMADecompressor
    if head[:2] == b"\x1f\x8b":
        tool = zlib.decompressobj(31)
    else:
        tool = bz2.BZ2Decompressor() if head[:3] == b"BZh" else lzma.LZMADecompressor(memlimit=256 << 20)
    parts: list[bytes] = []
    size = at = 0
    try:
        while at < file.size and size < most and not tool.eof:
            piece = file.source.at(at, 1 << 16)
            if not piece:
                break
            at += len(piece)
            size = _feed(tool, piece, parts, size, most)
            if size > max(_FREE, file.size * _RATIO):
                return b"".join(parts), False
    except (zlib.error, OSError, lzma.LZMAError, ValueError, EOFError):
        pass
    return b"".join(parts), tool.eof or size < most


def _feed(tool: zlib._Decompress | bz2.BZ2Decompressor | lzma.LZMADecompressor, piece: bytes, parts: list[bytes],
          size: int, most: int) -> int:  # fmt: skip
    """Unpack one piece in steps of at most 1 MiB; returns the size so far."""
    held = piece
    while size < most and not tool.eof:
        made = tool.decompress(held, min(1 << 20, most - size))
        parts.append(made)
        size += len(made)
        held = tool.unconsumed_tail if hasattr(tool, "unconsumed_tail") else b""
        more = bool(held) if hasattr(tool, "unconsumed_tail") else not tool.needs_input
        if not more:
            return size
    return size
