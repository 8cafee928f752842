"""Compiled Python whose source is not there: the addresses that stand in it. Nothing is unmarshalled.

Constants of a code object are stored as plain text, so that addresses show without reading its instructions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.surface import Surface
    from depscan.facts.sink import Sink

LANGUAGE = "bytecode"
_CACHED = re.compile(r"(?:__pycache__/)?([^/]+?)(?:\.(?:cpython|pypy)-\w+(?:\.opt-\d)?)?\.py[co]$")


def read_entries(artifact: Artifact, surface: Surface, sink: Sink) -> None:
    """Add each address in bytecode without its source as a ``literal`` fact; what has source is read as source."""
    from depscan.facts.native import read_addresses

    paths = {(m.path, m.container) for m in artifact.members}
    wanted = {
        (e.path, e.container): e.when
        for e in surface.entries
        if e.language == LANGUAGE and (_CACHED.sub(r"\1.py", e.path), e.container) not in paths
    }
    if wanted:
        read_addresses(artifact, wanted, LANGUAGE, sink)
