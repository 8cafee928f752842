"""Hooks and tasks that run shell commands by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.checks._agent_formats import AGENT_FORMATS
from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/hook-runs-shell",
    "Hook or task of an agent or editor runs a command by itself",
    "behaviour",
    Severity.MEDIUM,
    "A hook, helper or task in the project's settings runs a shell command when the agent works or the folder is "
    "opened.",
    "Whoever can change the file runs commands on the machine of everybody who opens the project; attacks of 2025 "
    "and 2026 planted such hooks. One that fetches a program and runs it is decided anew by a server each time.",
    "Read the command; keep hooks in the user's own settings, or trust the folder only after a review. Never let "
    "a hook fetch code.",
    "Formatters and linters as hooks are common and useful: accept them with an exception after reading.",
)

_FETCHES = re.compile(
    r"(?i)\b(?:curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod)\b[^\n]{0,300}(?:\|\s*(?:sudo\s+)?(?:[\w./]*/)?"
    r"(?:(?:ba|z|da|k)?sh|python[\d.]*|node|perl|ruby|iex|pwsh|powershell)\b|(?:&&|;)[^\n]{0,200}"
    r"(?:chmod|(?:ba|z|da)?sh\s|python[\d.]*\s|node\s|\./))|\b(?:ba|z|da)?sh\s+(?:-\w+\s+)*<\(\s*(?:curl|wget)"
    r"|\b(?:eval|sh\s+-c|bash\s+-c)\b[^\n]{0,40}\$\(\s*(?:curl|wget)|\b(?:iex|downloadstring)\b|base64\s+(?:-d|--decode)[^\n]{0,60}\|"
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per command that runs by itself; high where it fetches what it runs."""
    told: set[tuple[str, str]] = set()
    for document, use, _package in uses(context):
        trigger, command = use.get("trigger"), use.get("command")
        if not trigger or not command or document.format not in AGENT_FORMATS or (document.path, use.how) in told:
            continue
        fetches = _FETCHES.search(command) is not None
        inside = document.format == "devcontainer" and trigger != "initializeCommand"  # it is the container's build
        if not fetches and (inside or document.format == "agent-instructions"):
            continue
        told.add((document.path, use.how))
        what = "fetches and runs code" if fetches else "runs"
        message = f"{use.how} ({trigger}) {what}: {command[:150]}"
        found = finding_at(context, RULE, use.node, message, (document.path, use.at))
        yield found._replace(severity=Severity.HIGH) if fetches else found


CHECK = Check("agent_hook", "Hooks and tasks that run commands", (RULE,), run)
