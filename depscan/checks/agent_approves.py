"""Settings that let an agent act without asking."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/approves-everything",
    "Agent acts without asking",
    "trust",
    Severity.MEDIUM,
    "The project's settings approve every command, every tool or every server without a question.",
    "The question is the last place where a person sees what a planted instruction makes the agent do. A project "
    "that switches it off decides for everybody who opens it.",
    "Approve single commands (Bash(npm test)) and tools; keep such switches out of the repository.",
    "A container without network and secrets, made for unattended runs.",
)

_EVERYTHING = re.compile(
    r"(?i)\*|(?:bash|shell|powershell|run_shell_command|shelltool|computer|execute)"
    r"(?:\((?:\*|:\*|\*\*|\*:\*|//\*\*|/\*\*|domain:\*)?\))?|mcp__\*|/\.\*/|\.\*"
    r"|(?:bash|shell)\((?:sudo|curl|wget|bash|sh|python3?|node|rm|eval|npx|uvx)(?::?\s?\*)\)"
).fullmatch


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per approval that has no limits."""
    for document, use, _package in uses(context):
        kind, _, what = use.get("permission").partition(":")
        if kind == "approves" and _EVERYTHING(what.strip()):
            message = f"{use.how} approves {'everything' if what in {'*', ''} else what[:100]} without asking"
            yield finding_at(context, RULE, use.node, message, (document.path, use.at))


CHECK = Check("agent_approves", "Approvals of everything", (RULE,), run)
