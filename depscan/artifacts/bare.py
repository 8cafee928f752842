"""Tell compressed streams that have hardly a magic number: zlib (RFC 1950) and LZMA alone (.lzma).

joblib writes both. Two bytes that fit are no proof, so the stream must unpack and what comes out must be something.
"""

from __future__ import annotations

from depscan.artifacts.magic import HEAD, sniff

_DICTIONARIES = frozenset(1 << n for n in range(12, 31)) | frozenset(3 << n for n in range(11, 30)) | {0xFFFFFFFF}
_UNKNOWN_SIZE = (1 << 64) - 1
_MOST = 1 << 40
_LEAST = 4
_MEMORY = 128 << 20
_PICKLE_PROTOCOLS = range(2, 6)
_PICKLE_ENDS = b".\x94"


def bare_stream(head: bytes) -> str:
    """Return ``zlib`` or ``lzma-alone`` for the first 512 bytes of such a stream; "" for anything else."""
    if head[0] == 0x78:  # noqa: PLR2004 - deflate with a window of 32 KiB, as every tool writes
        fits = int.from_bytes(head[:2], "big") % 31 == 0 and not head[1] & 0x20
        return "zlib" if fits and _is_something(_inflated(head)) else ""
    if len(head) > 13 and head[0] == 0x5D and int.from_bytes(head[1:5], "little") in _DICTIONARIES:  # noqa: PLR2004
        size = int.from_bytes(head[5:13], "little")
        if size == _UNKNOWN_SIZE or size < _MOST:
            return "lzma-alone" if _is_something(_decoded(head)) else ""
    return ""


def _inflated(head: bytes) -> bytes:
    import zlib

    try:
        return zlib.decompressobj().decompress(head, HEAD)
    except zlib.error:
        return b""


def _decoded(head: bytes) -> bytes:
    import lzma

    tool = lzma.LZMADecompressor(lzma.FORMAT_ALONE, _MEMORY)
    try:
        return tool.decompress(head, HEAD)
    except (lzma.LZMAError, EOFError, ValueError, MemoryError):
        return b""


def _is_something(unpacked: bytes) -> bool:
    if len(unpacked) < _LEAST:
        return False
    if unpacked[0] == 0x80 and unpacked[1] in _PICKLE_PROTOCOLS:  # noqa: PLR2004 - PROTO
        return True
    return sniff(unpacked) != "binary" or (unpacked[0] in b"(]}cN" and b"\n" in unpacked)
