"""Secrets written into an agent's file."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._agent_formats import AGENT_FORMATS
from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/inline-secret",
    "Secret written into an agent's file",
    "trust",
    Severity.HIGH,
    "A key, token or password stands as plain text in a file that configures an agent. Its value is not shown.",
    "The file travels with the repository, its copies and its backups, and every tool that the agent starts can "
    "read it.",
    "Revoke the secret, and let the file name a variable (${NAME}) or an input that is asked for.",
    "A test value; a public client key. Placeholders and references to variables are not reported.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per secret that stands inline; only its name is told."""
    told: set[tuple[str, str, str]] = set()
    for document, use, _package in uses(context):
        name = use.get("secret")
        key = (document.path, use.how, name)
        if name and document.format in AGENT_FORMATS and key not in told:
            told.add(key)
            message = f"{name} holds a secret in plain text ({use.how})"
            yield finding_at(context, RULE, use.node, message, (document.path, use.at))


CHECK = Check("agent_inline_secret", "Secrets in agents' files", (RULE,), run)
