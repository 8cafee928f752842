"""Jupyter notebooks: what their code cells use, install and download.

Cells are read as text; nothing is run. Outputs are not looked at.
"""

from __future__ import annotations

from depscan.inputs.code._cells import Line, read_cells
from depscan.inputs.code._commands import read_command
from depscan.inputs.code._python import read_code
from depscan.inputs.code._table import table
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.load import load_json
from depscan.text.shape import table as shaped
from depscan.text.source import SourceFile

PATTERNS = "*.ipynb"
BESIDE = "yes"


def accepts(source: SourceFile) -> bool:
    """Return whether the file holds cells."""
    return b'"cells"' in source.data or b'"worksheets"' in source.data


def parse(source: SourceFile) -> Document:
    """Return what the cells of a notebook use, install and download.

    Raises:
        InputError: no JSON object.
    """
    document = Document(source.path, "notebook-code")
    code = read_cells(source, shaped(load_json(source), "the notebook"))
    scratch = Document(source.path, "notebook-code")
    root = scratch.add_root(source.path)
    lines: list[Line] = []
    for piece in code.shell:
        read_command("\n".join(line.text for line in piece), scratch, root, len(lines) + 1, "run")
        lines += piece
    _move(scratch, document, lines)
    text = "\n".join(line.text for line in code.python) + "\n"
    if table().accepts(text.encode("utf-8", "surrogatepass")):
        starts = [line.line for line in code.python] or [1]
        read_code(text, document, lambda line: starts[min(line, len(starts)) - 1], source)
    return document


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


FORMAT = InputFormat("notebook-code", "Jupyter notebook", "PyPI", parse, locate_line, accepts)
