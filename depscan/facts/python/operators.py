"""Binary operators on values that are known wholly, partly or not at all."""

from __future__ import annotations

import ast
import zlib

from depscan.facts.python.fold import BINARY, ERRORS
from depscan.facts.python.invoke import dunder
from depscan.facts.python.machine import Machine
from depscan.facts.python.scopes import carried
from depscan.facts.python.values import (
    HOLE,
    Alt,
    Const,
    Dict,
    Obj,
    Ref,
    Seq,
    Value,
    all_layers,
    layers,
    native,
    sources,
    text_of,
    value_of,
    wrap,
)

FOLD_ERRORS = (*ERRORS, zlib.error)


def combine(m: Machine, node: ast.BinOp | ast.AugAssign, a: Value, b: Value) -> Value:
    """Return the result of an operator."""
    op = type(node.op)
    if type(a) is Const and type(b) is Const and not a.partial and not b.partial:
        try:
            data = BINARY[op](a.data, b.data)
        except FOLD_ERRORS:
            return Ref("", a.sources | b.sources, layers(a.layers, b.layers), made=True)
        chain = layers(a.layers, b.layers)
        if op is ast.BitXor and type(data) is int:
            chain = layers(chain, ("xor",))
        return Const(data, a.sources | b.sources, chain)
    return _combine_partly(m, node, op, a, b)


def _combine_partly(m: Machine, node: ast.AST, op: type, a: Value, b: Value) -> Value:
    a, b = carried(m, a, node), carried(m, b, node)
    found = sources(a) | sources(b)
    if isinstance(a, Alt) or isinstance(b, Alt):
        return _combine_options(m, node, op, a, b)
    for one, other, name in ((a, b, "__add__"), (b, a, "__radd__")):
        if isinstance(one, Obj):
            result = dunder(m, one, name if op is ast.Add else f"__{op.__name__.lower()}__", [other], node)
            if result is not None:
                return result
    if op is ast.Add and (joined := _concatenate(a, b, found)) is not None:
        return joined
    if op is ast.Mod and isinstance(a, Const) and isinstance(a.data, str):
        return _percent(a, b, found)
    if op is ast.Div and (path := _path(a, b, found)) is not None:
        return path
    if op is ast.BitOr and isinstance(a, Dict) and isinstance(b, Dict):
        return Dict({**a.items, **b.items}, found)
    try:
        return value_of(BINARY[op](native(a), native(b)), found, layers(all_layers(a), all_layers(b)))
    except FOLD_ERRORS:
        return Ref("", found, layers(a.layers, b.layers), made=True)


def _combine_options(m: Machine, node: ast.AST, op: type, a: Value, b: Value) -> Value:
    left = a.options[:4] if isinstance(a, Alt) else [a]
    right = b.options[:4] if isinstance(b, Alt) else [b]
    found = [_combine_partly(m, node, op, x, y) for x in left for y in right][:6]
    return found[0] if len(found) == 1 else Alt(found)


def _concatenate(a: Value, b: Value, found: frozenset[int]) -> Value | None:
    """Return a + b of texts with holes or of lists; None when neither is."""
    if isinstance(a, Seq) and isinstance(b, Seq):
        return Seq(a.kind, [*a.items, *b.items], found)
    if isinstance(a, Seq) or isinstance(b, Seq):
        seq = a if isinstance(a, Seq) else b
        out = Seq(seq.kind, list(seq.items), found)  # type: ignore[attr-defined]
        out.open = True
        return out
    texts = [v.data if isinstance(v, Const) else hole_text(v) for v in (a, b)]
    if any(isinstance(v, Const) and isinstance(v.data, str | bytes) for v in (a, b)):
        shown = [t.decode("latin-1") if isinstance(t, bytes) else t if isinstance(t, str) else HOLE for t in texts]
        if len(shown[0]) + len(shown[1]) < 1 << 20:
            return Const("".join(shown), found, layers(a.layers, b.layers), partial=True)
    return None


def hole_text(value: Value) -> str:
    """Return a value as text, a hole when nothing of it is known or it is too long to show."""
    text = text_of(value)
    return text if text is not None and len(text) < 2000 else HOLE  # noqa: PLR2004 - a path or URL, not a page


def _percent(a: Const, b: Value, found: frozenset[int]) -> Value:
    """Return a % b with holes where b is unknown."""
    import re

    items = [wrap(i) for i in b.items] if isinstance(b, Seq) and b.kind == "tuple" else [b]
    shown = [hole_text(i) for i in items]
    named = {k: hole_text(v) for k, v in b.items.items() if isinstance(k, str)} if isinstance(b, Dict) else {}
    count = iter(shown)
    text = re.sub(
        r"%(?:\((\w+)\))?[-#0 +]*\d{0,4}(?:\.\d{1,4})?([srdifxXcu%])",
        lambda k: "%" if k[2] == "%" else named.get(k[1], HOLE) if k[1] else next(count, HOLE),
        a.data[: 1 << 18],
    )
    return Const(text, found, layers(a.layers, all_layers(b)), partial=True)


def _path(a: Value, b: Value, found: frozenset[int]) -> Value | None:
    """Return a / b where one is a path object."""
    for one in (a, b):
        if isinstance(one, Ref) and one.name.startswith(("pathlib.", "?")) and one.value is not None:
            joined = f"{hole_text(a)}/{hole_text(b)}"
            return Ref("pathlib.Path", found, value=Const(joined, found, partial=HOLE in joined), made=True)
    return None
