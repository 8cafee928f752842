"""Unpack LZ4 frames, as joblib writes them, in plain Python: the standard library has no decoder.

Format: "LZ4 Frame Format Description" 1.6.1 and "LZ4 Block Format Description". Checksums are not compared (they are
xxHash, and a reader of a damaged one stops where a decoder does).
"""

from __future__ import annotations

_MAGIC = b"\x04\x22\x4d\x18"
_STORED = 1 << 31
_SIZES = {4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 4 << 20}
_WINDOW = 1 << 16
_LEAST_MATCH = 4


class Lz4Frame:
    """A decoder of one frame with the interface of ``bz2.BZ2Decompressor``.

    Attributes:
        eof: whether the frame's end mark was read.
        needs_input: whether nothing more comes out without more input.
        unused_data: what follows the frame.
    """

    def __init__(self) -> None:
        self.eof = False
        self._data = b""
        self._window = b""
        self._begun = self._linked = self._checked = False
        self._trailer = 0
        self._most = 0
        self._starved = True

    @property
    def needs_input(self) -> bool:
        """Whether more packed bytes are needed."""
        return self._starved

    @property
    def unused_data(self) -> bytes:
        """Return the bytes behind the end of the frame."""
        return self._data if self.eof else b""

    def decompress(self, data: bytes, limit: int) -> bytes:
        """Return what the next blocks unpack to: one block more than the limit at most.

        Raises:
            ValueError: the bytes are no such frame.
        """
        self._data += data
        self._starved = False
        out: list[bytes] = []
        size = 0
        while size < limit and not self.eof:
            block = self._next()
            if block is None:
                self._starved = True
                break
            size += len(block)
            out.append(block)
        return b"".join(out)

    def _next(self) -> bytes | None:
        """Return what one block unpacks to ("" for a header or the end); None when more input is needed."""
        if not self._begun:
            return self._header()
        if len(self._data) < 4:  # noqa: PLR2004 - the length of a block
            return None
        length = int.from_bytes(self._data[:4], "little")
        if not length:
            return self._end()
        stored, length = bool(length & _STORED), length & (_STORED - 1)
        if length > self._most + 16:
            raise ValueError(f"an LZ4 block of {length} bytes")
        end = 4 + length
        if len(self._data) < end + 4 * self._checked:
            return None
        packed, self._data = self._data[4:end], self._data[end + 4 * self._checked :]
        out = packed if stored else _block(packed, self._window if self._linked else b"", self._most)
        if self._linked:
            self._window = (self._window + out)[-_WINDOW:]
        return out

    def _end(self) -> bytes | None:
        if len(self._data) < 4 + self._trailer:
            return None
        self._data = self._data[4 + self._trailer :]
        self.eof = True
        return b""

    def _header(self) -> bytes | None:
        if len(self._data) < 7:  # noqa: PLR2004 - the shortest header
            return None
        flags, sizes = self._data[4], self._data[5]
        length = 7 + 8 * bool(flags & 8) + 4 * (flags & 1)
        if len(self._data) < length:
            return None
        self._most = _SIZES.get(sizes >> 4 & 7, 0)
        if not self._data.startswith(_MAGIC) or flags >> 6 != 1 or not self._most:
            raise ValueError("an LZ4 frame with an unknown header")
        if flags & 1:
            raise ValueError("an LZ4 frame that needs a dictionary")
        self._linked, self._checked = not flags & 0x20, bool(flags & 0x10)
        self._trailer = 4 * bool(flags & 4)
        self._begun = True
        self._data = self._data[length:]
        return b""


def _block(packed: bytes, window: bytes, most: int) -> bytes:
    """Return what a block unpacks to.

    Args:
        packed: the block.
        window: unpacked bytes before it that it may copy from.
        most: bytes that it may unpack to.

    Raises:
        ValueError: it is damaged, or larger.
    """
    out = bytearray(window)
    most += len(window)
    at, end = 0, len(packed)
    while at < end:
        token = packed[at]
        length, at = _length(packed, at + 1, token >> 4)
        if at + length > end or len(out) + length > most:
            raise ValueError("damaged LZ4 data")
        out += packed[at : at + length]
        at += length
        if at >= end:
            break
        offset = int.from_bytes(packed[at : at + 2], "little")
        length, at = _length(packed, at + 2, token & 15)
        length += _LEAST_MATCH
        begin = len(out) - offset
        if not offset or begin < 0 or len(out) + length > most:
            raise ValueError("damaged LZ4 data")
        if length <= offset:
            out += out[begin : begin + length]
        else:
            out += (bytes(out[begin:]) * (length // offset + 1))[:length]
    return bytes(out[len(window) :])


def _length(packed: bytes, at: int, short: int) -> tuple[int, int]:
    """Return a length and where it ends: 15 means that bytes to be added follow, up to one that is not 255."""
    if short < 15:  # noqa: PLR2004 - the mark
        return short, at
    while at < len(packed):
        byte = packed[at]
        at += 1
        short += byte
        if byte < 255:  # noqa: PLR2004 - the last one
            return short, at
    raise ValueError("damaged LZ4 data")
