"""What a report of a night declares, and the modules of this folder that declare one: one file per format."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.overview.records import Overview

_NOT_REPORTS = {"__init__", "records", "gather", "digest", "format"}


class Report(NamedTuple):
    """A format of the report.

    Attributes:
        id: as in ``--format ID``; the module is named after it.
        title: what a person calls it.
        media_type: MIME type of the text.
        render: overview to the whole text, ending in a newline.
    """

    id: str
    title: str
    media_type: str
    render: Callable[[Overview], str]


def format_ids() -> list[str]:
    """Return the ids of every format, sorted; imports none of them."""
    names = (e[:-3] for e in os.listdir(os.path.dirname(__file__)) if e.endswith(".py"))
    return sorted(n for n in names if n not in _NOT_REPORTS and not n.startswith("_"))


def format_by_id(name: str) -> Report:
    """Return the format with this id, importing only its module.

    Raises:
        UsageError: there is none.
    """
    known = format_ids()
    if name not in known:
        raise UsageError(f"no format {name!r} of a night's report", hint=f"one of: {', '.join(known)}")
    found: Report = import_module(f"{__package__}.{name}").REPORT
    return found


ENDINGS = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".json": "json"}
"""Ending of a file's name to the format that people mean by it."""
