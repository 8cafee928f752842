"""JavaScript lowered to facts: tokens, folded constants and file-level flow; nothing is run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.facts.fact import WHEN
from depscan.facts.place import UNKNOWN, Place
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.surface import Surface
    from depscan.facts._js_walk import Walk

LANGUAGE = "javascript"
MAX_TEXT = 1_500_000
_MAX_MODULES = 60
_OBFUSCATED = 40
_TELLING = re.compile(
    r"(?i)require|import|eval|Function|fetch|process|XMLHttp|atob|fromCharCode|Buffer|WebSocket|child_process|constructor|sendBeacon|clipboard|\\x|_0x"
)


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every JavaScript file of the surface, with the members it requires."""
    members = {member.path: member for member in artifact.members}
    seen: dict[str, str] = {}
    scripts = [entry for entry in surface.entries if entry.language == LANGUAGE]
    for entry in sorted(scripts, key=lambda entry: WHEN.index(entry.when)):  # what runs first is read first
        read_modules(members, entry.path, entry.when, sink, seen)


def read_modules(members: dict[str, Member], path: str, when: str, sink: Sink, seen: dict[str, str]) -> None:
    """Read a script and, from it, the members it requires; ``seen`` maps what was read to when it runs."""
    from depscan.facts._entries import as_text

    queue = [(path, False)]
    while queue:
        if len(seen) >= _MAX_MODULES:
            sink.gap(path, f"more than {_MAX_MODULES} JavaScript files: the rest was not read")
            return
        current, eager = queue.pop(0)
        member = _find(members, current)
        if member is None or member.path in seen:
            continue
        seen[member.path] = when
        place = Place(sink, member.path, 1, when, container=member.container)
        wanted = run_javascript(as_text(member.read()), place, eager=eager)
        queue.extend((_beside(member.path, name), name in wanted.invoked) for name in wanted.names if name[:1] == ".")


def _find(members: dict[str, Member], path: str) -> Member | None:
    for suffix in ("", ".js", ".cjs", ".mjs", "/index.js", ".ts", ".json"):
        member = members.get(path + suffix)
        if member is not None and not member.path.endswith(".json"):
            return member
    return None


def _beside(path: str, name: str) -> str:
    import posixpath

    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def read_javascript(  # noqa: PLR0913
    text: str, *, path: str, line: int, when: str, layer: tuple[str, ...], sink: Sink, sources: tuple[int, ...] = (),
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower JavaScript text to facts; see ``depscan.facts.shell.read_shell``.

    Returns:
        Indices of the facts that were added.
    """
    before = len(sink.facts)
    place = Place(sink, path, line, when, layer, sources, guards, scope, text_line, container)
    run_javascript(text, place)
    return list(range(before, len(sink.facts)))


class Wanted(NamedTuple):
    """Modules that a script requires, and those of them whose exports it calls while it runs itself."""

    names: tuple[str, ...] = ()
    invoked: frozenset[str] = frozenset()


def run_javascript(text: str, place: Place, *, eager: bool = False) -> Wanted:
    """Follow JavaScript text; ``eager`` where what it exports is called at once."""
    from depscan.facts._js_walk import Walk

    if place.too_deep() or not _TELLING.search(text):
        return Wanted()
    if len(text) > MAX_TEXT:
        place.sink.gap(
            place.path, f"JavaScript of {len(text)} characters: only its beginning and its end were read", place.line
        )
        text = text[: MAX_TEXT // 2] + "\n" + text[-MAX_TEXT // 2 :]
    names = re.findall(r"\b_0x[0-9a-f]{4,}\b", text[:200_000])
    if len(names) >= _OBFUSCATED:
        place.add("code.unreadable", "javascript-obfuscator", (f"{len(set(names))} names of the form _0x...",))
        place.sink.gap(place.path, "JavaScript whose names and strings are hidden by an obfuscator", place.line)
    walk = Walk(text, place)
    walk.eager = eager
    try:
        walk.run()
    except RecursionError:
        place.sink.gap(place.path, "JavaScript nested too deeply to follow", place.line)
    return Wanted(tuple(walk.required), frozenset(walk.invoked))


def follow(text: str, place: Place, walk: Walk) -> None:
    """Follow text that a script evaluates."""
    walk.fuel -= 1000
    if UNKNOWN not in text and walk.fuel > 0:
        wanted = run_javascript(text, place)
        walk.required.extend(wanted.names)
        walk.invoked.update(wanted.invoked)
