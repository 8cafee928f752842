"""Jupyter notebooks: what their code cells use, install and download.

Cells are read as text; nothing is run. Outputs are not looked at.
"""

from __future__ import annotations

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.load import load_json
from depscan.text.shape import table as shaped
from depscan.text.source import SourceFile

PATTERNS = "*.ipynb"
BESIDE = "yes"
KEEP = "yes"


def accepts(source: SourceFile) -> bool:
    """Return whether the file holds cells."""
    return b'"cells"' in source.data or b'"worksheets"' in source.data


def parse(source: SourceFile) -> Document:
    """Return what the cells of a notebook use, install and download.

    Raises:
        InputError: no JSON object.
    """
    from depscan.inputs.code._cells import read_cells
    from depscan.inputs.code._script import add_code

    document = Document(source.path, "notebook-code")
    code = read_cells(source, shaped(load_json(source), "the notebook"))
    add_code(code, document, source)
    return document


FORMAT = InputFormat("notebook-code", "Jupyter notebook", "PyPI", parse, locate_line, accepts)
