"""Random access to an archive's own bytes, in memory or in a file."""

from __future__ import annotations

import os
import stat
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import BinaryIO, ClassVar, Protocol

PIECE = 1 << 16
_OPEN = 16
"""Files of a folder that are held open at a time."""
_WINDOW = 32 << 20
"""Unpacked bytes that are held: up to it all, of longer data the last ones."""
_RESTARTS = 32


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


class WindowSource:
    """A part of another source, as far as that reaches."""

    __slots__ = ("_source", "_start", "size")

    def __init__(self, source: Source, start: int, length: int) -> None:
        self._source = source
        self._start = start
        self.size = max(0, min(length, source.size - start))

    def at(self, start: int, length: int) -> bytes:
        """See ``Source.at``."""
        if start < 0 or start >= self.size:
            return b""
        return self._source.at(self._start + start, min(length, self.size - start))

    @property
    def cut(self) -> str:
        """Return why bytes around it are missing."""
        return cut(self._source)


class DiskSource:
    """A file of a folder, opened when it is asked for and never through a link.

    Few files are open at a time, whatever a folder holds: the one unused for longest is closed and opened again when
    needed. A file that was exchanged meanwhile ends there.
    """

    __slots__ = ("_identity", "_path", "cut", "size")
    _open: ClassVar[OrderedDict[str, BinaryIO]] = OrderedDict()

    def __init__(self, path: str) -> None:
        self._path = path
        self._identity: tuple[int, int, int] | None = None
        self.cut = ""
        self.size = 0
        try:
            self.size = os.fstat(self._stream().fileno()).st_size
        except (OSError, ValueError) as error:
            self.cut = f"cannot be read: {getattr(error, 'strerror', None) or error}"

    def at(self, start: int, length: int) -> bytes:
        """See ``Source.at``; what can no longer be read is one that ends here (``cut`` says why)."""
        if start < 0 or length <= 0 or start >= self.size:
            return b""
        try:
            stream = self._stream()
            stream.seek(start)
            return stream.read(min(length, self.size - start))
        except (OSError, ValueError, OverflowError) as error:
            self.cut = f"cannot be read: {getattr(error, 'strerror', None) or error}"
            return b""

    def _stream(self) -> BinaryIO:
        held = self._open.pop(self._path, None)
        if held is None:
            flags = (
                os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            )
            held = open(os.open(self._path, flags), "rb")  # noqa: SIM115 - closed when others are needed more
        status = os.fstat(held.fileno())
        identity = (status.st_dev, status.st_ino, status.st_size)
        if not stat.S_ISREG(status.st_mode) or self._identity not in {None, identity}:
            held.close()
            raise ValueError("no regular file, or not the one that it was")
        self._identity = identity
        self._open[self._path] = held
        while len(self._open) > _OPEN:
            self._open.popitem(last=False)[1].close()
        return held


class UnpackedSource:
    """What a packed stream unpacks to, as it is asked for.

    Up to 32 MiB are held. Of longer data the last 32 MiB are, and reading further back unpacks again from the
    beginning, at most 32 times.

    Attributes:
        size: as stated, or as counted when nothing states it.
        cut: why bytes before ``size`` are missing; "" while none is known to be.
    """

    __slots__ = ("_base", "_end", "_ended", "_held", "_make", "_pieces", "_restarts", "cut", "size")

    def __init__(self, make: Callable[[], Iterator[bytes]], ended: Callable[[], str], size: int = -1) -> None:
        """Take the stream.

        Args:
            make: begins to unpack.
            ended: says, once a stream is used up, why it is not whole; "" when it is.
            size: bytes it will unpack to; below 0 they are counted here.
        """
        self._make = make
        self._ended = ended
        self._restarts = -1
        self.cut = ""
        self._restart()
        self.size = size
        if size < 0:
            while self._more():
                pass
            self.size = self._end

    def at(self, start: int, length: int) -> bytes:
        """See ``Source.at``."""
        stop = min(start + length, self.size)
        if start < 0 or stop <= start:
            return b""
        if start < self._base:
            if self._restarts >= _RESTARTS:
                self.cut = "packed data that is read back and forth too often"
                return b""
            self._restart()
        while self._end < stop and self._more(start):
            pass
        if self._end < stop:
            self.cut = self.cut or f"unpacks to {self._end} bytes only"
        return self._slice(start, stop)

    def _restart(self) -> None:
        self._restarts += 1
        self._pieces = self._make()
        self._held: deque[bytes] = deque()
        self._base = self._end = 0

    def _more(self, wanted: int | None = None) -> bool:
        """Unpack one more piece; drop the oldest where too much is held, but nothing from ``wanted`` on."""
        piece = next(self._pieces, None)
        if piece is None:
            self.cut = self.cut or self._ended()
            return False
        if self._held and len(self._held[-1]) < PIECE:
            self._held[-1] += piece
        else:
            self._held.append(piece)
        self._end += len(piece)
        while self._end - self._base > _WINDOW and (wanted is None or self._base + len(self._held[0]) <= wanted):
            self._base += len(self._held.popleft())
        return True

    def _slice(self, start: int, stop: int) -> bytes:
        parts: list[bytes] = []
        at = self._base
        for piece in self._held:
            if at >= stop:
                break
            if at + len(piece) > start:
                parts.append(piece[max(0, start - at) : stop - at])
            at += len(piece)
        return b"".join(parts)


def cut(source: Source) -> str:
    """Return why bytes of a source are missing, in plain words; "" when none is known to be."""
    return str(getattr(source, "cut", ""))
