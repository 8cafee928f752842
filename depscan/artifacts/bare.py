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
_OUT = 1 << 16
_GROWS = 8
"""Growth that no random bytes have: they end in an error before."""


def bare_stream(head: bytes) -> str:
    """Return ``zlib`` or ``lzma-alone`` for the first 512 bytes of such a stream; "" for anything else."""
    if head[0] == 0x78:  # noqa: PLR2004 - deflate with a window of 32 KiB, as every tool writes
        fits = int.from_bytes(head[:2], "big") % 31 == 0 and not head[1] & 0x20
        return "zlib" if fits and _is_stream(_inflated(head), head) else ""
    if len(head) > 13 and head[0] == 0x5D and int.from_bytes(head[1:5], "little") in _DICTIONARIES:  # noqa: PLR2004
        size = int.from_bytes(head[5:13], "little")
        if size == _UNKNOWN_SIZE or size < _MOST:
            return "lzma-alone" if _is_stream(_decoded(head), head) else ""
    return ""


def _inflated(head: bytes) -> bytes:
    import zlib

    try:
        return zlib.decompressobj().decompress(head, _OUT)
    except zlib.error:
        return b""


def _decoded(head: bytes) -> bytes:
    import lzma

    tool = lzma.LZMADecompressor(lzma.FORMAT_ALONE, _MEMORY)
    try:
        return tool.decompress(head, _OUT)
    except (lzma.LZMAError, EOFError, ValueError, MemoryError):
        return b""


def _is_stream(unpacked: bytes, head: bytes) -> bool:
    if len(unpacked) < _LEAST:
        return False
    if len(unpacked) >= _GROWS * len(head) or (unpacked[0] == 0x80 and unpacked[1] in _PICKLE_PROTOCOLS):  # noqa: PLR2004
        return True
    return sniff(unpacked[:HEAD]) != "binary" or (unpacked[0] in b"(]}cN" and b"\n" in unpacked)
