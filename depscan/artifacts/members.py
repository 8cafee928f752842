"""How the content of a member is reached: held in memory, cut to a head, or read again when asked for."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from depscan.artifacts.magic import HEAD
from depscan.artifacts.source import BytesSource, DiskSource, Source, UnpackedSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.artifacts.artifact import Member
    from depscan.artifacts.ledger import Ledger

_KEEP = 64 << 20
"""Bytes of content held as they are; what comes after is held packed, or as a head when that does not help."""

_STUB = 4096


class Reader(Protocol):
    """What ``Member.read`` is for members opened here: callable, and able to give any of its bytes cheaply."""

    def __call__(self) -> bytes:
        """Return the content; at most the budget's bytes."""

    def head(self) -> bytes:
        """Return the first 512 bytes."""

    def source(self) -> Source:
        """Return random access to the content, whatever its size; what is missing is told by ``source.cut``."""


class Found(NamedTuple):
    """A regular file as an archive walker yields it; the path is clean but its top folder is still there."""

    path: str
    size: int
    reader: Reader
    executable: bool = False


class Held:
    """Content held in memory, or what is left of it."""

    __slots__ = ("_cut", "_data")

    def __init__(self, data: bytes, cut: str = "") -> None:
        self._data = data
        self._cut = cut

    def __call__(self) -> bytes:
        """Return the content."""
        return self._data

    def head(self) -> bytes:
        """Return the first 512 bytes."""
        return self._data[:HEAD]

    def source(self) -> Source:
        """Return random access to the content."""
        return CutSource(self._data, self._cut) if self._cut else BytesSource(self._data)


class HeadOf(Held):
    """The beginning of content that can be reached as a whole."""

    __slots__ = ("_whole",)

    def __init__(self, data: bytes, whole: Source) -> None:
        super().__init__(data)
        self._whole = whole

    def source(self) -> Source:
        """Return random access to all of the content."""
        return self._whole


class CutSource(BytesSource):
    """The beginning of content that is longer."""

    __slots__ = ("cut",)

    def __init__(self, data: bytes, cut: str) -> None:
        super().__init__(data)
        self.cut = cut


class HeldPacked:
    """Content held deflated."""

    __slots__ = ("_head", "_packed")

    def __init__(self, head: bytes, packed: bytes) -> None:
        self._head = head
        self._packed = packed

    def __call__(self) -> bytes:
        """Return the content."""
        return zlib.decompress(self._packed)

    def head(self) -> bytes:
        """Return the first 512 bytes."""
        return self._head

    def source(self) -> Source:
        """Return random access to the content."""
        return BytesSource(self())


class InSource:
    """Content that a source holds and that nobody needs as a whole: a large file, an unpacked stream."""

    __slots__ = ("_granted", "_path", "_source", "ledger")

    def __init__(self, source: Source, path: str, ledger: Ledger) -> None:
        self._source = source
        self._path = path
        self._granted = -1
        self.ledger = ledger

    def __call__(self) -> bytes:
        """Return the content, cut at the budget's bytes of a member (an oddity then)."""
        if self._granted < 0:
            self._granted = self.ledger.grant(self._path, self._source.size)
        return self._source.at(0, self._granted)

    def head(self) -> bytes:
        """Return the first 512 bytes."""
        return self._source.at(0, HEAD)

    def source(self) -> Source:
        """Return random access to the content."""
        return self._source


def hold(data: bytes, path: str, ledger: Ledger) -> Reader:
    """Return a reader that holds content.

    Past 64 MiB in one artifact content is deflated (text shrinks to a quarter); what does not shrink to half
    is no text, and a head is kept of it so that its kind is known. So memory stays below 300 MB whatever the
    archive holds: 64 MiB + half of the other 192 MiB of the default budget.
    """
    if ledger.kept + len(data) <= _KEEP or len(data) <= _STUB:
        ledger.kept += len(data)
        return Held(data)
    packed = zlib.compress(data, 1)
    if len(packed) * 2 <= len(data):
        return HeldPacked(data[:HEAD], packed)
    why = "more content than is held in memory; only its first 4 KiB were read"
    ledger.odd("budget", path, why)
    return Held(data[:_STUB], why)


class OnDisk:
    """A file in a folder; read when asked for, without following a link that took its place."""

    __slots__ = ("_granted", "_head", "_path", "_shown", "ledger")

    def __init__(self, path: str, shown: str, ledger: Ledger) -> None:
        self._path = path
        self._shown = shown
        self.ledger = ledger
        self._granted = -1
        self._head: bytes | None = None

    def __call__(self) -> bytes:
        """Return the content; "" when it cannot be read, which is an oddity."""
        if self._granted < 0:
            try:
                size = os.lstat(self._path).st_size
            except OSError:
                size = 0
            self._granted = self.ledger.grant(self._shown, size)
        return self._first(self._granted) if self._granted else b""

    def head(self) -> bytes:
        """Return the first 512 bytes."""
        if self._head is None:
            self._head = self._first(HEAD)
        return self._head

    def source(self) -> Source:
        """Return random access to the content, read when asked for."""
        return DiskSource(self._path)

    def _first(self, length: int) -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self._path, flags)
        except (OSError, ValueError) as error:
            self.ledger.odd("unreadable", self._shown, f"cannot be read: {getattr(error, 'strerror', error)}")
            return b""
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            try:
                return stream.read(length)
            except OSError as error:
                self.ledger.odd("unreadable", self._shown, f"cannot be read: {error.strerror}")
                return b""


def head_of(member: Member) -> bytes:
    """Return the first 512 bytes of a member, unpacking no more than needed."""
    head: Callable[[], bytes] | None = getattr(member.read, "head", None)
    return head() if head is not None else member.read()[:HEAD]


def source_of(member: Member) -> Source:
    """Return random access to a member's content without reading it: for models, which may be larger than memory.

    No budget of bytes is charged. ``depscan.artifacts.source.cut`` says why bytes are missing, where the source is
    shorter than the content: then a reader has a gap.
    """
    return reader_source(member.read)


def reader_source(reader: Callable[[], bytes]) -> Source:
    """Return what ``source_of`` does, by a member's reader."""
    source: Callable[[], Source] | None = getattr(reader, "source", None)
    return source() if source is not None else BytesSource(reader())


def unpacking(make: Callable[[Ledger], Iterator[bytes]], ledger: Ledger, size: int = -1) -> UnpackedSource:
    """Return random access to what a packed stream unpacks to; what is wrong with it is an oddity, said once.

    Args:
        make: begins to unpack against the budgets of a ledger.
        ledger: the artifact's.
        size: bytes it unpacks to; below 0 they are counted.
    """
    runs: list[Ledger] = []

    def begin() -> Iterator[bytes]:
        runs.append(ledger.aside())
        return make(runs[-1])

    def ended() -> str:
        wrong = runs[-1].found
        if len(runs) == 1:
            for oddity in wrong:
                ledger.odd(*oddity)
        return next((o.detail for o in wrong if o.kind != "ratio" or runs[-1].stopped), "")

    return UnpackedSource(begin, ended, size)
