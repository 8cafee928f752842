"""Python code that uses models, data sets, hosted models and services.

The file is parsed, never imported or run. Which calls count is data: ``rules/uses/*.toml``.
"""

from __future__ import annotations

from depscan.inputs.code._python import read_code
from depscan.inputs.code._table import table
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.source import SourceFile

PATTERNS = "*.py *.pyw"
BESIDE = "yes"


def accepts(source: SourceFile) -> bool:
    """Return whether the file imports a library of the tables and calls something of it."""
    return table().accepts(source.data)


def parse(source: SourceFile) -> Document:
    """Return the models, data sets, hosted models and services that the code uses.

    Raises:
        InputError: not text.
    """
    document = Document(source.path, "python-code")
    read_code(source.text, document, source=source)
    return document


FORMAT = InputFormat("python-code", "Python code that uses models", "huggingface", parse, locate_line, accepts)
