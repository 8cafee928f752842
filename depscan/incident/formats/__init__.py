"""How an answer is written: one module per format, found by folder scan; it holds ``render``."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.incident.answer import Answer


def format_names() -> list[str]:
    """Return the names of the formats, the usual one first."""
    names = sorted(n[:-3] for n in os.listdir(os.path.dirname(__file__)) if n.endswith(".py") and n[0] != "_")
    return ["text", *(name for name in names if name != "text")]


def render(answer: Answer, name: str) -> str:
    """Return an answer in a format of ``format_names``."""
    made: str = import_module(f"{__name__}.{name}").render(answer)
    return made
