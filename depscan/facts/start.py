"""``.start`` files: entry points that run at every interpreter start (PEP 829)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts.fact import STARTUP
from depscan.facts.place import Place
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface

LANGUAGE = "start"
_ENTRY = re.compile(r"[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*)?$")
_MAX_LINES = 5000


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every ``.start`` file of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_start(text, path=entry.path, line=1, when=entry.when, layer=(), sink=sink, container=member.container)


def read_start(  # noqa: PLR0913
    text: str, *, path: str, line: int = 1, when: str = STARTUP, layer: tuple[str, ...] = (), sink: Sink, sources: tuple[int, ...] = (),  # noqa: E501
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower a ``.start`` file to facts: each line ``package.module:callable`` is called at start-up.

    A line that is no entry point is reported as a gap: an interpreter with other rules might run it.

    Returns:
        Indices of the facts that were added.
    """
    before = len(sink.facts)
    place = Place(sink, path, line, when, layer, sources, guards, scope, text_line, container)
    for number, content in enumerate(text.removeprefix("\ufeff").splitlines()[:_MAX_LINES]):
        entry = content.split("#", 1)[0].strip()
        entry = entry.split("=", 1)[-1].strip() if "=" in entry else entry
        if not entry:
            continue
        spot = place._replace(line=line + number, text=content)
        if _ENTRY.match(entry):
            spot.add("start.line", "site", (entry,))
        else:
            sink.gap(path, "a line of a .start file that is no entry point", spot.line)
    return list(range(before, len(sink.facts)))
