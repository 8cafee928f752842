"""Unpack gzip, bzip2, xz, zstd, LZ4, LZMA and deflate piece by piece, against the budgets."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from depscan.artifacts.ledger import Ledger
from depscan.artifacts.magic import HEAD
from depscan.artifacts.source import PIECE, Source

_OUT = 1 << 18
_FEW = 4
"""Values of bytes in the head of data that states no size: whatever follows, no header accounts for it."""
_XZ_MEMORY = 128 << 20
"""xz's highest preset needs 65 MiB; a header may ask for 4 GiB."""

_MAGIC = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ", "lz4": b"\x04\x22\x4d\x18"}
_SLOW = {"lz4": 64 << 20}
"""Bytes that are unpacked by a decoder in plain Python; more is a gap."""


class UnpackError(Exception):
    """There is no decoder for this compression; never leaves this folder."""


class _Inflate:
    """zlib's decompressor with the interface of the other two."""

    __slots__ = ("_rest", "_tool")

    def __init__(self, window: int) -> None:
        self._tool = zlib.decompressobj(window)
        self._rest = b""

    def decompress(self, data: bytes, limit: int) -> bytes:
        out = self._tool.decompress(self._rest + data if self._rest else data, limit)
        self._rest = self._tool.unconsumed_tail
        return out

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def eof(self) -> bool:
        return self._tool.eof

    @property
    def unused_data(self) -> bytes:
        return self._tool.unused_data


def _lzma_in_zip(properties: bytes) -> lzma.LZMADecompressor:
    """Return a decoder for the 5 bytes of LZMA properties in a zip member (APPNOTE 5.8)."""
    packed, size = properties[0], int.from_bytes(properties[1:5], "little")
    if size > _XZ_MEMORY or packed >= 225:  # noqa: PLR2004 - 9 * 5 * 5
        raise UnpackError("an LZMA dictionary larger than 128 MiB")
    rest, lc = divmod(packed, 9)
    pb, lp = divmod(rest, 5)
    model = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": lc, "lp": lp, "pb": pb}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[model])


class _Zstd:
    """The decoder of the ``zstandard`` package with the interface of the others."""

    __slots__ = ("_error", "_rest", "_tool")

    def __init__(self, zstandard: Any) -> None:  # noqa: ANN401 - an optional package
        # The window is bounded: a frame header may ask for gigabytes.
        self._tool = zstandard.ZstdDecompressor(max_window_size=_XZ_MEMORY).decompressobj()
        self._error = zstandard.ZstdError
        self._rest = b""

    def decompress(self, data: bytes, limit: int) -> bytes:
        # No limit per call: slices of 4 KiB bound what one call can give (zstd's block is 128 KiB).
        data = self._rest + data
        out: list[bytes] = []
        size = at = 0
        while at < len(data) and size < limit and not self._tool.eof:
            try:
                piece = self._tool.decompress(data[at : at + 4096])
            except self._error as error:
                raise OSError(str(error)) from None
            at += 4096
            size += len(piece)
            out.append(piece)
        self._rest = data[at:]
        return b"".join(out)

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def eof(self) -> bool:
        return bool(self._tool.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._tool.unused_data) + self._rest


def _zstd() -> _Zstd:
    try:
        import zstandard  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise UnpackError("zstd needs the package 'zstandard', which is not installed") from None
    return _Zstd(zstandard)


def _lz4() -> Any:  # noqa: ANN401 - a decoder with the interface of the others
    from depscan.artifacts.lz4 import Lz4Frame

    return Lz4Frame()


_TOOLS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: _Inflate(31),
    "deflate": lambda: _Inflate(-15),
    "zlib": lambda: _Inflate(15),
    "lzma-alone": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, _XZ_MEMORY),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_AUTO, _XZ_MEMORY),
    "zstd": _zstd,
    "lz4": _lz4,
}
_ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError)


def pieces(source: Source, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Yield the bytes of a source in pieces of 64 KiB."""
    end = source.size if length is None else min(source.size, start + length)
    while start < end:
        piece = source.at(start, min(PIECE, end - start))
        if not piece:
            return
        start += len(piece)
        yield piece


def unpack(packed: Iterator[bytes], kind: str, path: str, ledger: Ledger) -> Iterator[bytes]:
    """Yield what packed bytes unpack to, in pieces of at most 256 KiB (zstd: a little more).

    Several gzip, bzip2 or xz streams in a row are one, as their tools read them. Whatever is wrong ends the
    data and is an oddity: damage, an early end, more behind the end, growth past the ratio, time.

    Args:
        packed: pieces.
        kind: gzip, bzip2, xz, zstd, zlib, lzma-alone, deflate (raw), lzma (as in zip) or ""
            for data that is not packed.
        path: for oddities.
        ledger: budgets and oddities.
    """
    if not kind:
        yield from packed
        return
    try:
        yield from _Unpacker(kind, path, ledger).run(packed)
    except UnpackError as error:
        ledger.odd("unreadable", path, str(error))
    except _ERRORS as error:
        ledger.odd("broken", path, f"damaged {kind} data: {str(error)[:100] or type(error).__name__}")


class _Unpacker:
    def __init__(self, kind: str, path: str, ledger: Ledger) -> None:
        self._kind, self._path, self._ledger = kind, path, ledger
        self._taken = self._made = 0
        self._empty = False

    def run(self, packed: Iterator[bytes]) -> Iterator[bytes]:
        tool = None
        rest = b""
        for piece in packed:
            self._taken += len(piece)
            data = rest + piece
            rest = b""
            while data or (tool is not None and not tool.needs_input):
                if tool is None:
                    tool, data = self._start(data)
                    if tool is None:
                        rest, data = data, b""
                        continue
                out = tool.decompress(data, _OUT)
                data = b""
                if not self._made:
                    self._empty = len(set(out[:HEAD])) <= _FEW
                yield out
                if self._stopped(len(out)):
                    return
                if tool.eof:
                    data, tool = tool.unused_data, None
                    if not self._another(data):
                        return
        if tool is not None:
            self._ledger.odd("broken", self._path, f"the {self._kind} data ends early")

    def _start(self, data: bytes) -> tuple[Any, bytes]:
        """Return a decoder and its first input; None and what to wait with when that is not all there."""
        if self._kind != "lzma":
            if self._made:
                data = data.lstrip(b"\0")  # padding between and after streams
                if len(data) < 6:  # noqa: PLR2004 - the longest magic
                    return None, data
            return _TOOLS[self._kind](), data
        return (_lzma_in_zip(data[4:9]), data[9:]) if len(data) > 9 else (None, data)  # noqa: PLR2004

    def _another(self, data: bytes) -> bool:
        """Whether what stands behind the end of a stream may be another one; says so when it is not."""
        magic = _MAGIC.get(self._kind)
        data = data.lstrip(b"\0")
        if magic is None or (data and not data.startswith(magic[: len(data)])):
            if data:
                self._ledger.odd("broken", self._path, f"other data behind the end of the {self._kind} data")
            return False
        return True

    def _stopped(self, made: int) -> bool:
        self._made += made
        if self._made > _SLOW.get(self._kind, self._made):
            why = f"more than {_SLOW[self._kind] >> 20} MiB of {self._kind} data; the rest was not read"
            self._ledger.odd("budget", self._path, why)
            return True
        grown = self._ledger.explodes(self._path, self._taken, self._made, patient=not self._empty)
        return grown or self._ledger.late(self._path)
