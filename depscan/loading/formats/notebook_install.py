"""Notebooks that come along with a model and install packages from an index of their own.

Nothing of a notebook runs at load; an index over a plain line is what nobody can want.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.plain import json_of
from depscan.loading.requirement_lines import index_options
from depscan.loading.steps import FOREIGN, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "*"
NAMES = ""
TITLE = "notebook of a model"

_INSTALL = re.compile(r"^\s*[!%]+\s*(?:\S*python\S*\s+-m\s+)?(?:uv\s+)?pip3?\s+(?:install|download)\b.*", re.MULTILINE)
_ALONE = 3


def looks(file: File) -> bool:
    """Return whether it is a notebook of a model, or one nearly by itself, with an index in it."""
    if not file.name.endswith(".ipynb") or file.size > 16 << 20 or b"index" not in file.bytes(16 << 20):
        return False
    from depscan.loading.repository import in_model

    return isinstance(json_of(file), dict) and (len(file.beside) <= _ALONE or in_model(file))


def read(file: File, report: Report) -> None:
    """Add every installation from an index that the notebook names."""
    value = json_of(file)
    cells = value.get("cells") if isinstance(value, dict) else None
    for cell in cells if isinstance(cells, list) else ():
        source = cell.get("source") if isinstance(cell, dict) else None
        text = "".join(map(str, source)) if isinstance(source, list) else str(source or "")
        for match in _INSTALL.finditer(text):
            for url, plain in index_options(match[0]):
                why = "packages are installed from an index that the notebook chose" + (
                    ", without encryption or at a bare address" if plain else ""
                )
                report.add(
                    Step("load.code", FOREIGN if plain else ODD, "index-override", match[0].strip(), why, "", (url,),
                         "package.install")
                )  # fmt: skip
