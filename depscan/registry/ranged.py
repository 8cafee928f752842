"""A file on a server as a ``Source``: its end first, then blocks when they are asked for, each once.

The first request asks for the last bytes, which gives the size too: no HEAD. A server that does not know ranges or
answers them wrongly gets one request for the whole file. Bytes read by range cannot be held against a hash: ``checked``
says so.
"""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from depscan.errors import RegistryError
from depscan.registry.urls import shown

BLOCK = 1 << 14
TAIL = BLOCK
"""Holds the directory of a wheel of up to about 150 members."""
_KEPT = 4096
"""Blocks kept in memory: 64 MiB."""
_AHEAD = 64
"""Most blocks asked for at once where they follow the last, or are expected: 1 MiB."""


class Part(NamedTuple):
    """Bytes of a file: where they begin, the file's size, the server's mark for its content."""

    start: int
    total: int
    data: bytes
    mark: str


class NoRangesError(Exception):
    """The server does not serve ranges, or not as it must."""


class DiskSource:
    """A whole file on disk; ``checked`` tells whether there was a hash to check it against."""

    def __init__(self, path: str, *, checked: bool) -> None:
        self.path = path
        self.checked = checked
        self.size = os.path.getsize(path)
        self._lock = threading.Lock()
        self._stream = open(path, "rb")  # noqa: SIM115 - closed when the last reader is gone

    def at(self, start: int, length: int) -> bytes:
        """Return at most ``length`` bytes from ``start``; fewer at the end."""
        if start < 0 or length <= 0:
            return b""
        with self._lock:
            self._stream.seek(start)
            return self._stream.read(length)

    def __del__(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.close()


class Store:
    """Where blocks stay between runs; this one keeps nothing."""

    def load(self, name: str) -> bytes:
        """Return a kept block; b"" when there is none."""
        del name
        return b""

    def keep(self, name: str, data: bytes) -> None:
        """Keep a block."""


class RangedSource:
    """Bytes of a file on a server.

    Args:
        url: for messages.
        ask: returns the bytes ``first`` to ``last``; ``ask(-n, -1)`` the last n bytes. Raises NoRangesError.
        whole: downloads the file and returns its source.
        store: where blocks stay between runs.
        size: what the index says; -1 when it does not.

    Raises:
        NoRangesError: from the constructor: the server does not serve the end of the file.
        RegistryError: another size than the index says, or the server could not be asked.
    """

    def __init__(
        self,
        url: str,
        ask: Callable[[int, int, str], Part],
        whole: Callable[[], DiskSource],
        store: Store,
        size: int = -1,
    ) -> None:
        self._url = url
        self._ask = ask
        self._whole = whole
        self._store = store
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._disk: DiskSource | None = None
        self._lock = threading.RLock()
        self._next = -1
        self._ahead = 1
        self._expected: frozenset[int] | None = None
        tail = self._first()
        self.size = tail.total
        self._tail = tail.data
        self._body = tail.start
        self._mark = tail.mark
        if size not in {-1, self.size}:
            raise RegistryError(f"{shown(url)} has {self.size} bytes, the index says {size}")

    @property
    def checked(self) -> bool:
        """Whether the bytes were held against the file's hashes."""
        return self._disk is not None and self._disk.checked

    def expect(self, spans: Iterable[tuple[int, int]]) -> None:
        """Say which bytes will be asked for, as pairs of first and end: what is read ahead is of those only."""
        held = [(start, min(stop, self._body)) for start, stop in spans if start < min(stop, self._body)]
        self._expected = frozenset(n for start, stop in held for n in range(start // BLOCK, (stop - 1) // BLOCK + 1))

    def is_expected(self, start: int, length: int) -> bool:
        """Whether bytes come anyway, with those that are expected or the file's end."""
        stop = min(start + length, self._body)
        blocks = range(start // BLOCK, (stop - 1) // BLOCK + 1) if stop > start else ()
        return all(number in self._blocks or number in (self._expected or ()) for number in blocks)

    def _first(self) -> Part:
        kept = self._store.load("tail")
        head, _, data = kept.partition(b"\n")
        row = re.fullmatch(rb"([0-9]{1,18}) ([0-9]{1,18}) (.*)", head)
        if row and int(row[1]) + len(data) == int(row[2]):
            return Part(int(row[1]), int(row[2]), data, row[3].decode("utf-8", "replace"))
        part = self._ask(-TAIL, -1, "")
        self._store.keep("tail", f"{part.start} {part.total} {part.mark}".encode() + b"\n" + part.data)
        return part

    def at(self, start: int, length: int) -> bytes:
        """Return at most ``length`` bytes from ``start``; fewer at the end.

        Raises:
            RegistryError: the server could not be asked, or the file is another one by now.
        """
        stop = min(start + length, self.size)
        if start < 0 or stop <= start:
            return b""
        with self._lock:
            if self._disk is not None:
                return self._disk.at(start, length)
            try:
                return self._bytes(start, stop)
            except NoRangesError:
                self._disk = self._replaced()
                return self._disk.at(start, length)

    def _bytes(self, start: int, stop: int) -> bytes:
        parts = []
        if start < self._body:
            first, last = start // BLOCK, (min(stop, self._body) - 1) // BLOCK
            held = self._span(first, last)
            parts.append(held[start - first * BLOCK : min(stop, self._body) - first * BLOCK])
        if stop > self._body:
            parts.append(self._tail[max(start - self._body, 0) : stop - self._body])
        return b"".join(parts)

    def _span(self, first: int, last: int) -> bytes:
        """Return blocks ``first`` to ``last``; those that are missing come in as few requests as there are gaps."""
        found = {number: data for number in range(first, last + 1) if (data := self._known(number))}
        number = first
        while number <= last:
            if number in found:
                number += 1
                continue
            end = number
            while end < last and end + 1 not in found:
                end += 1
            found |= self._fetch(number, self._farther(number, end))
            number = end + 1
        return b"".join(found[number] for number in range(first, last + 1))

    def _known(self, number: int) -> bytes:
        data = self._blocks.get(number, b"")
        if data:
            self._blocks.move_to_end(number)
            return data
        data = self._store.load(str(number))
        if len(data) == self._stop(number) - number * BLOCK:
            self._remember(number, data)
            return data
        return b""

    def _farther(self, first: int, last: int) -> int:
        """Return the last block to ask for: reading on doubles what is asked for at once, up to 1 MiB."""
        if self._expected is not None:
            while last + 1 < first + _AHEAD and last + 1 in self._expected and last + 1 not in self._blocks:
                last += 1
            return last
        self._ahead = min(self._ahead * 2, _AHEAD) if first == self._next else 1
        most = (self._body - 1) // BLOCK
        end = min(max(last, first + self._ahead - 1), most)
        while end > last and end in self._blocks:
            end -= 1
        self._next = end + 1
        return end

    def _fetch(self, first: int, last: int) -> dict[int, bytes]:
        start, stop = first * BLOCK, self._stop(last)
        part = self._ask(start, stop - 1, self._mark)
        if (part.start, part.total, len(part.data)) != (start, self.size, stop - start):
            raise NoRangesError
        if part.mark != self._mark:
            raise RegistryError(f"{shown(self._url)} changed while it was read")
        found = {}
        for number in range(first, last + 1):
            data = part.data[number * BLOCK - start : self._stop(number) - start]
            found[number] = data
            self._remember(number, data)
            self._store.keep(str(number), data)
        return found

    def _stop(self, number: int) -> int:
        return min((number + 1) * BLOCK, self._body)

    def _remember(self, number: int, data: bytes) -> None:
        self._blocks[number] = data
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)

    def _replaced(self) -> DiskSource:
        """Return the whole file, which must agree with what was read before."""
        disk = self._whole()
        agrees = disk.size == self.size and disk.at(self._body, len(self._tail)) == self._tail
        for number, data in self._blocks.items():
            agrees = agrees and disk.at(number * BLOCK, len(data)) == data
        if not agrees:
            raise RegistryError(f"{shown(self._url)}: the ranges that came are not those of the file")
        return disk
