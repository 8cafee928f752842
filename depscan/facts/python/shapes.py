"""Clipboard text compared with the shape of wallet addresses: what a thief of payments looks for."""

from __future__ import annotations

import ast
import re

from depscan.facts.python.machine import Machine
from depscan.facts.python.values import Ref, Value, sources, texts

TESTS = ("re.match", "re.fullmatch", "re.search", "re.findall", ".match", ".fullmatch", ".search", ".findall")
_ADDRESS = re.compile(
    r"0x\[|bc1|\[13\]|\(\?:1\||T\[|\[48\]|4\[0-9AB|ltc1|\[LM\]|addr1|cosmos1|\{(?:32|33|40),?(?:44)?\}"
)


def compared(m: Machine, fn: Ref, pos: list[Value], node: ast.AST) -> None:
    """Note that text of the clipboard is compared with such a shape."""
    found = frozenset[int]()
    for value in pos[:2]:
        found |= sources(value)
    if not any(i >= 0 and m.sink.facts[i].what == "clipboard.read" for i in found):
        return
    asked = [*pos[:2], *([fn.base] if fn.base is not None else [])]
    shapes = tuple(t for value in asked for t in texts(value) if len(t) < 400 and _ADDRESS.search(t))  # noqa: PLR2004
    if shapes:
        m.emit("clipboard.read", "compared", node, shapes[:4], found)
