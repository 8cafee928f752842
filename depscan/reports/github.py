"""Workflow commands that GitHub Actions shows as annotations on the changed lines.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.reports._parts import (
    FILE_KINDS,
    data_note,
    not_looked_at,
    package_name,
    reported_path,
    severity_word,
    summary,
)
from depscan.reports.report import Report, View
from depscan.text.escape import terminal, workflow_data, workflow_property

if TYPE_CHECKING:
    from depscan.model.decision import Coverage, Decision
    from depscan.model.result import ScanResult

_TEXT = 1000


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return one command per finding that is not accepted and per gap, then one plain line."""
    lines = [_finding(result, d) for d in result.decisions if d.action == "block"]
    lines += [_gap(c) for c in not_looked_at(result) if c.needed]
    lines += [_finding(result, d) for d in result.decisions if d.action == "warn"]
    lines += [_gap(c) for c in not_looked_at(result) if not c.needed]
    return "\n".join([*lines, f"depscan: {summary(result)}; {terminal(data_note(result))}"]) + "\n"


def _finding(result: ScanResult, decision: Decision) -> str:
    finding = decision.finding
    place = finding.primary
    name = package_name(result, finding.subject)
    title = f"{severity_word(finding)}: {name} ({finding.ids[0] if finding.ids else finding.rule})"
    parts = [finding.message]
    if finding.fix:
        parts.append(f"Fix: {finding.fix}")
    if finding.via and len(finding.via[0]) > 1:
        parts.append("Why: " + " -> ".join(package_name(result, key) for key in finding.via[0]))
    parts.append(f"{decision.action}: {decision.because}")
    level = "error" if decision.action == "block" else "warning"
    line = 0 if place.container else place.line
    return _command(level, reported_path(place), line, title, "\n".join(parts))


def _gap(item: Coverage) -> str:
    path = item.what if item.kind in FILE_KINDS else ""
    title = "not looked at" if item.needed else "not looked at, not needed"
    return _command("error" if item.needed else "notice", path, item.line, title, f"{item.what}: {item.why}")


def _command(level: str, path: str, line: int, title: str, message: str) -> str:
    pairs = (("file", path), ("line", str(line) if line and path else ""), ("title", f"depscan {title}"))
    properties = ",".join(f"{key}={workflow_property(value, 300)}" for key, value in pairs if value)
    return f"::{level} {properties}::{workflow_data(message, _TEXT)}"


REPORT = Report("github", "GitHub workflow annotations", "text/plain", render)
