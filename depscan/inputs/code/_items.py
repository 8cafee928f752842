"""Items of lists and dicts, and what loops over them give."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from depscan.inputs.code._value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.code._scopes import Place
    from depscan.inputs.code._values import Evaluator

_MOST = 24
_DEPTH = 14
_SAME_ITEMS = frozenset({"sorted", "list", "set", "tuple", "reversed", "tqdm.tqdm", "tqdm", "tqdm.auto.tqdm"})
"""Calls that give the items of what they are given."""


def item(ev: Evaluator, base: Value, key: object, depth: int) -> list[Value]:
    """Return ``base[key]``; every value when the key is None (not known)."""
    node, place = base.node, base.place
    if place is None:
        return []
    if base.kind == "dict" and isinstance(node, ast.Dict):
        found: list[Value] = []
        for k, v in list(zip(node.keys, node.values, strict=False))[:200]:
            if key is None or (isinstance(k, ast.Constant) and k.value == key):
                found += ev.values(v, place, depth)
        return found[:_MOST]
    if base.kind == "items" and isinstance(node, (ast.List, ast.Tuple)):
        if isinstance(key, int) and -len(node.elts) <= key < len(node.elts):
            return ev.values(node.elts[key], place, depth)
        return [v for e in node.elts[:_MOST] for v in ev.values(e, place, depth)] if key is None else []
    if base.kind == "ref" and base.node is not None:
        return [base]
    return []


def every(ev: Evaluator, node: ast.expr, place: Place, depth: int) -> list[Value]:
    """Return what the items of a list or the keys of a dict can be."""
    pairs = [pair for value in ev.values(node, place, depth) for pair in elements(ev, value, depth)]
    return [v for element, where in pairs[:_MOST] for v in ev.values(element, where, depth)]


def part(ev: Evaluator, value: Value, index: int, depth: int) -> list[Value]:
    """Return item ``index`` of what is unpacked; of parsed arguments, the arguments."""
    if value.kind == "ref" and value.node is not None:
        return [value]
    return item(ev, value, index, depth)


def elements(ev: Evaluator, value: Value, depth: int) -> Iterator[tuple[ast.expr, Place]]:
    """Yield the expressions that a loop over a value gives."""
    node, place = value.node, value.place
    if place is None or node is None:
        return
    if value.kind == "items" and isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for element in node.elts[:_MOST]:
            yield element, place
    elif value.kind == "dict" and isinstance(node, ast.Dict):
        for key, inner in list(zip(node.keys, node.values, strict=False))[:_MOST]:
            if key is not None:
                pair = ast.Tuple([key, inner], ast.Load())
                ev.alive.append(pair)
                yield {"items": pair, "values": inner}.get(str(value.data), key), place
    elif value.kind == "ref" and isinstance(node, ast.Call) and node.args and depth < _DEPTH:
        yield from _through(ev, value.text, node, place, depth)


def _through(ev: Evaluator, name: str, node: ast.Call, place: Place, depth: int) -> Iterator[tuple[ast.expr, Place]]:
    """Yield what a loop over ``enumerate(x)``, ``zip(x, y)``, ``sorted(x)`` and ``tqdm(x)`` gives."""
    if name == "zip":
        columns = [
            [e for v in ev.values(a, place, depth) for e, _ in elements(ev, v, depth + 1)] for a in node.args[:6]
        ]
        for row in zip(*columns, strict=False):
            pair = ast.Tuple(list(row), ast.Load())
            ev.alive.append(pair)
            yield pair, place
        return
    if name not in _SAME_ITEMS and name != "enumerate":
        return
    for value in ev.values(node.args[0], place, depth):
        for number, (element, where) in enumerate(elements(ev, value, depth + 1)):
            if name == "enumerate":
                pair = ast.Tuple([ast.Constant(number), element], ast.Load())
                ev.alive.append(pair)
                yield pair, where
            else:
                yield element, where


def flat(ev: Evaluator, values: list[Value], depth: int = 0) -> Iterator[Value]:
    """Yield values, and the items of lists and the values of dicts among them, four levels deep."""
    if depth > 4:  # noqa: PLR2004
        return
    for value in values:
        node, place = value.node, value.place
        if value.kind == "items" and isinstance(node, (ast.List, ast.Tuple, ast.Set)) and place is not None:
            for element in node.elts[:50]:
                yield from flat(ev, ev.values(element, place), depth + 1)
        elif value.kind == "dict" and isinstance(node, ast.Dict) and place is not None:
            models = [v for k, v in zip(node.keys, node.values, strict=False) if _is_model_key(k)]
            for inner in models or node.values[:50]:
                yield from flat(ev, ev.values(inner, place), depth + 1)
        else:
            yield value


def _is_model_key(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value in {"model", "engine", "model_name"}
