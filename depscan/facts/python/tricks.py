"""Functions that reach names and functions in roundabout ways: getattr, partial, operator, map, type()."""

from __future__ import annotations

import ast

from depscan.facts.python.attributes import attribute
from depscan.facts.python.fold import BINARY, COMPARE, ERRORS, OPERATORS
from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.machine import Machine
from depscan.facts.python.scopes import iterate, set_attribute
from depscan.facts.python.values import (
    HOLE,
    NONE,
    Call,
    Class,
    Const,
    Dict,
    Func,
    Obj,
    Ref,
    Scope,
    Seq,
    Value,
    all_layers,
    native,
    sources,
    text_of,
    value_of,
    wrap,
)

Given = dict[str, Value]


def _getattr(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    if len(pos) < 2:  # noqa: PLR2004 - object and name
        return None
    name = text_of(pos[1])
    if name is None or HOLE in name:
        head = pos[0].name if isinstance(pos[0], Ref) else "?"
        return Ref(f"{head}.?", sources(pos[0]) | sources(pos[1]), made=True)
    found = attribute(m, pos[0], name, node)
    if isinstance(pos[0], Ref) and pos[0].name in {"builtins", "__builtins__"}:
        return Ref(name)
    return found


def _setattr(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    name = text_of(pos[1]) if len(pos) > 2 else None  # noqa: PLR2004 - object, name, value
    if name:
        set_attribute(pos[0], name, pos[2])
    return Const(None)


def _globals(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return Ref(f"{fn.name}()")


def _vars(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    if not pos:
        return Ref("locals()")
    return attribute(m, pos[0], "__dict__", node)


def _partial(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return Call("partial", pos[0], pos[1:], kw) if pos else None


def _getter(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return Call(fn.name.rpartition(".")[2], fn, pos, kw) if pos else None


def _operator(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    name = fn.name.rpartition(".")[2]
    if len(pos) != 2:  # noqa: PLR2004 - binary
        return None
    if name == "getitem":
        from depscan.facts.python.attributes import subscript

        return subscript(m, pos[0], pos[1], node, scope)
    if name in OPERATORS:
        from depscan.facts.python.operators import combine

        return combine(m, ast.BinOp(ast.Constant(0), OPERATORS[name](), ast.Constant(0)), pos[0], pos[1])
    return None


def _table_get(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """``globals()["__builtins__"].get("exec")``: a name looked up in a table of names."""
    from depscan.facts.python.attributes import subscript

    return subscript(m, pos[0], pos[1], node, scope) if len(pos) > 1 else None


def _call(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    from depscan.facts.python.invoke import call_value

    return call_value(m, pos[0], pos[1:], kw, node, scope) if pos else None


def _map(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run map, filter, starmap and executors' map over what is known."""
    from depscan.facts.python.invoke import call_value

    if len(pos) < 2:  # noqa: PLR2004 - function and what it runs over
        return None
    columns = [iterate(p) for p in pos[1:]]
    if any(c is None for c in columns):
        result = call_value(m, pos[0], [Ref("", sources(p), made=True) for p in pos[1:]], {}, node, scope)
        out = Seq("list", [result], NONE)
        out.open = True
        return out
    out = Seq("list", [])
    star = fn.name.endswith("starmap")
    fast = isinstance(pos[0], Ref) and pos[0].name in {"chr", "ord", "int", "str"}

    def turns() -> None:
        for row in zip(*columns, strict=False):
            m.steps += 1
            args = [wrap(i) for i in row]
            if star and isinstance(args[0], Seq):
                args = [wrap(i) for i in args[0].items]
            value = call_value(m, pos[0], args, {}, node, scope)
            if fn.name == "filter":
                if not (type(value) is Const and not value.data):
                    out.items.append(row[0])
                continue
            out.items.append(value)

    if isinstance(pos[0], Func):
        m.memo[id(pos[0].node)] = -10_000
    _, ended = m.granted(120_000 if fast else 60_000, turns)
    out.open = not ended
    return out


def _reduce(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    from depscan.facts.python.invoke import call_value

    items = iterate(pos[1]) if len(pos) > 1 else None
    if not items or len(items) > 5000:  # noqa: PLR2004 - bounded
        return None
    value = pos[2] if len(pos) > 2 else wrap(items[0])  # noqa: PLR2004 - its third parameter
    for item in items if len(pos) > 2 else items[1:]:  # noqa: PLR2004
        value = call_value(m, pos[0], [value, wrap(item)], {}, node, scope)
    return value


def _next(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    if not pos:
        return None
    if fn.name == "iter":
        return pos[0]
    items = iterate(pos[0])
    if items:
        return wrap(items[0])
    return Ref("", sources(pos[0]), made=True)


def _type(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    if len(pos) == 3 and isinstance(pos[2], Dict):  # noqa: PLR2004 - name, bases, names
        bases = [wrap(i) for i in iterate(pos[1]) or []]
        made = Class(text_of(pos[0]) or "?", None, bases, {k: v for k, v in pos[2].items.items() if isinstance(k, str)})
        m.module.classes.append(made)
        return made
    value = pos[0] if pos else None
    if isinstance(value, Obj):
        return value.cls
    if isinstance(value, Func):
        return Ref("types.FunctionType")
    if isinstance(value, Ref) and value.name in {"compile"}:
        return Ref("types.CodeType")
    return Ref("?.type")


def _compare_operator(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    try:
        return Const(COMPARE[{"eq": ast.Eq, "ne": ast.NotEq, "lt": ast.Lt}[fn.name.rpartition(".")[2]]](
            native(pos[0]), native(pos[1])
        ))  # fmt: skip
    except (KeyError, IndexError, *ERRORS):
        return None


def _sum(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run sum(lists, start): a way of joining them."""
    if len(pos) != 2:  # noqa: PLR2004 - items and start
        return None
    try:
        value = native(pos[1])
        for item in native(pos[0]):
            value = BINARY[ast.Add](value, item)
    except ERRORS:
        return None
    return value_of(value, sources(pos[0]), all_layers(pos[0]))


SPECIAL.update({
    "getattr": _getattr, "inspect.getattr_static": _getattr, "setattr": _setattr, "globals": _globals,
    "object.__getattribute__": _getattr, "__getattribute__": _getattr, "type.__getattribute__": _getattr,
    "locals": _globals, "vars": _vars, "functools.partial": _partial, "functools.partialmethod": _partial,
    "operator.attrgetter": _getter, "operator.methodcaller": _getter, "operator.itemgetter": _getter, "map": _map,
    "filter": _map, "itertools.starmap": _map, "functools.reduce": _reduce, "reduce": _reduce,
    "multiprocessing.pool.ThreadPool.map": _map, "concurrent.futures.ThreadPoolExecutor.map": _map,
    "multiprocessing.Pool.map": _map, "iter": _next, "next": _next, "type": _type, "operator.call": _call,
    "apply": _call, "sum": _sum, "operator.eq": _compare_operator, "operator.ne": _compare_operator,
})  # fmt: skip
for _name in OPERATORS:
    SPECIAL[f"operator.{_name}"] = _operator
SPECIAL["operator.getitem"] = _operator
SPECIAL["?table.get"] = _table_get
