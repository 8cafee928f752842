"""Text and changes of strangers that become code of a pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._pipelines import built, reach
from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "ci/text-becomes-code",
    "Text of strangers becomes code of a workflow",
    "behaviour",
    Severity.HIGH,
    "A script holds an expression such as ${{ github.event.issue.title }} that anybody can write, on an event anybody "
    "can cause.",
    'The expression is put into the script before it runs: a title like "; curl ... | sh" is executed with the job\'s '
    "secrets and token. ultralytics was taken over by the name of a branch in December 2024.",
    'Give the text to the script as a variable (env: TITLE: ${{ ... }}) and use it quoted ("$TITLE").',
    "A job without secrets and with a token that may only read: its confidence is medium.",
)

CHECKOUT = Rule(
    "ci/strangers-code",
    "Change of a stranger checked out with rights",
    "behaviour",
    Severity.HIGH,
    "A workflow checks out the head of a pull request on an event that gives it the repository's secrets and token "
    "(pull_request_target, workflow_run, issue_comment).",
    "Whatever runs after that (a build, a test, an install of its requirements, a Makefile) is the stranger's code "
    "with your rights; several well-known projects were taken over this way.",
    "Do that on pull_request, which has no secrets; take the result to a workflow_run that checks nothing out and "
    "treats it as data.",
    "A workflow that only reads the files and runs nothing of them, or that a maintainer starts by a label each time.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per script that strangers' text is put into, and per checkout of a stranger's change."""
    for document, use, _ in built(context):
        if use.get("task") == "checkout":
            message = f"the change of a stranger ({use.get('untrusted')}) is checked out on {use.get('trigger')}"
            made = finding_at(context, CHECKOUT, use.node, message, (document.path, use.at))
            yield made._replace(confidence=Confidence.MEDIUM)
        if use.get("task") != "script":
            continue
        rights = ", ".join(reach(use))
        message = f"{use.get('untrusted')} becomes part of a script on {use.get('trigger')}"
        message += f", which can reach {rights}" if rights else ""
        # Without permissions in the file the token has what the repository's settings say: often write.
        sure = Confidence.HIGH if rights or not use.get("permission") else Confidence.MEDIUM
        yield finding_at(context, RULE, document.path, message, (document.path, use.at), confidence=sure)


CHECK = Check("ci_injection", "Text and changes of strangers that become code", (RULE, CHECKOUT), run)
