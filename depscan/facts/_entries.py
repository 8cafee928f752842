"""The members of the surface that are in one language, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact, Member
    from depscan.artifacts.surface import Entry, Surface


def entries(artifact: Artifact, surface: Surface, language: str) -> Iterator[tuple[str, Entry, Member]]:
    """Yield text, entry and member of every surface entry in ``language``; a path and moment only once."""
    members = {member.path: member for member in artifact.members}
    seen: set[tuple[str, str]] = set()
    for entry in surface.entries:
        member = members.get(entry.path)
        if entry.language != language or member is None or (entry.path, entry.when) in seen:
            continue
        seen.add((entry.path, entry.when))
        yield as_text(member.read()), entry, member


def as_text(data: bytes) -> str:
    """Return script bytes as text: UTF-16 with a mark, else UTF-8, bytes that are not kept as surrogates."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
