"""Hooks and tasks that run shell commands by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.checks._agent_formats import AGENT_FORMATS
from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule
from depscan.model.use import Use

RULE = Rule(
    "agent/hook-runs-shell",
    "Hook or task of an agent or editor runs a command by itself",
    "behaviour",
    Severity.MEDIUM,
    "A hook, helper or task in the project's settings runs a shell command when the agent works or the folder is "
    "opened.",
    "Whoever can change the file runs commands on the machine of everybody who opens the project; attacks of 2025 "
    "and 2026 planted such hooks.",
    "Read the command; keep hooks in the user's own settings, or trust the folder only after a review. Never let "
    "a hook fetch code.",
    "Formatters and linters as hooks are common and useful: accept them with an exception after reading.",
)

FETCHES = Rule(
    "agent/hook-fetches-code",
    "Hook or task of an agent or editor fetches code and runs it",
    "behaviour",
    Severity.HIGH,
    "A hook, helper or task in the project's settings fetches a program or script and runs it, when the agent works or "
    "the folder is opened.",
    "What runs on the machine of everybody who opens the project is decided anew by a server each time; attacks of "
    "2025 and 2026 planted such hooks.",
    "Remove the hook; install the tool once, pinned and reviewed.",
    "None known: a hook has no need to fetch what it runs.",
)

_NAMED = 3
_ON_HOST = "initializeCommand"
"""The one command of a development container that runs on the machine and not inside of the container."""

_FETCHES = re.compile(
    r"(?i)\b(?:curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod)\b[^\n]{0,300}(?:\|\s*(?:sudo\s+)?(?:[\w./]*/)?"
    r"(?:(?:ba|z|da|k)?sh|python[\d.]*|node|perl|ruby|iex|pwsh|powershell)\b|(?:&&|;)[^\n]{0,200}"
    r"(?:chmod|(?:ba|z|da)?sh\s|python[\d.]*\s|node\s|\./))|\b(?:ba|z|da)?sh\s+(?:-\w+\s+)*<\(\s*(?:curl|wget)"
    r"|\b(?:eval|sh\s+-c|bash\s+-c)\b[^\n]{0,40}\$\(\s*(?:curl|wget)|\b(?:iex|downloadstring)\b|base64\s+(?:-d|--decode)[^\n]{0,60}\|"
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per command that fetches what it runs, and one per file for the other commands."""
    plain: dict[str, list[Use]] = {}
    told: set[tuple[str, str]] = set()
    for document, use, _package in uses(context):
        trigger, command = use.get("trigger"), use.get("command")
        if not trigger or not command or document.format not in AGENT_FORMATS or (document.path, use.how) in told:
            continue
        told.add((document.path, use.how))
        if _FETCHES.search(command):
            message = f"{use.how} ({trigger}) fetches and runs code: {command[:150]}"
            yield finding_at(context, FETCHES, use.node, message, (document.path, use.at))
        elif document.format != "agent-instructions" and (document.format != "devcontainer" or trigger == _ON_HOST):
            plain.setdefault(document.path, []).append(use)
    for path, held in plain.items():
        first = held[0]
        message = f"{first.how} ({first.get('trigger')}) runs: {first.get('command')[:150]}"
        if len(held) > 1:
            shown = "; ".join(f"{use.get('trigger')}: {use.get('command')[:60]}" for use in held[:_NAMED])
            more = f"; and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
            message = f"{len(held)} commands run by themselves: {shown}{more}"
        yield finding_at(context, RULE, first.node, message, (path, first.at))


CHECK = Check("agent_hook", "Hooks and tasks that run commands", (RULE, FETCHES), run)
