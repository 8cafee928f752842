"""``.pth`` files: lines that start with ``import`` run at every interpreter start (Python's ``site`` module)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts.fact import STARTUP
from depscan.facts.place import Place
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface

LANGUAGE = "pth"
_MAX_LINES = 20_000


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every ``.pth`` file of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_pth(text, path=entry.path, line=1, when=entry.when, layer=(), sink=sink, container=member.container)


def read_pth(  # noqa: PLR0913
    text: str, *, path: str, line: int = 1, when: str = STARTUP, layer: tuple[str, ...] = (), sink: Sink, sources: tuple[int, ...] = (),  # noqa: E501
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower a ``.pth`` file to facts: each ``import`` line is code, other lines are folders for ``sys.path``.

    ``site.addpackage`` runs a line that starts with ``import`` and a blank or tab; it knows no other start, and
    blanks before ``import`` make the line a path. Comments start with ``#`` in the first column.

    Returns:
        Indices of the facts that were added.
    """
    before = len(sink.facts)
    place = Place(sink, path, line, when, layer, sources, guards, scope, text_line, container)
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    if len(lines) > _MAX_LINES:
        sink.gap(path, f".pth of more than {_MAX_LINES} lines: only its import lines were read")
    for number, content in enumerate(lines):
        spot = place._replace(line=line + number, text=content)
        if content.startswith(("import ", "import\t")):
            _code(content.rstrip(), spot)
        elif content.strip() and not content.startswith("#") and number < _MAX_LINES:
            _folder(content.strip(), spot)
    return list(range(before, len(sink.facts)))


def _code(content: str, place: Place) -> None:
    from depscan.facts._other_code import read_python_at

    place.add("start.line", "site", (content,))
    read_python_at(content, place)


def _folder(content: str, place: Place) -> None:
    """A folder added to ``sys.path``: absolute, parent and network ones are told."""
    if re.match(r"[/\\~]|[A-Za-z]:|\.\.", content) or "\0" in content:
        place.add("code.import-dynamic", "sys.path", (content,))
