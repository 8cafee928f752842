"""Lines of all values of a JSON file in one pass: files read beside their own format give line numbers."""

from __future__ import annotations

import re
from bisect import bisect_left

_LEXEME = re.compile(r'"((?:[^"\\\n]|\\.)*)"|//[^\n]*|/\*.*?\*/|[{}\[\],:]', re.DOTALL)
_MOST = 200_000


class JsonLines:
    """Route (keys and indices) to 1-based line.

    Args:
        text: JSON, with comments or not; what is broken gives the lines that were found until then.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._offsets: dict[tuple[str | int, ...], int] | None = None
        self._ends: list[int] = []

    def line(self, route: tuple[str | int, ...]) -> int:
        """Return the line of the value at ``route``, or of the nearest one around it; 1 for the whole file."""
        if self._offsets is None:
            self._offsets = self._read()
            self._ends = [found.start() for found in re.finditer("\n", self._text)]
        for cut in range(len(route), 0, -1):
            offset = self._offsets.get(route[:cut])
            if offset is not None:
                return bisect_left(self._ends, offset) + 1
        return 1

    def _read(self) -> dict[tuple[str | int, ...], int]:
        walk = _Walk()
        for found in _LEXEME.finditer(self._text):
            if found[0][0] != "/":
                walk.step(found[0][0], found)
            if len(walk.offsets) > _MOST:
                break
        return walk.offsets


class _Walk:
    """Where each value stands, while lexemes come by."""

    def __init__(self) -> None:
        self.offsets: dict[tuple[str | int, ...], int] = {}
        self._stack: list[str | int] = []  # the key or index at each level
        self._fresh = False  # an array item has not begun yet
        self._key = ""
        self._start = 0

    def step(self, mark: str, found: re.Match[str]) -> None:
        """Take the next lexeme, which begins with ``mark``."""
        stack = self._stack
        if self._fresh and mark not in "],":
            self.offsets[tuple(stack)] = found.start()
            self._fresh = False
        if mark == '"':
            self._key, self._start = found[1], found.start()
        elif mark == ":" and stack and isinstance(stack[-1], str):
            stack[-1] = self._key
            self.offsets.setdefault(tuple(stack), self._start)
        elif mark in "{[":
            stack.append("" if mark == "{" else 0)
            self._fresh = mark == "["
        elif mark in "}]":
            self._fresh = False
            del stack[-1:]
        elif mark == "," and stack and isinstance(stack[-1], int):
            stack[-1] += 1
            self._fresh = True
