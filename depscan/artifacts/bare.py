"""Tell compressed streams that have hardly a magic number: zlib (RFC 1950) and LZMA alone (.lzma).

joblib writes both. Two bytes that fit are no proof, so that the stream must unpack without an error: of random bytes
behind such a start, 1 in 100,000 do for 100 bytes and more.
"""

from __future__ import annotations

from depscan.artifacts.magic import looks_text

_DICTIONARIES = frozenset(1 << n for n in range(12, 31)) | frozenset(3 << n for n in range(11, 30)) | {0xFFFFFFFF}
_UNKNOWN_SIZE = (1 << 64) - 1
_MOST = 1 << 40
_ENOUGH = 100
_LEAST = 4
_OUT = 1 << 16
_MEMORY = 128 << 20


def bare_stream(head: bytes) -> str:
    """Return ``zlib`` or ``lzma-alone`` for the first 512 bytes of such a stream; "" for anything else."""
    if head[0] == 0x78:  # noqa: PLR2004 - deflate with a window of 32 KiB, as every tool writes
        fits = int.from_bytes(head[:2], "big") % 31 == 0 and not head[1] & 0x20
        return "zlib" if fits and _inflates(head) else ""
    if len(head) > 13 and head[0] == 0x5D and int.from_bytes(head[1:5], "little") in _DICTIONARIES:  # noqa: PLR2004
        size = int.from_bytes(head[5:13], "little")
        if size == _UNKNOWN_SIZE or size < _MOST:
            return "lzma-alone" if _decodes(head) else ""
    return ""


def _inflates(head: bytes) -> bool:
    """Whether a stream ends with its checksum right, or is long enough and without an error so far."""
    import zlib

    tool = zlib.decompressobj()
    try:
        unpacked = tool.decompress(head, _OUT)
    except zlib.error:
        return False
    return tool.eof or (len(head) >= _ENOUGH and len(unpacked) >= _LEAST and not looks_text(head))


def _decodes(head: bytes) -> bool:
    import lzma

    try:
        return len(lzma.LZMADecompressor(lzma.FORMAT_ALONE, _MEMORY).decompress(head, _OUT)) >= _LEAST
    except (lzma.LZMAError, EOFError, ValueError, MemoryError):
        return False
