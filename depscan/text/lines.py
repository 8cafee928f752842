"""Routes made into line numbers, only for what is reported.

A position pass over a large lock costs ten times its parsing, so parsers record how to get to a value
(keys and indices) and these functions find its line afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    for i, found in enumerate(re.finditer(pattern, text)):
        if i == index:
            return found.start()
    return -1


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

    found = [m.start() for m in re.finditer(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:", text)]
    return found[0] if len(found) == 1 else -1


def _walk_json(source: SourceFile, text: str, route: tuple[str | int, ...]) -> int:
    """Follow the route with a stack of (key or index) while reading tokens; 0 when it ends nowhere."""
    stack: list[list[str | int]] = []
    best, depth_met = 0, 0
    for found in re.finditer(_JSON_LEXEME, text):
        lexeme = found[0]
        if lexeme in "{[":
            stack.append([lexeme, 0 if lexeme == "[" else ""])
        elif lexeme in "}]":
            if stack:
                stack.pop()
        elif lexeme == ",":
            if stack and stack[-1][0] == "[":
                stack[-1][1] = int(stack[-1][1]) + 1
        elif stack and stack[-1][0] == "{" and text[found.end() : found.end() + 20].lstrip().startswith(":"):
            stack[-1][1] = found[1]
        depth = len(stack)
        if depth > depth_met and depth <= len(route) and tuple(s[1] for s in stack) == route[:depth]:
            # a bracket or comma stands before the item it begins
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
        found = re.compile(rf"(?m)^[ \t-]*[\"']?{re.escape(part)}[\"']?(?=\s*:|\s*$|\s*[=<>!~ ])").search(text, at)
        if found is None:
            break
        at = found.start() + (len(found[0]) - len(found[0].lstrip("\n")))
    return source.line_of(at)
