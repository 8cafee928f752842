"""Native binaries of small packages: the addresses that stand in them as plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.facts.fact import Fact

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface
    from depscan.facts.sink import Sink

LANGUAGE = "native"
_MOST_MEMBERS = 40
_MOST_BYTES = 8 << 20
_MOST_ADDRESSES = 40
_ADDRESS = re.compile(rb"(?:https?|wss?|ftp)://[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5d\x5f\x61-\x7e]{4,200}")


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Add each address in a native binary as a ``literal`` fact; large packages are left out.

    A binary is never judged by its addresses alone: ``package.shape`` says whether there is anything else.
    """
    wanted = {(e.path, e.container): e.when for e in surface.entries if e.language == LANGUAGE}
    read_addresses(artifact, wanted, LANGUAGE, sink)


def read_addresses(
    artifact: Artifact, wanted: dict[tuple[str, tuple[str, ...]], str], language: str, sink: Sink
) -> None:
    """Add each address in the wanted members as a ``literal`` fact whose callee is the language.

    Args:
        artifact: opened; left out when it has many members; so are members that are far away.
        wanted: (path, container) of a member -> when it runs.
        language: ``native`` or ``bytecode``.
        sink: where the facts go.
    """
    if len(artifact.members) > _MOST_MEMBERS:
        return
    for member in artifact.members:
        when = wanted.get((member.path, member.container))
        if when is None or member.size > _MOST_BYTES or getattr(member.read, "far", False):
            continue
        for address in list(dict.fromkeys(_ADDRESS.findall(member.read())))[:_MOST_ADDRESSES]:
            text = address.decode("ascii", "replace")
            sink.add(Fact("literal", when, member.path, 0, language, (text,), container=member.container))
