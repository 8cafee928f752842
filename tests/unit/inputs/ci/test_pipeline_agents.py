"""Agents in workflows: which step is one, what strangers tell it, what it may do."""

from __future__ import annotations

import pytest

from depscan.inputs.ci.github_workflow import parse
from depscan.model.use import Use
from depscan.text.source import SourceFile

BODY = "${{ github.event.issue.body }}"


def agent(step: str, *, on: str = "issues", job: str = "") -> Use | None:
    text = f"on: {on}\njobs:\n  a:\n{job}    steps:\n      - {step}\n"
    found = [u for u in parse(SourceFile("ci.yml", text.encode())).uses if u.get("task") == "agent"]
    return found[0] if found else None


def told(step: str, *, on: str = "issues", job: str = "") -> str:
    found = agent(step, on=on, job=job)
    assert found is not None
    return found.get("untrusted")


@pytest.mark.parametrize(
    "step",
    [
        f"uses: anthropics/claude-code-action@v1\n        with:\n          prompt: Look at {BODY}",
        f"uses: google-github-actions/run-gemini-cli@v0\n        env:\n          PROMPT_TEXT: {BODY}",
        (
            f"uses: openai/codex-action@v1\n        env:\n          T: {BODY}\n        with:\n"
            f"          prompt: 'see ${{{{ env.T }}}}'"
        ),
        f'run: claude -p "{BODY}"',
        f'run: npx -y @anthropic-ai/claude-code -p "$B"\n        env:\n          B: {BODY}',
        f'run: |\n          echo "$B" | llm -m x\n        env:\n          B: {BODY}',
        f'run: |\n          A=$(codex exec "$B")\n        env:\n          B: {BODY}',
        f'run: |\n          curl https://api.example/v1/chat/completions -d "$B"\n        env:\n          B: {BODY}',
        (
            f"run: |\n          python - <<X\n          import openai, os\n"
            f"          openai.OpenAI().responses.create(input=os.environ['B'])\n          X\n"
            f"        env:\n          B: {BODY}"
        ),
    ],
)  # fmt: skip
def test_a_strangers_text_is_seen_on_its_way_to_a_model(step: str) -> None:
    assert told(step) == "github.event.issue.body"


@pytest.mark.parametrize("step", ["run: echo claude", "uses: acme/claude@v1", "run: pip install llm", "run: ls codex"])
def test_other_steps_are_no_agents(step: str) -> None:
    assert agent(step) is None


def test_texts_of_people_with_rights_are_not_strange() -> None:
    step = "run: claude -p '${{ github.event.comment.body }}'"
    guard = "    if: github.event.comment.author_association == 'MEMBER'\n"
    assert told(step, on="issue_comment") == "github.event.comment.body"
    assert told(step, on="issue_comment", job=guard) == ""
    assert told(step, on="workflow_dispatch") == ""
    assert told(step, on="pull_request") == ""
    fork = "run: claude -p '${{ github.event.pull_request.title }}'"
    own = "    if: github.event.pull_request.head.repo.full_name == github.repository\n"
    assert told(fork, on="pull_request_target") == "github.event.pull_request.title"
    assert told(fork, on="pull_request_target", job=own) == ""


def test_the_number_of_an_issue_leads_an_agent_to_its_text() -> None:
    assert told("run: claude -p 'triage ${{ github.event.issue.number }}'") == "github.event.issue.number"


def test_what_an_agent_may_do_and_who_may_start_it_are_facts() -> None:
    found = agent(
        "uses: anthropics/claude-code-action@v1\n"
        "        with: { allowed_non_write_users: '*', claude_args: '--allowedTools Bash' }"
    )
    assert found is not None
    assert (found.get("tools"), found.get("open")) == ("shell", "allowed_non_write_users: *")
    assert (agent("run: claude -p x") or found).get("tools") == ""


def test_an_agent_stands_on_the_line_of_its_command() -> None:
    found = agent("run: |\n          echo\n          claude -p x")
    assert found is not None
    assert (found.at, found.get("command")) == (7, "claude")
