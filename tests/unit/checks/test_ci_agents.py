"""Agents that strangers can talk to."""

from __future__ import annotations

from depscan.checks.ci_agents import CHECK
from depscan.model.document import Document
from tests.unit.checks.pipelines import found, said, workflow

FED = "uses: anthropics/claude-code-action@v1\n        with: { prompt: '${{ github.event.issue.body }}'%s }"
KEY = ", k: '${{ secrets.K }}'"
RULE = "ci/agent-fed-by-strangers"


def fed(extra: str = "", *, on: str = "issues", more: str = "permissions: {contents: read}\n") -> Document:
    return workflow(FED % extra, on=on, more=more)


def test_strangers_text_with_rights_is_reported() -> None:
    assert said(CHECK, fed(KEY)) == [(RULE, "high", 6)]
    assert said(CHECK, fed(more="permissions: {contents: write}\n")) == [(RULE, "high", 6)]
    assert said(CHECK, fed(", claude_args: '--allowedTools Bash'")) == [(RULE, "high", 6)]


def test_the_message_names_text_event_and_rights() -> None:
    [one] = found(CHECK, fed(KEY + ", claude_args: Bash", more="permissions: write-all\n"))
    assert one.message == (
        "anthropics/claude-code-action is told github.event.issue.body on issues and has tools that run commands or "
        "write, a token with write-all, the secrets K"
    )
    assert one.confidence.word == "high"
    assert found(CHECK, fed(KEY))[0].confidence.word == "medium"


def test_without_rights_or_strangers_it_is_quiet() -> None:
    assert said(CHECK, fed()) == []
    for on in ("push", "workflow_dispatch", "pull_request"):
        assert said(CHECK, fed(KEY, on=on)) == []


def test_an_agent_that_anybody_may_start_is_reported() -> None:
    step = "uses: openai/codex-action@v1\n        with: { prompt: go, allow-users: '*' }"
    [one] = found(CHECK, workflow(step, on="issue_comment"))
    assert "can be started by anybody (allow-users: *)" in one.message


def test_commands_are_agents_too() -> None:
    step = (
        'run: |\n          echo\n          claude -p "$T"\n'
        "        env: { T: '${{ github.head_ref }}', K: '${{ secrets.K }}' }"
    )
    [one] = found(CHECK, workflow(step, on="pull_request_target"))
    assert (one.primary.line, one.message.partition(" on ")[0]) == (7, "the command claude is told github.head_ref")
