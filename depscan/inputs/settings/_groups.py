"""Settings of any notation as groups: one table of a file with its texts, each knowing its line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import InputError
from depscan.text.load import load_jsonc, load_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from depscan.text.source import SourceFile

MAX_BYTES = 1 << 20
"""Larger files are data, not settings."""

_MAX_YAML = 256 << 10
_MAX_GROUPS = 50_000
_SHOWN = 200
_TEMPLATE = re.compile(r"\{\{|\{%|<%|^\s*#\s*@package", re.MULTILINE).search


class Value(NamedTuple):
    """A text of the file and how to find its line."""

    text: str
    place: Callable[[], int]

    @property
    def line(self) -> int:
        """Return the 1-based line."""
        return self.place()


class Group(NamedTuple):
    """One table.

    Attributes:
        path: keys that lead to it, ``*`` for a place in a list.
        values: texts by key as written.
        lists: lists of texts by key.
    """

    path: tuple[str, ...]
    values: dict[str, Value]
    lists: dict[str, tuple[Value, ...]]

    def get(self, *keys: str) -> Value | None:
        """Return the first of these keys that has a text."""
        return next((self.values[k] for k in keys if k in self.values), None)


def groups_of(source: SourceFile) -> list[Group]:
    """Return the tables of a settings file in the order of the file.

    A file that only a template engine makes into YAML, JSON or TOML is read line by line.

    Raises:
        InputError: not what its name says.
    """
    name = source.name.lower()
    try:
        if name.endswith((".yaml", ".yml")):
            return _yaml(source)
        if name.endswith((".json", ".jsonc")):
            return list(_walk(load_jsonc(source), _Finder(source.text, ":")))
        if name.endswith(".toml"):
            return list(_walk(load_toml(source), _Finder(source.text, "=")))
    except InputError:
        if not _TEMPLATE(source.text):
            raise
    return line_groups(source)


def _yaml(source: SourceFile) -> list[Group]:
    from depscan.text.placed import load_placed

    if len(source.data) > _MAX_YAML:
        return line_groups(source)
    return [group for content in load_placed(source) for group in _walk(content, None)]


_LINE = re.compile(r"\s*(?:export\s+|set\s+|-\s+)?[\"']?([A-Za-z_][\w.-]{0,99})[\"']?\s*[=:]\s*(.*)")


def line_groups(source: SourceFile) -> list[Group]:
    """Return ``key = value`` and ``key: value`` lines as one group per ``[section]``; of a repeated key the last."""
    made = [Group((), {}, {})]
    for number, line in enumerate(source.text.split("\n"), 1):
        section = re.fullmatch(r"\s*\[([^\[\]]{1,200})\]\s*", line)
        found = None if line.lstrip().startswith(("#", ";", "//")) else _LINE.match(line[:4000])
        if section:
            made.append(Group(tuple(section[1].split(".")), {}, {}))
        elif found:
            made[-1].values[found[1]] = Value(unquoted(found[2]), lambda n=number: n)  # type: ignore[misc]
    return made


def unquoted(text: str) -> str:
    """Return a value without its quotes, or without the comment behind it."""
    text = text.strip().rstrip(",")
    quoted = re.match(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'", text)
    if quoted:
        return quoted[1] if quoted[1] is not None else quoted[2]
    return re.split(r"\s#|\s//", text, maxsplit=1)[0].strip()


def _walk(top: Any, finder: _Finder | None) -> Iterator[Group]:  # noqa: ANN401 - any value of a file
    """Yield the tables below a value, outer ones first, without recursion."""
    todo: list[tuple[tuple[str, ...], Any]] = [((), top)]
    count = 0
    while todo and count < _MAX_GROUPS:
        path, value = todo.pop()
        below: list[tuple[tuple[str, ...], Any]] = []
        if isinstance(value, dict):
            count += 1
            group, below = _group(path, value, finder)
            yield group
        elif isinstance(value, list):
            below = [((*path, "*"), item) for item in value if isinstance(item, (dict, list))]
        todo.extend(reversed(below))


def _group(
    path: tuple[str, ...], table: dict[str, Any], finder: _Finder | None
) -> tuple[Group, list[tuple[tuple[str, ...], Any]]]:
    group = Group(path, {}, {})
    below: list[tuple[tuple[str, ...], Any]] = []
    for key, value in table.items():
        text = _text(value)
        if text is not None:
            group.values[str(key)] = _value(str(key), value, text, finder)
        elif isinstance(value, list):
            texts = tuple(_value("", item, t, finder) for item in value if (t := _text(item)) is not None)
            if texts:
                group.lists[str(key)] = texts
            below.append(((*path, str(key)), value))
        elif isinstance(value, dict):
            below.append(((*path, str(key)), value))
    return group, below


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) and abs(value) < 1e300 else None  # noqa: PLR2004


def _value(key: str, value: Any, text: str, finder: _Finder | None) -> Value:  # noqa: ANN401
    if finder is None:
        line = getattr(value, "line", 0)
        return Value(text, lambda: line)
    return Value(text, finder.place(key, text))


class _Finder:
    """Finds lines of JSON and TOML values: the n-th value of a key and text is their n-th mention in the file."""

    def __init__(self, text: str, sign: str) -> None:
        self._text = text
        self._sign = sign
        self._seen: dict[tuple[str, str], int] = {}
        self._lines: dict[tuple[str, str], list[int]] = {}

    def place(self, key: str, text: str) -> Callable[[], int]:
        nth = self._seen.get((key, text), 0)
        self._seen[key, text] = nth + 1
        return lambda: self._line(key, text, nth)

    def _line(self, key: str, text: str, nth: int) -> int:
        lines = self._lines.get((key, text))
        if lines is None:
            lines = self._lines[key, text] = self._mentions(key, text)
        return lines[min(nth, len(lines) - 1)] if lines else 1

    def _mentions(self, key: str, text: str) -> list[int]:
        start = rf"(?<![\w-])[\"']?{re.escape(key)}[\"']?\s*{self._sign}\s*" if key else ""
        quote = r"[\"']" if not key else r"[\"']{0,3}"
        end = r"(?![^\s\"',}\]#])" if len(text) <= _SHOWN else ""
        for pattern in (start + quote + re.escape(text[:_SHOWN]) + end, start + quote):
            found, line, last = [], 1, 0
            for match in re.finditer(pattern, self._text):
                line += self._text.count("\n", last, match.end())
                last = match.end()
                found.append(line)
            if found or not key:
                return found
        return []
