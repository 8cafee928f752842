"""Where do any of many words stand in texts that differ from each other in few lines?

Versions of a lock in a history are nearly the same, and an incident may name hundreds of packages. So a line is
searched when it is seen for the first time, in whatever version of whatever file, and for all words at once: what a
version costs grows with its length and with what is new in it, and not with the number of words.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BYTES = 32 << 20
"""Lines are remembered up to so many bytes; then they are forgotten and searched again."""

_FLAT = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_.", b"abcdefghijklmnopqrstuvwxyz--")
_END = -1
_FEW = 4
"""So few words are found faster one by one than line by line."""


def flat(data: bytes) -> bytes:
    """Return bytes with every way to write a Python name made the same one, byte for byte."""
    return data.translate(_FLAT)


class Search:
    """Some words, made ready to be looked for.

    Args:
        words: flattened by ``flat``; none is empty and none holds a line feed.
        most: bytes of lines that are remembered.
    """

    def __init__(self, words: Iterable[bytes], most: int = MAX_BYTES) -> None:
        self._words = sorted(set(words))
        self._most = most
        tree: dict[int, dict[int, object]] = {}
        for word in self._words:
            node: dict[int, dict[int, object]] = tree
            for byte in word:
                node = node.setdefault(byte, {})  # type: ignore[assignment]
            node[_END] = {}
        pattern = _pattern(tree)
        self._any = re.compile(pattern) if tree else None
        self._all = re.compile(b"(?=(" + pattern + b"))")
        self._quiet: set[bytes] = set()
        self._held = 0
        self._loud: dict[bytes, list[tuple[int, int]]] = {}

    def spans(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Yield start and end of the longest word at each place of a flat text where one begins."""
        if self._any is not None:
            yield from (match.span(1) for match in self._all.finditer(text))

    def in_lines(self, data: bytes) -> list[tuple[int, int]]:
        """Return what ``spans`` does for a text as it is, of which most lines were there in one before."""
        if len(self._words) <= _FEW:
            return sorted(self._one_by_one(flat(data)))
        if self._held > self._most:
            self._quiet, self._loud, self._held = set(), {}, 0
        lines = data.split(b"\n")
        distinct = set(lines)
        fresh = distinct - self._quiet
        known = [line for line in fresh if line in self._loud]
        fresh.difference_update(known)
        if not self._learn(fresh) and not known:
            return []
        hits = [number for number, line in enumerate(lines) if line in self._loud]
        ends = list(accumulate(map(len, lines)))  # without line feeds, of which there are as many before as lines
        return [
            (ends[number] - len(lines[number]) + number + first, ends[number] - len(lines[number]) + number + last)
            for number in hits
            for first, last in self._loud[lines[number]]
        ]

    def _one_by_one(self, plain: bytes) -> Iterator[tuple[int, int]]:
        for word in self._words:
            at = plain.find(word)
            while at >= 0:
                yield at, at + len(word)
                at = plain.find(word, at + 1)

    def _learn(self, fresh: set[bytes]) -> bool:
        """Remember lines that were not seen before; return whether any holds a word."""
        if not fresh or self._any is None:
            return False
        text = b"\n".join(fresh)
        plain = flat(text)
        loud = set()
        match = self._any.search(plain)
        while match is not None:
            start = plain.rfind(b"\n", 0, match.start()) + 1
            end = plain.find(b"\n", match.end())
            end = len(plain) if end < 0 else end
            loud.add(text[start:end])
            match = self._any.search(plain, end)
        for line in loud:
            self._loud[line] = list(self.spans(flat(line)))
        self._held += len(text)
        self._quiet |= fresh - loud
        return bool(loud)


def _pattern(node: dict[int, dict[int, object]]) -> bytes:
    """Return a pattern for the words below a node of their tree of bytes; the longest one is taken."""
    made = [re.escape(bytes((byte,))) + _pattern(below) for byte, below in sorted(node.items()) if byte != _END]  # type: ignore[arg-type]
    if not made:
        return b""
    whole = made[0] if len(made) == 1 and _END not in node else b"(?:" + b"|".join(made) + b")"
    return whole + b"?" if _END in node else whole
