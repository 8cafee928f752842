"""A value that an expression can have, and texts made of several."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.code._scopes import Place, Scope

MOST = 24
"""Alternatives kept of one expression."""
_LONGEST = 4_000
"""Characters of a text: no name is as long."""
_DEPTH = 14


class Value(NamedTuple):
    """One thing an expression can be.

    Attributes:
        kind: text (``data`` is it), constant (any other one), ref (``data`` is a dotted name; ``node`` the call that
            made it, if any), class (``scope``; ``node`` the call that made an instance), function (``scope``), module
            (of the project, ``scope``), member (of such a module, ``data`` is its name), items (a list, tuple or set,
            ``node``), dict (``node``), unknown.
        data: see ``kind``.
        origin: where it comes from: "" for the file, ``env:NAME``, ``config:MODULE.NAME``.
        node, place, scope: see ``kind``; ``place`` is where ``node`` stands.
        open: whether a part of the text is not known.
        bound: the calls of ``functools.partial`` around it, innermost first, each with its place.
    """

    kind: str
    data: object = None
    origin: str = ""
    node: ast.expr | None = None
    place: Place | None = None
    scope: Scope | None = None
    open: bool = False
    bound: tuple[tuple[ast.Call, Place], ...] = ()

    @property
    def text(self) -> str:
        """Return the text, dotted name or "" for others."""
        return self.data if isinstance(self.data, str) else ""


def combine(left: list[Value], right: list[Value], between: str) -> list[Value]:
    """Return every text of the left followed by every text of the right."""
    made: list[Value] = []
    for a in left:
        for b in right:
            if len(made) >= MOST or len(a.text) + len(b.text) > _LONGEST:
                return made
            text = f"{a.text.rstrip('/') if between else a.text}{between}{b.text}"
            if between and b.text.startswith("/"):
                text = b.text
            made.append(Value("text", text, a.origin or b.origin, open=a.open or b.open))
    return made


def unknown(node: ast.expr | None = None, origin: str = "") -> Value:
    """Return a value of which nothing is known; ``node`` tells how it is written."""
    dotted = _dotted(node) if node is not None else ""
    return Value("unknown", f"?{dotted}" if dotted else None, origin)


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) and len(parts) < _DEPTH else ""


def written(node: ast.expr) -> str:
    """Return an expression as written, at most 60 characters."""
    try:
        text = ast.unparse(node) if len(list(_few(node))) < 200 else "..."  # noqa: PLR2004
    except (RecursionError, ValueError):
        return "..."
    return " ".join(text.split())[:60].replace("{", "(").replace("}", ")")


def _few(node: ast.expr) -> Iterator[ast.AST]:
    """Yield the nodes below an expression, at most 200."""
    for count, inner in enumerate(ast.walk(node)):
        if count >= 200:  # noqa: PLR2004
            return
        yield inner


def as_text(value: Value, node: ast.expr) -> Value:
    if value.kind == "constant" and isinstance(value.data, (int, float)) and not isinstance(value.data, bool):
        return Value("text", str(value.data))
    return Value("text", "{" + written(node) + "}", value.origin, open=True)
