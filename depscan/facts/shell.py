"""POSIX and bash text lowered to facts: a small interpreter that folds values and runs nothing.

Every command is looked at once, in order, whatever its condition; loops over constant words a few times.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts._call import Session
from depscan.facts.place import UNKNOWN, Place, Val
from depscan.facts.sink import Sink

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface

LANGUAGE = "shell"
MAX_TEXT = 100_000
_NOTHING = Val()
_STRONG = re.compile(
    r"\b(?:curl|wget|nc|ncat|netcat|socat|base64|xxd|openssl|eval|python[\d.]*|perl|ruby|node|php|bash|powershell|crontab|systemctl"
    r"|launchctl|scp|ssh|ftp|dig|nslookup|authorized_keys|pip3?|npm|osascript|xmrig)\b|/dev/(?:tcp|udp)/|\.ssh|\.aws|\|\s*\w*sh\b"
)


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Read every shell script of the surface."""
    from depscan.facts._entries import entries

    for text, entry, member in entries(artifact, surface, LANGUAGE):
        read_shell(text, path=entry.path, line=1, when=entry.when, layer=(), sink=sink, container=member.container)


def read_shell(  # noqa: PLR0913
    text: str, *, path: str, line: int, when: str, layer: tuple[str, ...], sink: Sink, sources: tuple[int, ...] = (),
    guards: tuple[str, ...] = (), scope: str = "", text_line: str = "", container: tuple[str, ...] = (),
) -> list[int]:  # fmt: skip
    """Lower shell text to facts; the arguments are those of ``Fact``.

    ``line`` is that of the first line when ``layer`` is empty, else every fact stands at ``line``.

    Returns:
        Indices of the facts that were added.
    """
    place = Place(sink, path, line, when, layer, (), guards, scope, text_line, container)
    before = len(sink.facts)
    session = Session(sources)
    run_text(text, place if UNKNOWN in text else place._replace(sources=sources), session)
    return list(range(before, len(sink.facts)))


def run_text(text: str, place: Place, session: Session, stdin: Val = _NOTHING) -> Val:
    """Follow shell text and return what it prints, as far as it is known."""
    from depscan.facts._shell_run import Shell

    if place.too_deep():
        return Val(UNKNOWN)
    if len(text) <= MAX_TEXT:
        return Shell(text, place, session).run_all(stdin)
    place.sink.gap(place.path, f"shell text of {len(text)} characters: only its telling lines were read", place.line)
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if _STRONG.search(line) and session.fuel > 0:
            spot = place if place.layer else place._replace(line=place.line + number)
            Shell(line[:MAX_TEXT], spot, session).run_all(Val())
    return Val(UNKNOWN)
