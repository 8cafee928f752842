"""A program the code writes to a file and then starts: its text is the next layer of the code."""

from __future__ import annotations

import ast
import re

from depscan.facts.python.machine import MAX_TEXT, Machine
from depscan.facts.python.values import HOLE

GUARD = "written-file"
"""What every fact of such a text stands under."""
_MAX_PROGRAM = 1 << 18
_MAX_FILES = 40
_MAX_PARTS = 60
_PYTHON = re.compile(
    r"(?:^|[\s\"'/\\])pythonw?[\d.]*(?:\.exe)?[\"']?\s|\{\?\}[\"']?\s+(?:-\w+\s+)*[^\s]+\.pyw?", re.IGNORECASE
)
_MOVE = re.compile(
    r"\b(?:move|copy|ren|rename|mv|cp)\s+(?:[/-]\w+\s+)*[\"']?([^\s\"'|&;]+)[\"']?\s+[\"']?([^\s\"'|&;]+)",
    re.IGNORECASE,
)


def keep(m: Machine, path: str, text: str, index: int) -> None:
    """Remember the text that a fact wrote to a path."""
    if len(text) > _MAX_PROGRAM or (len(m.contents) >= _MAX_FILES and path not in m.contents):
        return
    parts = m.contents.setdefault(path, [])
    if len(parts) < _MAX_PARTS:
        parts.append((text, index))


def started(m: Machine, listed: tuple[str, ...], node: ast.AST) -> None:
    """Read the written files that a command names as what they are: more code that runs now."""
    if not listed:
        return
    if m.written:
        _moved(m, listed)
    for path, parts in list(m.contents.items()):
        if m.contents.get(path) and (named := _naming(path, listed)):
            _read(m, path, "".join(text for text, _ in parts), {i for _, i in parts}, named, node)


def _naming(path: str, listed: tuple[str, ...]) -> str:
    flat = path.replace("\\", "/")
    base = flat.rpartition("/")[2]
    for text in listed:
        command = text.replace("\\", "/")
        if flat in command or (len(base) > 3 and base.strip(HOLE + ".") and base in command):  # noqa: PLR2004
            return command
    return ""


def _moved(m: Machine, listed: tuple[str, ...]) -> None:
    """Let what was written to one path be at another after a ``move`` or ``cp`` command."""
    for text in listed[:2]:
        for found in _MOVE.finditer(text[:2000]):
            old, new = (part.replace("\\", "/") for part in found.groups())
            wrote = m.written.get(old)
            if wrote:
                m.written.setdefault(new, set()).update(wrote)
            if old in m.contents and new not in m.contents:
                m.contents[new] = m.contents[old]


def _read(m: Machine, path: str, text: str, found: set[int], command: str, node: ast.AST) -> None:
    low = path.lower()
    flows = frozenset(found)
    m.guards.append(GUARD)
    try:
        if low.endswith((".py", ".pyw")) or _PYTHON.search(command):
            from depscan.facts.python.layers import read_layer

            read_layer(m, text, ("file",), flows, node, m.module.scope, own=True)
        elif low.endswith((".bat", ".cmd", ".ps1", ".sh", ".command", ".bash")) or text.startswith("#!"):
            _other(m, low, text, flows, node)
    finally:
        m.guards.remove(GUARD)


def _other(m: Machine, path: str, text: str, flows: frozenset[int], node: ast.AST) -> None:
    """Read shell, batch or PowerShell text with the reader of its language, once."""
    from depscan.facts._call import Session
    from depscan.facts.place import Place

    key = ("written", hash(text), m.when, m.module.path)
    if key in m.seen or len(m.layer) > 8:  # noqa: PLR2004 - deep enough
        return
    m.seen.add(key)
    real = m.real(flows | m.given, "shell.run")
    line = m.module.line(getattr(node, "lineno", 0))[:MAX_TEXT]
    place = Place(
        m.sink, m.module.path, m.line_of(node), m.when, (*m.layer, "file"), real, tuple(dict.fromkeys(m.guards)),
        m.qual, line, m.container,
    )  # fmt: skip
    if path.endswith((".bat", ".cmd")):
        from depscan.facts.batch import run_batch

        run_batch(text, place, Session(real))
    elif path.endswith(".ps1"):
        from depscan.facts.powershell import run_power_text

        run_power_text(text, place, Session(real))
    else:
        from depscan.facts.shell import run_text

        run_text(text, place, Session(real))
