"""AI agents in pipelines that strangers can talk to."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._pipelines import built, reach
from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule
from depscan.model.use import Use

RULE = Rule(
    "ci/agent-fed-by-strangers",
    "AI agent in a pipeline that reads what strangers write",
    "behaviour",
    Severity.HIGH,
    "A step hands text that anybody can write (the title or body of an issue, a comment, the name of a branch) to a "
    "model, on an event anybody can cause, and the job holds secrets, a token that may write, or tools that run "
    "commands.",
    "The text is an instruction to the model: it can make the agent print secrets into a comment, push code or run "
    "commands on the runner. Several published agents' workflows were taken over this way in 2025.",
    "Start the agent only for people with write access (a label, author_association), take the text out of the "
    "prompt, give the job permissions: contents: read, and allow no shell and no write tools.",
    "An agent without tools whose answer nobody executes: its confidence is medium.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per step that lets strangers talk to an agent with rights."""
    for document, use, package in built(context):
        if use.get("task") != "agent":
            continue
        told, opened = use.get("untrusted"), use.get("open")
        power = _power(use)
        if (told or opened) and power:
            who = _name(use, package)
            what = f"is told {told}" if told else f"can be started by anybody ({opened})"
            events = use.get("trigger")
            message = f"{who} {what} on {events} and has {power}"
            sure = Confidence.HIGH if use.get("tools") or "write" in use.get("permission") else Confidence.MEDIUM
            yield finding_at(context, RULE, use.node, message, (document.path, use.at), confidence=sure)


def _name(use: Use, package: Package) -> str:
    if package.ecosystem == "GitHub Actions":
        return package.raw_name or package.name
    return f"the command {use.get('command')}" if use.get("command") != "model call" else "a model"


def _power(use: Use) -> str:
    tools = ["tools that run commands or write"] if use.get("tools") else []
    return ", ".join([*tools, *reach(use)])


CHECK = Check("ci_agents", "AI agents in pipelines that strangers can talk to", (RULE,), run)
