"""Read a GGUF file from front to back in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from depscan.artifacts.source import Source

_PIECE = 1 << 20


class Short(Exception):  # noqa: N818 - the file is short
    """The file ends where more was due."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Absurd(Exception):  # noqa: N818 - the claim is absurd
    """A claim that cannot be true, after which nothing can be read."""

    def __init__(self, slug: str, text: str, why: str, at: int) -> None:
        super().__init__(text)
        self.slug = slug
        self.text = text
        self.why = why
        self.at = at


class Stream:
    """Bytes from front to back.

    Attributes:
        at: offset of the next byte.
        big: numbers are big-endian.
        wide: bytes of a length or count: 4 in version 1, then 8.
    """

    def __init__(self, source: Source) -> None:
        self.at = 0
        self.big = False
        self.wide = 8
        self.size = source.size
        self._source = source
        self._piece = b""
        self._start = 0

    @property
    def left(self) -> int:
        """Return how many bytes are left."""
        return self.size - self.at

    def peek(self, start: int, length: int) -> bytes:
        """Return bytes anywhere in the file; fewer at its end."""
        return self._source.at(start, length)

    def take(self, length: int) -> bytes:
        """Return the next bytes.

        Raises:
            Short: there are not so many.
        """
        if length > self.left:
            raise Short(self.size)
        begin = self.at - self._start
        if begin < 0 or begin + length > len(self._piece):
            self._piece = self._source.at(self.at, max(length, _PIECE))
            self._start = self.at
            begin = 0
        found = self._piece[begin : begin + length]
        if len(found) != length:
            raise Short(self.at)
        self.at += length
        return found

    def number(self, length: int) -> int:
        """Return the next unsigned number."""
        return int.from_bytes(self.take(length), "big" if self.big else "little")

    def skip(self, length: int) -> None:
        """Pass over bytes.

        Raises:
            Short: there are not so many.
        """
        if length > self.left:
            raise Short(self.size)
        self.at += length

    def text(self, limit: int) -> bytes:
        """Return the next text, at most its first ``limit`` bytes.

        Raises:
            Absurd: it claims to be longer than the file.
        """
        length = self.number(self.wide)
        if length > self.left:
            why = "a text longer than the rest of the file: who reserves room for it crashes or overflows"
            raise Absurd("length", f"a text of {length} bytes", why, self.at)
        found = self.take(min(length, limit))
        self.skip(length - len(found))
        return found

    def skip_texts(self, count: int) -> None:
        """Pass over texts: vocabularies have several hundred thousand, so this is the one loop that must be fast.

        Raises:
            Absurd: see ``text``.
            Short: the file ends inside.
        """
        wide = self.wide
        order: Literal["big", "little"] = "big" if self.big else "little"
        piece, start, at, size = self._piece, self._start, self.at, self.size
        convert = int.from_bytes
        for _ in range(count):
            begin = at - start
            raw = piece[begin : begin + wide] if begin >= 0 else b""
            if len(raw) != wide:
                piece, start = self._source.at(at, _PIECE), at
                raw = piece[:wide]
                if len(raw) != wide:
                    raise Short(at)
            length = convert(raw, order)
            at += wide + length
            if at > size:
                self.at = at - length
                why = "a text longer than the rest of the file: who reserves room for it crashes or overflows"
                raise Absurd("length", f"a text of {length} bytes", why, self.at)
        self._piece, self._start, self.at = piece, start, at
