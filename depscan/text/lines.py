"""Routes made into line numbers, only for what is reported.

A position pass over a large lock costs ten times its parsing, so parsers record how to get to a value
(keys and indices) and these functions find its line afterwards.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.model.location import Route
    from depscan.text.source import SourceFile

_JSON_LEXEME = r'"((?:[^"\\]|\\.)*)"|[{}\[\],]'


def locate_line(source: SourceFile, route: Route) -> int:  # noqa: ARG001 - the common signature
    """Return ``route`` itself: for formats whose parser knows line numbers."""
    return route if isinstance(route, int) else 0


def locate_toml(source: SourceFile, route: Route) -> int:
    """Return the line of a TOML route such as ``("package", 3, "version")``.

    Finds the table header (``[a.b]`` or the n-th ``[[a]]``), then the key below it; a key that is
    written inside an inline table or array gives the line of its first quoted mention below the header.
    """
    if isinstance(route, int):
        return route
    text = source.text
    names = [p for p in route if isinstance(p, str)]
    index = next((p for p in route if isinstance(p, int)), None)
    if index is not None and isinstance(route[0], str) and len(route) > 1 and isinstance(route[1], int):
        start = _nth(text, rf"(?m)^\[\[\s*{re.escape(route[0])}\s*\]\]", index)
        return source.line_of(_key_below(text, start, names[1:], stop="\n[[")) if start >= 0 else 0
    for cut in range(len(names), 0, -1):
        header = r"\s*\.\s*".join(rf"[\"']?{re.escape(n)}[\"']?" for n in names[:cut])
        found = re.search(rf"(?m)^\[\s*{header}\s*\]", text)
        if found:
            return source.line_of(_key_below(text, found.start(), names[cut:], stop="\n["))
    return source.line_of(_key_below(text, 0, names, stop="\n[")) if names else 0


def _key_below(text: str, start: int, keys: list[str], stop: str) -> int:
    at = start
    end = text.find(stop, start + 1)
    end = len(text) if end < 0 else end
    for key in keys:
        found = re.compile(rf"(?m)^\s*[\"']?{re.escape(key)}[\"']?\s*[=.]").search(text, at, end)
        if found is None:
            found = re.compile(rf"[\"']{re.escape(key)}(?![\w.-])").search(text, at, end)
        if found is None:
            found = re.compile(re.escape(key)).search(text, at, end)
        if found is None:
            return at
        at = found.end() - 1
    return at


def _nth(text: str, pattern: str, index: int) -> int:
    starts = _starts(text, pattern)
    return starts[index] if index < len(starts) else -1


@lru_cache(maxsize=4)
def _starts(text: str, pattern: str) -> tuple[int, ...]:
    """Return where the tables of a name begin: looked for once, however many of them are asked for."""
    return tuple(found.start() for found in re.finditer(pattern, text))


def locate_json(source: SourceFile, route: Route) -> int:
    """Return the line of a JSON route such as ``("packages", "node_modules/a", "version")``."""
    if isinstance(route, int):
        return route
    text = source.text
    keys = [p for p in route if isinstance(p, str)]
    if keys and len(keys) == len(route):
        at = _unique_key(text, keys[-1])
        if at >= 0:
            return source.line_of(at)
    return _walk_json(source, text, route)


def _unique_key(text: str, key: str) -> int:
    import json

    found = _index(text).offsets(json.dumps(key, ensure_ascii=False))
    return found[0] if len(found) == 1 else -1


class _JsonIndex:
    """What is known of one JSON text; tables are made when so much is asked for that they pay.

    Args:
        text: of the file.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._asked = 0
        self._keys: dict[str, tuple[int, ...]] = {}
        self._items: dict[_Prefix, tuple[int, str]] | None = None

    def offsets(self, quoted: str) -> tuple[int, ...]:
        """Return where a quoted key stands; of a frequent one only the first two places."""
        self._asked += 1
        if self._asked <= _FEW:
            return tuple(m.start() for m in re.finditer(re.escape(quoted) + r"\s*:", self._text))
        if not self._keys:
            for found in re.finditer(r'("(?:[^"\\]|\\.)*")\s*:', self._text):
                held = self._keys.get(found[1], ())
                if len(held) < 2:  # noqa: PLR2004 - two are as good as many: not unique
                    self._keys[found[1]] = (*held, found.start())
        return self._keys.get(quoted, ())

    def start(self, route: tuple[str | int, ...]) -> tuple[int, list[list[str | int]]]:
        """Return from where to follow a route, and the stack of (bracket, key or index) that holds there."""
        self._asked += 1
        if self._asked <= _FEW:
            return 0, []
        if self._items is None:
            self._items = dict(_top(self._text))
        for depth in (2, 1):
            held = self._items.get(route[:depth])
            if held is not None and len(route) > depth:
                return held[0], [[bracket, part] for bracket, part in zip(held[1], route, strict=False)]
        return 0, []


_FEW = 64
_Prefix = tuple[str | int, ...]


@lru_cache(maxsize=2)
def _index(text: str) -> _JsonIndex:
    return _JsonIndex(text)


def _top(text: str) -> Iterator[tuple[_Prefix, tuple[int, str]]]:
    """Yield the routes of one and two parts, with where their value begins and the brackets around it."""
    stack: list[list[str | int]] = []
    for found in re.finditer(_JSON_LEXEME, text):
        depth = len(stack)
        if _step(stack, found, text) and len(stack) >= depth and 1 <= len(stack) <= 2:  # noqa: PLR2004 - two parts
            yield tuple(s[1] for s in stack), (found.end(), "".join(str(s[0]) for s in stack))


def _step(stack: list[list[str | int]], found: re.Match[str], text: str) -> bool:
    """Move a stack of (bracket, key or index) past one lexeme; return whether another item begins there."""
    lexeme = found[0]
    if lexeme in "{[":
        stack.append([lexeme, 0 if lexeme == "[" else ""])
        return lexeme == "["
    if lexeme in "}]":
        if stack:
            stack.pop()
    elif lexeme == ",":
        if stack and stack[-1][0] == "[":
            stack[-1][1] = int(stack[-1][1]) + 1
            return True
    elif stack and stack[-1][0] == "{" and text[found.end() : found.end() + 20].lstrip().startswith(":"):
        stack[-1][1] = found[1]
        return True
    return False


def _walk_json(source: SourceFile, text: str, route: tuple[str | int, ...]) -> int:
    """Follow the route with a stack of (key or index) while reading tokens; 0 when it ends nowhere."""
    offset, stack = _index(text).start(route)
    least = len(stack)
    best, depth_met = (source.line_of(offset) if least else 0), least
    for found in re.compile(_JSON_LEXEME).finditer(text, offset):
        _step(stack, found, text)
        depth = len(stack)
        if depth < least or (least and stack[least - 1][1] != route[least - 1]):
            return best
        if depth > depth_met and depth <= len(route) and tuple(s[1] for s in stack) == route[:depth]:
            # a bracket or comma stands before the item it begins
            lexeme = found[0]
            start = len(text) - len(text[found.end() :].lstrip()) if lexeme in "[," else found.start()
            best, depth_met = source.line_of(start), depth
            if depth == len(route):
                return best
    return best


def locate_yaml(source: SourceFile, route: Route) -> int:
    """Return the line of a YAML route whose keys stand as block keys or list items, in order."""
    if isinstance(route, int):
        return route
    text, at = source.text, 0
    for part in route:
        if isinstance(part, int):
            continue
        found = _yaml_key(text, part, at)
        if found < 0:
            break
        at = found
    return source.line_of(at)


def _yaml_key(text: str, key: str, start: int) -> int:
    """Return the start of the first line at or behind ``start`` that begins with a key; -1 when there is none.

    Finding the text first and looking at its line then is ten times as fast as a pattern over all lines.
    """
    pattern = re.compile(rf"(?m)[ \t-]*[\"']?{re.escape(key)}[\"']?(?=\s*:|\s*$|\s*[=<>!~ ])")
    hit = text.find(key, start)
    while hit >= 0:
        line = text.rfind("\n", 0, hit) + 1
        if line >= start and pattern.match(text, line):
            return line
        hit = text.find(key, hit + 1)
    return -1
