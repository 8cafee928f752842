"""The data of ``rules/ci``: agents, publishers, and what strangers can write."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Any, NamedTuple

from depscan.text.folder import rules_folder
from depscan.text.load import load_toml
from depscan.text.shape import string, strings, tables
from depscan.text.source import read_source


class Agent(NamedTuple):
    """An AI agent of ``rules/ci/agents.toml``; see there for the fields."""

    action: str
    command: str
    words: re.Pattern[str]
    prompt: tuple[str, ...]
    open: tuple[str, ...]
    tools: re.Pattern[str] | None
    always: bool


class Publisher(NamedTuple):
    """A way to publish of ``rules/ci/publishers.toml``; see there for the fields."""

    action: str
    command: re.Pattern[str] | None
    inputs: tuple[str, ...]
    words: re.Pattern[str]
    secrets: re.Pattern[str] | None
    attests: str
    off: re.Pattern[str] | None
    kept: bool


class Untrusted(NamedTuple):
    """What strangers can write: see ``rules/ci/untrusted.toml``."""

    triggers: frozenset[str]
    texts: re.Pattern[str]
    pointers: re.Pattern[str]
    changes: re.Pattern[str]


@lru_cache(maxsize=1)
def agents() -> tuple[Agent, ...]:
    """Return the rows of ``agents.toml``."""
    return tuple(
        Agent(
            string(row.get("action"), "action").lower(),
            string(row.get("command"), "command"),
            re.compile(string(row.get("words"), "words")),
            tuple(strings(row.get("prompt"), "prompt")),
            tuple(strings(row.get("open"), "open")),
            _expression(row, "tools"),
            row.get("always") is True,
        )
        for row in tables(_table("agents").get("agent"), "agent")
    )


@lru_cache(maxsize=1)
def publishers() -> tuple[Publisher, ...]:
    """Return the rows of ``publishers.toml``."""
    return tuple(
        Publisher(
            string(row.get("action"), "action").lower(),
            _expression(row, "command"),
            tuple(strings(row.get("inputs"), "inputs")),
            re.compile(string(row.get("words"), "words"), re.MULTILINE),
            _expression(row, "secrets"),
            string(row.get("attests"), "attests"),
            _expression(row, "off"),
            row.get("kept") is True,
        )
        for row in tables(_table("publishers").get("publisher"), "publisher")
    )


@lru_cache(maxsize=1)
def untrusted() -> Untrusted:
    """Return the table ``untrusted.toml``."""
    data = _table("untrusted")
    texts, pointers, changes = ("|".join(strings(data.get(k), k)) for k in ("texts", "pointers", "changes"))
    return Untrusted(
        frozenset(strings(data.get("triggers"), "triggers")),
        re.compile(rf"(?i)(?<![\w.])(?:{texts})"),
        re.compile(rf"(?i)(?<![\w.])(?:{pointers})(?![\w.])"),
        re.compile(rf"(?i)(?<![\w.])(?:{changes})"),
    )


def _table(name: str) -> dict[str, Any]:
    return load_toml(read_source(os.path.join(rules_folder(), "ci", f"{name}.toml")))


def _expression(row: dict[str, Any], key: str) -> re.Pattern[str] | None:
    text = string(row.get(key), key)
    return re.compile(text, re.MULTILINE) if text else None
