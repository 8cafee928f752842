"""Random access to an archive's own bytes, in memory or in a file."""

from __future__ import annotations

import os
from typing import BinaryIO, Protocol

PIECE = 1 << 16


class Source(Protocol):
    """Bytes of a known size."""

    size: int

    def at(self, start: int, length: int) -> bytes:
        """Return at most ``length`` bytes from ``start``; fewer at the end."""


class BytesSource:
    """Bytes in memory."""

    __slots__ = ("_data", "size")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def at(self, start: int, length: int) -> bytes:
        """See ``Source.at``."""
        return self._data[start : start + length] if start >= 0 and length > 0 else b""


class FileSource:
    """A file that is read in pieces, so that a wheel of 2 GB costs no memory; closed when it is collected."""

    __slots__ = ("_stream", "size")

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = os.fstat(stream.fileno()).st_size

    def at(self, start: int, length: int) -> bytes:
        """See ``Source.at``; a file that can no longer be read is one that ends here."""
        if start < 0 or length <= 0:
            return b""
        try:
            self._stream.seek(start)
            return self._stream.read(length)
        except (OSError, ValueError, OverflowError):
            return b""

    def __del__(self) -> None:
        self._stream.close()
