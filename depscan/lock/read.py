"""Read a lock strictly: what is wrong in it is an error with file and line, because it would open the gate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from depscan.errors import InputError, LockError, LockMissingError
from depscan.lock.records import SECTIONS, VERSION, Row, lock_of
from depscan.text.load import load_toml
from depscan.text.source import SourceFile, read_source

if TYPE_CHECKING:
    from depscan.lock.records import Lock, Section, Value

_HEADER = re.compile(r"(?m)^\[\[\s*([\w-]+)\s*\]\]")


def lock_source(path: str) -> SourceFile:
    """Return the text of a lock.

    Raises:
        LockMissingError: there is no such file, or it cannot be read.
    """
    try:
        return read_source(path)
    except InputError as error:
        hint = "depscan lock writes one"
        raise LockMissingError(error.message, path=error.path, hint=hint) from None


def lock_in(source: SourceFile) -> Lock:
    """Return the lock that a file holds.

    Raises:
        LockError: it is no lock, or one of a later version.
    """
    try:
        data = load_toml(source)
    except InputError as error:
        raise LockError(error.message, path=source.path, line=error.line) from None
    version = data.pop("version", None)
    if version != VERSION or isinstance(version, bool):
        hint = (
            "a newer depscan reads it" if isinstance(version, int) and version > VERSION else "depscan lock writes one"
        )
        raise LockError(f"version should be {VERSION}, not {str(version)[:20]}", path=source.path, line=1, hint=hint)
    reader = _Reader(source)
    rows = [row for name, value in data.items() for row in reader.rows(name, value)]
    return lock_of(rows, source.path)


class _Reader:
    """Reads the rows of one lock.

    Args:
        source: the file.
    """

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._lines: dict[str, list[int]] = {}
        line, at = 1, 0
        for found in _HEADER.finditer(source.text):
            line += source.text.count("\n", at, found.start())
            at = found.start()
            self._lines.setdefault(found[1], []).append(line)

    def rows(self, name: str, value: Any) -> list[Row]:  # noqa: ANN401 - TOML
        """Return the rows of one section."""
        section = SECTIONS.get(name)
        if section is None:
            line = next(iter(self._lines.get(name, ())), 1)
            raise self._error(f"unknown section {name[:40]!r}", line)
        if not isinstance(value, list):
            raise self._error(f"{name} should be written [[{name}]]", 1)
        lines = self._lines.get(name, [])
        return [self._row(section, item, lines[i] if i < len(lines) else 1) for i, item in enumerate(value)]

    def _row(self, section: Section, item: Any, line: int) -> Row:  # noqa: ANN401 - TOML
        if not isinstance(item, dict):
            raise self._error(f"{section.name} should hold tables", line)
        for key in section.key:
            if not isinstance(item.get(key), str):
                raise self._error(f"{section.name}: {key} is missing or no text", line)
        return Row(section.name, {name: self._value(section, name, value, line) for name, value in item.items()}, line)

    def _value(self, section: Section, name: str, value: Any, line: int) -> Value:  # noqa: ANN401 - TOML
        wanted = str if name in section.key else section.fields.get(name)
        if wanted is None:
            raise self._error(f"{section.name}: unknown field {name[:40]!r}", line)
        if wanted is tuple:
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                return tuple(value)
        elif type(value) is wanted:
            return cast("Value", value)
        raise self._error(f"{section.name}: {name} is of the wrong type", line)

    def _error(self, message: str, line: int) -> LockError:
        return LockError(message, path=self._source.path, line=line)
