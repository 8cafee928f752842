"""Steps that publish to an index, and the long-lived secret they do it with."""

from __future__ import annotations

import re
from typing import Any

from depscan.inputs.ci._expressions import secrets_in, texts_of
from depscan.inputs.ci._scope import Scope
from depscan.inputs.ci._tables import Publisher, publishers
from depscan.inputs.code._shell import commands


def publishing_action(name: str, inputs: dict[str, Any], scope: Scope) -> dict[str, str]:
    """Return the facts of an action that publishes; {} for others."""
    words = "\n".join(f"{k}: {t}" for k, v in inputs.items() for t in texts_of(v))
    for way in publishers():
        if way.action and name.lower() == way.action and way.words.search(words):
            return _facts(way, [inputs.get(k) for k in way.inputs], words, scope)
    return {}


def publishing_command(text: str, scope: Scope) -> tuple[dict[str, str], int]:
    """Return the facts of a script that publishes and the 0-based line of the command; {} for others."""
    for command in commands(text, 0):
        words = " ".join(command.words)
        for way in publishers():
            if way.command is not None and way.command.search(words):
                return {"command": words[:60].split("$")[0], **_facts(way, words, words, scope)}, command.line
    return {}, 0


def _facts(way: Publisher, given: Any, words: str, scope: Scope) -> dict[str, str]:  # noqa: ANN401 - values of the file
    held = [v for k, v in scope.env.items() if way.secrets is not None and way.secrets.fullmatch(k)]
    mentioned = [
        v for k, v in scope.env.items() if isinstance(given, str) and re.search(rf"\$\{{?{re.escape(k)}\b", given)
    ]
    secrets = [s for s in secrets_in(given, held, mentioned) if s != "GITHUB_TOKEN"]
    off = way.off is not None and bool(way.off.search(words))
    attests = not off and (
        way.attests == "default" or bool(way.attests and re.search(way.attests, words, re.MULTILINE))
    )
    return {
        "task": "publish",
        "secret": "" if way.kept else ", ".join(secrets),
        "attests": "yes" if attests else "no",
    }
