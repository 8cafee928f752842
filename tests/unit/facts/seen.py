"""Reads commands and scripts in tests and shows facts as short words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from depscan.facts.command import read_command
from depscan.facts.fact import Fact
from depscan.facts.sink import Sink

WHERE: dict[str, Any] = {"path": "setup.py", "line": 7, "when": "install", "layer": ()}


def facts_of(command: str | list[str], sources: tuple[int, ...] = ()) -> list[Fact]:
    """Return the facts of a started command."""
    sink = Sink()
    read_command(command, sink=sink, sources=sources, **WHERE)
    return sink.facts


def script_of(reader: Callable[..., list[int]], text: str) -> list[Fact]:
    """Return the facts of a script."""
    sink = Sink()
    reader(text, sink=sink, **{**WHERE, "line": 1})
    return sink.facts


def words(facts: list[Fact]) -> list[str]:
    """Return the kinds of facts without doubles, in order."""
    return list(dict.fromkeys(fact.what for fact in facts))


def one(facts: list[Fact], what: str) -> Fact:
    """Return the only fact of a kind that stands deepest."""
    found = [fact for fact in facts if fact.what == what]
    assert found, f"no {what} in {words(facts)}"
    return found[-1]


def reached_by(facts: list[Fact], what: str) -> set[str]:
    """Return the kinds of facts that flow, directly or not, into the last fact of a kind."""
    queue, seen = list(one(facts, what).sources), set()
    while queue:
        index = queue.pop()
        if index not in seen:
            seen.add(index)
            queue.extend(facts[index].sources)
    return {facts[index].what for index in seen}
