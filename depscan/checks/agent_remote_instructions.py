"""Instructions that an agent is told to fetch from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/remote-instructions",
    "Instructions are fetched at run time",
    "trust",
    Severity.MEDIUM,
    "A file tells the agent to fetch instructions from a URL and follow them, or puts the answer of a URL into "
    "its context.",
    "Whoever owns the host decides tomorrow what the agent does; a review of the file says nothing about it.",
    "Copy the instructions into the repository and review changes like code.",
    "A link that is only named as further reading is not reported.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per URL whose text becomes instructions, or whose script an agent is told to run."""
    told: set[tuple[str, str]] = set()
    for document, use, _package in uses(context):
        runner, endpoint = use.get("runner"), use.get("endpoint")
        fetched = runner.startswith("curl |") and document.format == "agent-instructions"
        if (use.get("task") == "instructions" or fetched) and (document.path, endpoint) not in told:
            told.add((document.path, endpoint))
            what = "a script to run" if fetched else "instructions"
            message = f"{what} fetched from {endpoint[:150]}"
            yield finding_at(context, RULE, use.node, message, (document.path, use.at))


CHECK = Check("agent_remote_instructions", "Instructions fetched at run time", (RULE,), run)
