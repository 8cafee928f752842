"""What a locked package says it needs: match specifications of conda, PEP 508 texts of PyPI."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)").match
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]").search


class Want(NamedTuple):
    """One request: name as written, constraint, marker, edge label, and the text to look for in the file."""

    name: str
    requested: str
    marker: str = ""
    label: str = "prod"
    text: str = ""


def conda_wants(texts: Iterable[str]) -> list[Want]:
    """Return the requests of a conda package: name, white space, constraint; virtual packages left out."""
    found = []
    for text in texts:
        name, _, requested = text.strip().partition(" ")
        if name and not name.startswith("__"):
            found.append(Want(name.lower(), requested.strip(), text=text))
    return found


def pypi_wants(texts: Iterable[str]) -> list[Want]:
    """Return the requests of a PyPI package (PEP 508); what is none is left out."""
    found = []
    for text in texts:
        body, _, marker = text.partition(";")
        name = _NAME(body)
        if name is not None:
            extra = _EXTRA(marker) if "extra" in marker else None
            label = f"extra:{extra[1]}" if extra else "prod"
            found.append(Want(name[1], body[name.end() :].strip(), marker.strip(), label, body.rstrip()))
    return found
