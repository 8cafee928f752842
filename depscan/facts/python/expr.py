"""Expressions: names, attributes, subscripts, operators, literals and comprehensions."""

from __future__ import annotations

import ast
import zlib
from collections.abc import Callable
from typing import Any

from depscan.facts.python.attributes import attribute, subscript
from depscan.facts.python.fold import COMPARE, ERRORS, UNARY
from depscan.facts.python.invoke import call_node, dunder
from depscan.facts.python.machine import EXPRESSIONS, ExhaustedError, Machine
from depscan.facts.python.operators import combine, hole_text
from depscan.facts.python.scopes import assign, carried, iterate, lookup
from depscan.facts.python.sought import sought
from depscan.facts.python.values import (
    NONE,
    Alt,
    Const,
    Dict,
    Obj,
    Ref,
    Scope,
    Seq,
    Value,
    all_layers,
    first,
    join,
    layers,
    native,
    plain_text,
    sources,
    wrap,
)

FOLD_ERRORS = (*ERRORS, zlib.error)
_LOOP_FUEL = 60_000
_MAX_TURNS = 60_000


def _constant(_m: Machine, node: ast.Constant, _scope: Scope) -> Value:
    return Const(node.value)


def _name(m: Machine, node: ast.Name, scope: Scope) -> Value:
    return lookup(m, node.id, scope)


def _attribute(m: Machine, node: ast.Attribute, scope: Scope) -> Value:
    return attribute(m, m.eval(node.value, scope), node.attr, node)


def _subscript(m: Machine, node: ast.Subscript, scope: Scope) -> Value:
    return subscript(m, m.eval(node.value, scope), m.eval(node.slice, scope), node, scope)


def _slice(m: Machine, node: ast.Slice, scope: Scope) -> Value:
    bounds = [m.eval(part, scope) if part is not None else Const(None) for part in (node.lower, node.upper, node.step)]
    try:
        return Const(slice(*(native(b) for b in bounds)))
    except ValueError:
        return Const(None, partial=True)


def _binary(m: Machine, node: ast.BinOp, scope: Scope) -> Value:
    chain = [node]
    left: ast.expr = node.left
    while isinstance(left, ast.BinOp):
        chain.append(left)
        left = left.left
    value = m.eval(left, scope)
    for link in reversed(chain):
        m.steps += 1
        value = combine(m, link, value, m.eval(link.right, scope))
    return value


def _unary(m: Machine, node: ast.UnaryOp, scope: Scope) -> Value:
    value = m.eval(node.operand, scope)
    if type(value) is Const and not value.partial:
        try:
            return Const(UNARY[type(node.op)](value.data), value.sources, value.layers)
        except FOLD_ERRORS:
            pass
    return Ref("", sources(value), made=True)


def _bool(m: Machine, node: ast.BoolOp, scope: Scope) -> Value:
    """Return ``a or b``: the options a caller may see; a constant that decides ends it."""
    found: list[Value] = []
    for part in node.values:
        value = m.eval(part, scope)
        if type(value) is Const and not value.partial:
            if bool(value.data) is isinstance(node.op, ast.Or):
                found.append(value)
                break
            if part is not node.values[-1]:
                continue
        found.append(value)
    known = [v for v in found if not (isinstance(v, Ref) and not v.name and not v.sources)] or found
    return known[0] if len(known) == 1 else Alt(known[:6])


def _compare(m: Machine, node: ast.Compare, scope: Scope) -> Value:
    left = m.eval(node.left, scope)
    rights = [m.eval(c, scope) for c in node.comparators]
    try:
        a, result = native(left), True
        for op, right in zip(node.ops, rights, strict=True):
            b = native(right)
            result = result and bool(COMPARE[type(op)](a, b))
            a = b
    except FOLD_ERRORS:
        sought(m, left, rights, node)
        if isinstance(node.ops[0], ast.In):
            sought(m, rights[0], [left], node)
        return Ref("", NONE, made=True)
    return Const(result)


def _joined(m: Machine, node: ast.JoinedStr, scope: Scope) -> Value:
    out: list[str] = []
    found, chain, partial = NONE, (), False  # type: tuple[frozenset[int], tuple[str, ...], bool]
    for part in node.values:
        value = m.eval(part, scope)
        if isinstance(part, ast.FormattedValue):
            value = _formatted(m, part, value, scope)
        found |= sources(value)
        chain = layers(chain, all_layers(value))
        text = None
        if type(value) is Const and not value.partial:
            text = repr(value.data) if isinstance(value.data, bytes) else plain_text(value.data)
        if text is not None:
            out.append(text)
        else:
            partial = True
            out.append(hole_text(first(value)))
    return Const("".join(out)[: 1 << 22], found, chain, partial=partial)


def _formatted(m: Machine, part: ast.FormattedValue, value: Value, scope: Scope) -> Value:
    value = carried(m, value, part)
    if isinstance(value, Obj):
        value = dunder(m, value, "__format__", [Const("")], part) or dunder(m, value, "__str__", [], part) or value
    if part.format_spec is not None and type(value) is Const and not value.partial:
        spec = m.eval(part.format_spec, scope)
        try:
            from depscan.facts.python.fold import FUNCTIONS

            return Const(FUNCTIONS["format"](value.data, native(spec)), value.sources, value.layers)
        except FOLD_ERRORS:
            return value
    if part.conversion == ord("r") and type(value) is Const and not value.partial:
        return Const(repr(value.data), value.sources, value.layers)
    return value


def _formatted_value(m: Machine, node: ast.FormattedValue, scope: Scope) -> Value:
    return m.eval(node.value, scope)


_KINDS = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}


def _sequence(m: Machine, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
    items: list[Any] = []
    is_open = False
    for part in node.elts:
        if type(part) is ast.Constant:
            m.steps += 1
            items.append(part.value)
        elif isinstance(part, ast.Starred):
            value = carried(m, m.eval(part.value, scope), part)
            known = iterate(value)
            is_open = is_open or known is None
            items.extend(known if known is not None else [Ref("", sources(value), made=True)])
        else:
            value = carried(m, m.eval(part, scope), part)
            plain = type(value) is Const and not value.partial and not value.sources and not value.layers
            items.append(value.data if plain else value)  # type: ignore[attr-defined]
    seq = Seq(_KINDS[type(node)], items)
    seq.open = is_open
    return seq


def _dict(m: Machine, node: ast.Dict, scope: Scope) -> Value:
    out = Dict({})
    for key, part in zip(node.keys, node.values, strict=True):
        value = carried(m, m.eval(part, scope), part)
        if key is None:
            if isinstance(value, Dict):
                out.items.update(value.items)
            else:
                out.open = True
            out.sources |= sources(value)
            continue
        name = m.eval(key, scope)
        if type(name) is Const and isinstance(name.data, str | int | bytes | float | type(None)):
            out.items[name.data] = value
            out.sources |= name.sources
        else:
            out.open = True
            out.sources |= sources(name) | sources(value)
            out.items[f"{{?}}{len(out.items)}"] = value
    return out


def _comprehension(m: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Value:
    inner = Scope("function", scope.module, scope, scope.qual)
    out = Seq("set" if isinstance(node, ast.SetComp) else "list", [])

    def each() -> None:
        value = carried(m, m.eval(node.elt, inner), node)
        plain = type(value) is Const and not value.partial and not value.sources and not value.layers
        out.items.append(value.data if plain else value)  # type: ignore[attr-defined]

    known, found = _turns(m, node.generators, inner, each)
    out.open = not known
    out.sources |= found
    return out


def _dict_comprehension(m: Machine, node: ast.DictComp, scope: Scope) -> Value:
    inner = Scope("function", scope.module, scope, scope.qual)
    out = Dict({})

    def each() -> None:
        key, value = m.eval(node.key, inner), carried(m, m.eval(node.value, inner), node)
        if type(key) is Const and isinstance(key.data, str | int | bytes):
            out.items[key.data] = value
        else:
            out.open = True
        out.sources |= sources(key) | value.sources

    known, found = _turns(m, node.generators, inner, each)
    out.open = out.open or not known
    out.sources |= found
    return out


def _turns(
    m: Machine, generators: list[ast.comprehension], inner: Scope, each: Callable[[], None]
) -> tuple[bool, frozenset[int]]:
    """Run the loops of a comprehension; returns whether all of it is known, and the sources of what it runs over."""
    turns = _Turns(m, generators, inner, each)
    m.concrete += 1
    _, ended = m.granted(_LOOP_FUEL, lambda: turns.level(0))
    m.concrete -= ended
    if not ended:
        m.concrete = max(m.concrete - 1, 0)
    return turns.known and ended, turns.found


class _Turns:
    """The loops of one comprehension (a class: a function that calls itself would hold all it sees for ever)."""

    def __init__(self, m: Machine, generators: list[ast.comprehension], inner: Scope, each: Callable[[], None]) -> None:
        self.m, self.generators, self.inner, self.each = m, generators, inner, each
        self.known, self.found, self.turns = True, NONE, 0

    def level(self, depth: int) -> None:
        """Run the loop at a depth, and inside each turn those below it."""
        if depth == len(self.generators):
            self.each()
            return
        m, inner, generator = self.m, self.inner, self.generators[depth]
        over = carried(m, m.eval(generator.iter, inner), generator.iter)
        self.found |= over.sources
        items = iterate(over)
        if items is None:
            self.known = False
            items = [Ref("", sources(over), over.layers, made=True)]
        for item in items:
            self.turns += 1
            if self.turns > _MAX_TURNS:
                raise ExhaustedError
            assign(m, generator.target, wrap(item), inner)
            if all(_holds(m, test, inner) for test in generator.ifs):
                self.level(depth + 1)


def _holds(m: Machine, test: ast.expr, scope: Scope) -> bool:
    value = m.eval(test, scope)
    return bool(value.data) if type(value) is Const and not value.partial else True


def _lambda(m: Machine, node: ast.Lambda, scope: Scope) -> Value:
    from depscan.facts.python.functions import make_function

    return make_function(m, node, scope)


def _if(m: Machine, node: ast.IfExp, scope: Scope) -> Value:
    test = m.eval(node.test, scope)
    if type(test) is Const and not test.partial:
        return m.eval(node.body if test.data else node.orelse, scope)
    a, b = m.eval(node.body, scope), m.eval(node.orelse, scope)
    return join(a, b)


def _named(m: Machine, node: ast.NamedExpr, scope: Scope) -> Value:
    value = m.eval(node.value, scope)
    assign(m, node.target, value, scope)
    return value


def _await(m: Machine, node: ast.Await | ast.Starred, scope: Scope) -> Value:
    return m.eval(node.value, scope)


def _yield(m: Machine, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Value:
    value = m.eval(node.value, scope) if node.value is not None else Const(None)
    if m.frames:
        if isinstance(node, ast.YieldFrom) and (items := iterate(value)) is not None:
            m.frames[-1].yielded.extend(wrap(i) for i in items[:1000])
        else:
            m.frames[-1].yielded.append(value)
    return Ref("", NONE, made=True)


def _call(m: Machine, node: ast.Call, scope: Scope) -> Value:
    return call_node(m, node, scope)


EXPRESSIONS.update({
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.Slice: _slice,
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.BoolOp: _bool, ast.Compare: _compare, ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted_value, ast.List: _sequence, ast.Tuple: _sequence, ast.Set: _sequence,
    ast.Dict: _dict, ast.ListComp: _comprehension, ast.SetComp: _comprehension, ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension, ast.Lambda: _lambda, ast.IfExp: _if, ast.NamedExpr: _named, ast.Await: _await,
    ast.Starred: _await, ast.Yield: _yield, ast.YieldFrom: _yield, ast.Call: _call,
})  # fmt: skip
