"""Code with shell lines in it: added to a document with the lines of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.code._cells import Code, Line, read_lines
from depscan.inputs.code._commands import read_command
from depscan.inputs.code._python import read_code
from depscan.inputs.code._table import table
from depscan.model.document import Document

if TYPE_CHECKING:
    from depscan.text.source import SourceFile


def read_cell(text: str, document: Document, source: SourceFile) -> None:
    """Add a Python file that holds lines of a notebook (``!pip install``, ``%matplotlib inline``)."""
    code = Code([], [])
    read_lines([Line(line, number) for number, line in enumerate(text.split("\n"), 1)], code)
    add_code(code, document, source)


def add_code(code: Code, document: Document, source: SourceFile) -> None:
    """Add what the commands of the code install and download, and what its Python uses."""
    scratch = Document(document.path, document.format)
    root = scratch.add_root(scratch.path)
    lines: list[Line] = []
    for piece in code.shell:
        read_command("\n".join(line.text for line in piece), scratch, root, len(lines) + 1, "run")
        lines += piece
    _move(scratch, document, lines)
    text = "\n".join(line.text for line in code.python) + "\n"
    if table().accepts(text.encode("utf-8", "surrogatepass")):
        starts = [line.line for line in code.python] or [1]
        read_code(text, document, lambda line: starts[min(line, len(starts)) - 1], source)


def _move(scratch: Document, document: Document, lines: list[Line]) -> None:
    """Move what commands gave to the document, from lines of commands to lines of the file."""
    if len(scratch.nodes) == 1 and not scratch.indexes:
        return

    def line(at: object) -> int:
        return lines[min(at, len(lines)) - 1].line if isinstance(at, int) and at else 0

    document.root = scratch.root
    document.nodes.update(scratch.nodes)
    document.at.update({key: line(at) for key, at in scratch.at.items()})
    document.edges += [edge._replace(at=line(edge.at)) for edge in scratch.edges]
    document.uses += [use._replace(at=line(use.at)) for use in scratch.uses]
    document.indexes += [index._replace(at=line(index.at)) for index in scratch.indexes]
