"""A ``Source`` as a file object, for the standard library's zip reader."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from depscan.registry.registry import Source


class SourceStream(io.RawIOBase):
    """Reads a source; ``zipfile.ZipFile(SourceStream(source))`` costs its end, its directory and the members read.

    What the source raises passes through.
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move and return the position."""
        base = (0, self._at, self._source.size)[whence]
        if base + offset < 0:
            raise OSError("a position before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read at most as many bytes as fit."""
        view = memoryview(buffer).cast("B")
        data = self._source.at(self._at, len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
