"""Tools that are given the whole disk or a home folder."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/wide-root",
    "Agent tool is given everything",
    "trust",
    Severity.MEDIUM,
    "A tool is started with the root of the disk, a home folder, a folder of credentials or the container "
    "daemon's socket.",
    "One hidden instruction in a document or a web page is enough to make the agent read keys and send them, or "
    "write start files.",
    "Give it the folder of the project, read-only where that is enough.",
    "A container that has nothing of value in it.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per folder that is too much."""
    for document, use, _package in uses(context):
        kind, _, path = use.get("permission").partition(":")
        if kind == "files":
            message = f"{use.how} is given {path[:100]}"
            yield finding_at(context, RULE, use.node, message, (document.path, use.at))


CHECK = Check("agent_wide_root", "Tools with access to everything", (RULE,), run)
