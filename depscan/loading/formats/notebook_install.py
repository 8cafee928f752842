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
    from collections.abc import Iterator

    from depscan.loading.file import File

STARTS = "*"
NAMES = ""
TITLE = "notebook of a model"

_INSTALL = re.compile(r"^\s*[!%]+\s*(?:\S*python\S*\s+-m\s+)?(?:uv\s+)?pip3?\s+(?:install|download)\b.*", re.MULTILINE)
_BY_CALL = re.compile(r"""["']pip["']\s*,\s*["'](?:install|download)["'][^\])]*""")
_BY_ENVIRONMENT = re.compile(
    r"""\b(?:PIP_(?:EXTRA_)?INDEX_URL|UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL))\b["'\]\s]*[=,]?\s*["']?(?P<url>\w+://[^\s"']+)"""
)
_WORDS = (b"index", b" -i ", b"INDEX", b"'-i'", b'-i\\"')
_ALONE = 3


def looks(file: File) -> bool:
    """Return whether it is a notebook of a model, or one nearly by itself, with an index in it."""
    if not file.name.endswith(".ipynb") or file.size > 16 << 20:
        return False
    data = file.bytes(16 << 20)
    if not any(word in data for word in _WORDS):
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
        for command in _commands(text):
            for url, plain in index_options(command):
                why = "packages are installed from an index that the notebook chose" + (
                    ", without encryption or at a bare address" if plain else ""
                )
                report.add(
                    Step("load.code", FOREIGN if plain else ODD, "index-override", command, why, "", (url,),
                         "package.install")
                )  # fmt: skip


def _commands(text: str) -> Iterator[str]:
    """Yield the installations of a cell as command lines: by the shell, by a call, or set in the environment."""
    for match in _INSTALL.finditer(text):
        yield match[0].strip()
    for match in _BY_CALL.finditer(text):
        yield " ".join(re.findall(r"""["']([^"']*)["']""", match[0]))
    for match in _BY_ENVIRONMENT.finditer(text):
        yield f"--index-url {match['url']}"
