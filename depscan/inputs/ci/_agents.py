"""AI agents in pipelines: which step is one, what strangers tell it, and what it may do."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from depscan.inputs.ci._expressions import texts_of
from depscan.inputs.ci._scope import Scope
from depscan.inputs.ci._tables import Agent, agents

_CALL = re.compile(
    r"(?s)\b(?:openai|anthropic|litellm|genai|mistralai|cohere)\b.{0,4000}?\.(?:create|stream|generate_content|completion|chat|complete)\s*\("
)
_START = (
    r"(?m)(?:^|[;&|(`]|\b(?:then|do|else|time|exec|sudo|xargs(?:\s+-\S+)*|npx(?:\s+-\S+)*|uvx|bunx|pnpm\s+dlx)\b)[ \t]*"
    r"(?:\w+=\S*[ \t]+)*(?:@[\w-]+/)?(?:[\w.~$-]*/)*(?P<name>%s)(?:@\S+)?(?=[ \t\\]|$)"
)  # fmt: skip
_SHOWN = 8
_MAX_CODE = 50_000


def agent_action(name: str) -> Agent | None:
    """Return the agent an action is, by owner and repository (or a path below it)."""
    lowered = name.lower()
    return next((a for a in agents() if a.action and (lowered + "/").startswith(a.action + "/")), None)


def action_facts(agent: Agent, inputs: dict[str, Any], scope: Scope) -> dict[str, str]:
    """Return the facts of a step that runs an agent as an action."""
    prompt = {k: v for k, v in inputs.items() if not agent.prompt or k in agent.prompt}
    words = "\n".join(f"{k}: {t}" for k, v in inputs.items() for t in texts_of(v))
    opened = [f"{k}: {t}" for k in agent.open for t in texts_of(inputs.get(k)) if t.strip() not in {"", "false"}]
    given = {name: scope.env[name] for name in scope.env if name.lower().startswith(("prompt", "input"))}
    told = [prompt, given]
    return _facts(agent, scope, told, words, opened)


def command_facts(text: str, scope: Scope) -> tuple[dict[str, str], int]:
    """Return the facts of a script that asks a model and the offset where it does; {} where it does not."""
    for match in _pattern().finditer(text):
        agent = next(a for a in agents() if a.command == match["name"])
        rest = text[match.start() :]
        if agent.words.search(rest):
            return {"command": agent.command, **_facts(agent, scope, text, rest, [])}, match.start("name")
    called = _CALL.search(text[:_MAX_CODE])
    if called:
        return {"command": "model call", **_facts(None, scope, text, "", [])}, called.start()
    return {}, 0


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile(_START % "|".join(sorted(re.escape(a.command) for a in agents() if a.command)))


def _facts(agent: Agent | None, scope: Scope, told: Any, words: str, opened: list[str]) -> dict[str, str]:  # noqa: ANN401
    # On other events only people with rights in the repository write, or the job has neither secrets nor token.
    texts = (scope.untrusted(told) or scope.pointers(told)) if scope.open else []
    powerful = agent is not None and (agent.always or (agent.tools is not None and bool(agent.tools.search(words))))
    return {
        "task": "agent",
        "untrusted": ", ".join(texts[:_SHOWN]),
        "tools": "shell" if powerful else "",
        "open": "; ".join(opened)[:200] if scope.open else "",
    }
