"""Notebooks as code: their cells as Python and shell text, and the line of the file on which each line of them stands.

Format: https://nbformat.readthedocs.io (versions 3 and 4). Magics: https://ipython.readthedocs.io.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.text.memory import unless_nested

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

MAX_CELLS = 5_000
_SOURCE = re.compile(r'(?<!\\)"(?:source|input)"\s*:\s*\[?\s*')
_LINE_SHELL = re.compile(r"(?P<indent>[ \t]*)(?:[\w, ]+=[ \t]*)?(?:!!?|%(?:sx|system)[ \t])(?P<text>.*)", re.DOTALL)
_INSTALL = re.compile(r"(?P<indent>[ \t]*)%(?P<text>(?:pip|conda|mamba|micromamba|uv)\b.*)", re.DOTALL)
_BARE_INSTALL = re.compile(r"(?P<indent>)(?P<text>(?:pip3?|conda)[ \t]+install\b.*)", re.DOTALL)
_OTHER_MAGIC = re.compile(r"(?P<indent>[ \t]*)(?:[\w, ]+=[ \t]*)?(?:%\w|\?|.*\?[ \t]*$)")
_SHELL_CELLS = frozenset({"bash", "sh", "!", "sx", "system", "zsh"})
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "python", "python3", "snakeviz", "memit", "mprun"})


class Line(NamedTuple):
    """A line of code: its text without line end, and the line of the file on which it stands."""

    text: str
    line: int


class Code(NamedTuple):
    """The code of a notebook.

    Attributes:
        python: lines of Python; magics are replaced by ``pass``.
        shell: pieces of shell text, each as its lines.
    """

    python: list[Line]
    shell: list[list[Line]]


def read_cells(source: SourceFile, notebook: dict[str, Any]) -> Code:
    """Return the code of a notebook that was loaded from ``source``."""
    found = Code([], [])
    language = _language(notebook)
    finder = _Finder(source.text)
    for cell in _cells(notebook)[:MAX_CELLS]:
        if not isinstance(cell, dict):
            continue
        lines = finder.lines(cell.get("source", cell.get("input")))
        if cell.get("cell_type") == "code" and lines:
            _read(lines, found, python=language in {"", "python", "python3", "ipython"})
    return found


def _cells(notebook: dict[str, Any]) -> list[Any]:
    cells = notebook.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = notebook.get("worksheets")
    parts = [s.get("cells") for s in sheets if isinstance(s, dict)] if isinstance(sheets, list) else []
    return [cell for part in parts if isinstance(part, list) for cell in part]


def _language(notebook: dict[str, Any]) -> str:
    about = notebook.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        inner = about.get(key) if isinstance(about, dict) else None
        value = inner.get(name) if isinstance(inner, dict) else None
        if isinstance(value, str) and value:
            return value.lower()
    return ""


class _Finder:
    """Finds the lines of cells in the text of the file, in their order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0
        self.line = 1
        self.counted = 0

    def lines(self, value: object) -> list[Line]:
        """Return the lines of a cell's source: a text, or a list of texts that each end with a line end."""
        parts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        texts = [p for p in parts if isinstance(p, str)]
        found: list[Line] = []
        self._to_source(texts[0] if texts else "")
        for text in texts:
            at = self._at(text)
            found += [Line(piece, at) for piece in text.removesuffix("\n").split("\n")]
        return found

    def _to_source(self, first: str) -> None:
        """Go to the next ``"source":`` behind which ``first`` stands."""
        start = self.offset
        for match in _SOURCE.finditer(self.text, start):
            if not first or any(self.text.startswith(e, match.end()) for e in _encoded(first)):
                self.offset = match.end()
                return

    def _at(self, text: str) -> int:
        for encoded in _encoded(text):
            at = self.text.find(encoded, self.offset)
            if at >= 0:
                self.line += self.text.count("\n", self.counted, at) if at > self.counted else 0
                self.counted = max(self.counted, at)
                self.offset = at + len(encoded)
                break
        return self.line


def _encoded(text: str) -> tuple[str, ...]:
    plain = json.dumps(text, ensure_ascii=False)
    return (plain,) if text.isascii() else (plain, json.dumps(text))


def _read(lines: list[Line], found: Code, *, python: bool) -> None:
    """Add one cell."""
    first = next((i for i, line in enumerate(lines) if line.text.strip()), 0)
    head = lines[first].text.strip()
    if head.startswith("%%"):
        words = head[2:].split() or [""]
        rest = lines[first + 1 :]
        shell = words[0] in _SHELL_CELLS or (words[0] == "script" and words[-1].rpartition("/")[2] in _SHELL_CELLS)
        if shell:
            found.shell.append(rest)
            return
        if words[0] not in _PYTHON_CELLS:
            return
        lines = rest
    if python and not is_python("\n".join(line.text for line in lines)):
        read_lines(lines, found)
    elif python:
        found.python.extend(lines)
    else:
        read_lines(lines, Code([], found.shell))


def is_python(text: str) -> bool:
    """Return whether text parses as Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        unless_nested(error, text)
        return False
    return True


def read_lines(lines: list[Line], found: Code) -> None:
    """Add lines with magics: shell lines go to the shell, every magic becomes ``pass``."""
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        match = _LINE_SHELL.match(line.text) or _INSTALL.match(line.text) or _BARE_INSTALL.match(line.text)
        if match is None:
            other = _OTHER_MAGIC.match(line.text)
            found.python.append(line if other is None else Line(other["indent"] + "pass", line.line))
            continue
        piece = [Line(match["text"], line.line)]
        found.python.append(Line(match["indent"] + "pass", line.line))
        while piece[-1].text.rstrip().endswith("\\") and at < len(lines):
            piece.append(lines[at])
            found.python.append(Line("", lines[at].line))
            at += 1
        found.shell.append(piece)
