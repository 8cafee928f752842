"""Jupyter notebooks (nbformat 3 and 4): code cells are Python, ``!`` lines and ``%%bash`` cells are shell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts.fact import CALL
from depscan.facts.place import Place
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface

LANGUAGE = "notebook"
_MAX_CELLS = 5000
_SHELL_CELL = re.compile(r"%%(?:bash|sh|script\s+(?:ba|z)?sh|system|!)\b[^\n]*\n?|%%!\s*\n?")
_SHELL_LINE = re.compile(r"^(\s*)(?:[\w, ]+=\s*)?(?:!!?|%(?:system|sx)\s+)(.*)$")
_PACKAGE_LINE = re.compile(r"^(\s*)%((?:pip|conda|mamba|uv)\s+.*)$")


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every notebook of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_notebook(text, path=entry.path, line=1, when=entry.when, layer=(), sink=sink, container=member.container)


def read_notebook(  # noqa: PLR0913
    text: str, *, path: str, line: int = 1, when: str = CALL, layer: tuple[str, ...] = (), sink: Sink, sources: tuple[int, ...] = (),  # noqa: E501
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower a notebook to facts; every fact of a cell stands at the line where the cell's source starts.

    Returns:
        Indices of the facts that were added.
    """
    import json

    before = len(sink.facts)
    place = Place(sink, path, line, when, layer, sources, guards, scope, text_line, container)
    try:
        notebook = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        sink.gap(path, "a notebook that is not JSON")
        return []
    search = 0
    python: list[str] = []
    first = place
    for cell in _cells(notebook)[:_MAX_CELLS]:
        source = cell.get("source", cell.get("input", ""))
        content = "".join(piece for piece in source if isinstance(piece, str)) if isinstance(source, list) else source
        if cell.get("cell_type") != "code" or not isinstance(content, str):
            continue
        search, spot = _locate(text, content, search, place)
        code = _cell(content, spot)
        first = first if python else spot
        python.append(code)
    if any(code.strip() for code in python):
        from depscan.facts._other_code import read_python_at

        read_python_at("\n".join(python), first._replace(text=""))
    return list(range(before, len(sink.facts)))


def _cells(notebook: object) -> list[dict[str, object]]:
    if not isinstance(notebook, dict):
        return []
    sheets = notebook.get("worksheets")
    held = [notebook, *(sheet for sheet in (sheets if isinstance(sheets, list) else []) if isinstance(sheet, dict))]
    cells = [sheet.get("cells") for sheet in held]
    return [cell for inner in cells if isinstance(inner, list) for cell in inner if isinstance(cell, dict)]


def _locate(text: str, content: str, search: int, place: Place) -> tuple[int, Place]:
    """Return where the cell's first line stands in the file."""
    import json

    first = json.dumps(content.split("\n", 1)[0], ensure_ascii=False)[1:-1]
    at = text.find(first, search) if first else -1
    if at < 0:
        return search, place
    return at + 1, place._replace(line=place.line + text.count("\n", 0, at))


def _cell(content: str, place: Place) -> str:
    """Read a cell's shell parts; returns its Python part."""
    from depscan.facts.command import read_command

    shell = _SHELL_CELL.match(content)
    commands = [content[shell.end() :]] if shell else []
    python: list[str] = []
    for line in [] if shell else content.split("\n"):
        match = _SHELL_LINE.match(line) or _PACKAGE_LINE.match(line)
        if match is not None:
            commands.append(re.sub(r"(?<!\$)\{[^{}?]+\}", "{?}", match[2]))
            python.append(match[1] + "pass")
        elif line.lstrip().startswith("%"):
            python.append(re.match(r"\s*", line)[0] + "pass")  # type: ignore[index]
        else:
            python.append(line)
    for command in commands:
        read_command(command, path=place.path, line=place.line, when=place.when, layer=place.layer, sink=place.sink,
                     guards=place.guards, text=command.strip(), container=place.container)  # fmt: skip
    return "\n".join(python)
