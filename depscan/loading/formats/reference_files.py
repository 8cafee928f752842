"""Reference files of fsspec (kerchunk): addresses of pieces of data, made by Jinja templates that the reader renders.

Source: kerchunk's specification, versions 0 and 1; fsspec ``ReferenceFileSystem._process_templates`` renders them
without a sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from depscan.loading.plain import json_of, walk
from depscan.loading.steps import HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "*"
NAMES = ""
TITLE = "references to data"

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PLAIN = re.compile(r"""\{\{\s*[\w\s()+*/%=,'"-]+\}\}\Z""")
_WORDS = re.compile(rb'"(?:refs|templates|gen)"\s*:')
_LOCAL = re.compile(r"(?:file://|local://|/(?!/)|~|[A-Za-z]:\\)|.*\.\./")


def looks(file: File) -> bool:
    """Return whether it is a JSON object with references: ``refs`` beside ``version``, or templates."""
    if not file.name.endswith((".json", ".jsonl", ".zarr")) or not _WORDS.search(file.head):
        return False
    value = json_of(file)
    return (
        isinstance(value, dict)
        and isinstance(value.get("refs"), dict)
        and bool({"version", "templates", "gen"} & set(value))
    )


def read(file: File, report: Report) -> None:
    """Add templates that are more than a name, and addresses on this machine."""
    for path, text in _texts(json_of(file)):
        for match in _TEMPLATE.finditer(text):
            if not _PLAIN.match(match[0]) or "__" in match[0]:
                why = "a template that reaches into objects: the reader renders it without a sandbox"
                report.add(Step("load.template", HOSTILE, "reference-template", f"{path[-80:]}: {match[0]}", why, "",
                                (text,), "code.eval"))  # fmt: skip
        if path.startswith("refs") and path.endswith(".0") and _LOCAL.match(text):
            why = "data is taken from a file of the machine that reads it"
            report.add(Step("load.path", ODD, "local-file", f"{path[-80:]}: {text}", why, "", (text,), "file.read"))


def _texts(value: object) -> Iterator[tuple[str, str]]:
    for path, held in walk(value):
        if isinstance(held, str) and not held.startswith("base64:"):
            yield path, held
