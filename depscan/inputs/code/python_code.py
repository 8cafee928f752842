"""Python code that uses models, data sets, hosted models and services.

The file is parsed, never imported or run. Which calls count is data: ``rules/uses/*.toml``.
"""

from __future__ import annotations

import re

from depscan.inputs.code._table import table
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.source import SourceFile

PATTERNS = "*.py *.pyw"
BESIDE = "yes"
KEEP = "yes"
_MAGIC = re.compile(rb"^[ \t]*[!%][ \t]*(?:pip|uv|conda|wget|curl|git|huggingface-cli)\b", re.MULTILINE).search
"""A line of a notebook that was saved as a Python file: it is no Python, and the rest around it is."""


def accepts(source: SourceFile) -> bool:
    """Return whether the file imports a library of the tables and calls something of it, or is a notebook's text."""
    return table().accepts(source.data) or (b"pip install" in source.data and _MAGIC(source.data) is not None)


def parse(source: SourceFile) -> Document:
    """Return the models, data sets, hosted models and services that the code uses.

    Raises:
        InputError: not text.
    """
    # Imported here: most files of most folders are only looked at, and start-up time is a measure.
    from depscan.inputs.code._cells import is_python
    from depscan.inputs.code._python import read_code
    from depscan.inputs.code._script import read_cell

    document = Document(source.path, "python-code")
    if _MAGIC(source.data) is None or is_python(source.text):
        read_code(source.text, document, source=source)
    else:
        read_cell(source.text, document, source)
    return document


FORMAT = InputFormat("python-code", "Python code that uses models", "huggingface", parse, locate_line, accepts)
