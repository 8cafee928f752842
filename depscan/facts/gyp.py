"""``binding.gyp``: command expansions and actions that node-gyp runs at installation (GYP input format reference)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts.fact import INSTALL
from depscan.facts.place import Place
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface

LANGUAGE = "gyp"
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_EXPANSION = re.compile(r"[<>^]!@?\(")
_ACTION = re.compile(r"['\"]action['\"]\s*:\s*\[([^\]]*)\]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every gyp file of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_gyp(text, path=entry.path, line=1, when=entry.when, layer=(), sink=sink, container=member.container)


def read_gyp(  # noqa: PLR0913
    text: str, *, path: str, line: int = 1, when: str = INSTALL, layer: tuple[str, ...] = (), sink: Sink, sources: tuple[int, ...] = (),  # noqa: E501
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower a gyp file to facts: ``<!(command)``, ``<!@(command)`` and the argument lists of actions.

    Returns:
        Indices of the facts that were added.
    """
    before = len(sink.facts)
    place = Place(sink, path, line, when, layer, sources, guards, scope, text_line, container)
    clean = re.sub(r"(?m)^\s*#.*$", "", text)
    for match in _STRING.finditer(clean):
        body = _ESCAPED.sub(r"\1", match[1] if match[1] is not None else match[2])
        for command in _expansions(body):
            _command(command, _at(place, clean, match.start()))
    for match in _ACTION.finditer(clean):
        words = [_ESCAPED.sub(r"\1", one or two) for one, two in _STRING.findall(match[1])]
        if words:
            _command(words, _at(place, clean, match.start()))
    return list(range(before, len(sink.facts)))


def _expansions(body: str) -> list[str]:
    found: list[str] = []
    for match in _EXPANSION.finditer(body):
        depth, end = 1, match.end()
        while end < len(body) and depth:
            depth += {"(": 1, ")": -1}.get(body[end], 0)
            end += 1
        found.append(body[match.end() : end - 1 if depth == 0 else end])
    return found


def _at(place: Place, text: str, offset: int) -> Place:
    start = text.rfind("\n", 0, offset) + 1
    shown = text[start:].split("\n", 1)[0]
    return place._replace(line=place.line + text.count("\n", 0, offset), text=shown)


def _command(command: str | list[str], place: Place) -> None:
    from depscan.facts.command import read_command

    whole = command if isinstance(command, str) else " ".join(command)
    index = place.add("hook.declare", "node-gyp", (whole,))
    read_command(
        command, path=place.path, line=place.line, when=place.when, layer=place.layer, sink=place.sink,
        sources=(index,) if index >= 0 else (), guards=place.guards, text=place.text, container=place.container,
    )  # fmt: skip
