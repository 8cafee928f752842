"""Text in agents' instructions that people do not see."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/hidden-text",
    "Hidden text in instructions for agents",
    "behaviour",
    Severity.HIGH,
    "An instruction file holds characters that are not shown (direction controls, tag characters, runs of zero- "
    "width characters), or a comment or far column with orders.",
    "A reviewer reads one text, the agent another: the Rules File back door of 2025 hid orders to write "
    "vulnerable code this way.",
    "Delete the characters; find out who put them there.",
    "Direction controls in right-to-left languages; comments that are notes for people.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per place with hidden text."""
    for document, use, _package in uses(context):
        hidden = use.get("hidden")
        if hidden:
            sure = not hidden.startswith(("comment", "far"))
            confidence = Confidence.HIGH if sure else Confidence.MEDIUM
            at = (document.path, use.at)
            yield finding_at(context, RULE, use.node, f"hidden text: {hidden[:200]}", at, confidence=confidence)


CHECK = Check("agent_hidden_text", "Hidden text in agents' files", (RULE,), run)
