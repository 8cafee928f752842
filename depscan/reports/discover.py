"""Find report modules in this folder; only the one that is asked for is imported."""

from __future__ import annotations

import os
import re
from importlib import import_module
from typing import TYPE_CHECKING

from depscan.errors import UsageError

if TYPE_CHECKING:
    from depscan.reports.report import Report

_NOT_REPORTS = {"__init__", "report", "discover"}


def report_ids() -> list[str]:
    """Return the ids of every report, sorted; imports none of them."""
    names = (e[:-3] for e in os.listdir(os.path.dirname(__file__)) if e.endswith(".py"))
    return sorted(_id(n) for n in names if n not in _NOT_REPORTS and not n.startswith("_"))


def _id(module: str) -> str:
    """Return the id of a module: ``cyclonedx_1_7`` is cyclonedx-1.7."""
    return re.sub(r"(?<=\d)-(?=\d)", ".", module.replace("_", "-"))


def report_by_id(report_id: str) -> Report:
    """Return the report with this id, importing only its module.

    Raises:
        UsageError: there is none.
    """
    known = report_ids()
    if report_id not in known:
        raise UsageError(f"no report format {report_id!r}", hint=f"one of: {', '.join(known)}")
    found: Report = import_module(f"{__package__}.{re.sub('[-.]', '_', report_id)}").REPORT
    return found


def reports() -> list[Report]:
    """Return every report, sorted by id; imports all modules."""
    return [report_by_id(i) for i in report_ids()]
