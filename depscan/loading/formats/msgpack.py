"""MessagePack weights (flax, and what else is written so)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.msgpack"
TITLE = "MessagePack"


def looks(file: File) -> bool:
    """Return whether a file of this name starts with a map or an array; MessagePack has no mark of its own."""
    if not file.name.endswith(".msgpack") or not file.size:
        return False
    first = file.head[0]
    return 0x80 <= first <= 0x9F or first in {0xDC, 0xDD, 0xDE, 0xDF}  # noqa: PLR2004


def read(file: File, report: Report) -> None:
    """Walk it."""
    from depscan.loading.messagepack import walk

    walk(file.source, report)
