"""Statements: assignments, branches (both are read), loops, definitions, imports."""

from __future__ import annotations

import ast
from collections.abc import Callable

from depscan.facts.python.branches import rejoin, take_back
from depscan.facts.python.functions import define_class, define_function
from depscan.facts.python.guards import guards_of, is_main
from depscan.facts.python.imports import run_import, run_import_from
from depscan.facts.python.invoke import dunder
from depscan.facts.python.machine import BREAK, CONTINUE, RETURN, STATEMENTS, Machine
from depscan.facts.python.operators import combine
from depscan.facts.python.scopes import assign, carried, iterate, module_scope
from depscan.facts.python.values import Const, Obj, Ref, Scope, Seq, Value, join, layers, sources, wrap

_LOOP_FUEL = 80_000
_STATEMENT_FUEL = 150_000
_MAX_TURNS = 70_000


def run_module(m: Machine, body: list[ast.stmt], scope: Scope) -> None:
    """Run the top level of a module; a statement that eats its fuel does not hide those after it."""
    for statement in body:
        handler = STATEMENTS.get(type(statement))
        if handler is None:
            continue
        _, ended = m.granted(_STATEMENT_FUEL, lambda h=handler, s=statement: h(m, s, scope))  # type: ignore[misc]
        if not ended:
            m.sink.gap(m.module.path, "too much work to follow this statement to its end", m.line_of(statement))


def _expression(m: Machine, node: ast.Expr, scope: Scope) -> None:
    if not isinstance(node.value, ast.Constant):
        held, m.dropped = m.dropped, node.value.value if isinstance(node.value, ast.Await) else node.value
        m.eval(node.value, scope)
        m.dropped = held


def _assign(m: Machine, node: ast.Assign, scope: Scope) -> None:
    value = m.eval(node.value, scope)
    for target in node.targets:
        assign(m, target, value, scope)


def _annotated(m: Machine, node: ast.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        assign(m, node.target, m.eval(node.value, scope), scope)


def _augmented(m: Machine, node: ast.AugAssign, scope: Scope) -> None:
    old, value = m.eval(node.target, scope), m.eval(node.value, scope)
    if isinstance(old, Seq) and isinstance(node.op, ast.Add):
        items = iterate(value)
        old.sources |= sources(value)
        if items is not None and len(old.items) < 200_000:  # noqa: PLR2004 - fold.MAX_ITEMS
            old.items.extend(items)
        else:
            old.open = True
        return
    assign(m, node.target, combine(m, node, old, value), scope)


def _return(m: Machine, node: ast.Return, scope: Scope) -> int | None:
    value = m.eval(node.value, scope) if node.value is not None else Const(None)
    if m.frames:
        m.frames[-1].returned.append(carried(m, value, node))
        return RETURN
    return None


def _raise(m: Machine, node: ast.Raise, scope: Scope) -> None:
    if node.exc is not None:
        m.eval(node.exc, scope)


def _delete(m: Machine, node: ast.Delete, scope: Scope) -> None:
    for target in node.targets:
        if isinstance(target, ast.Attribute | ast.Subscript):
            m.eval(target.value, scope)


def _if(m: Machine, node: ast.If, scope: Scope) -> int | None:
    if is_main(node.test) and "__name__" not in scope.module.scope.names:
        held, m.when = m.when, "call" if m.when in {"install", "import", "startup"} else m.when
        m.block(node.body, scope)
        m.when = held
        return m.block(node.orelse, scope)
    test = m.eval(node.test, scope)
    if type(test) is Const and not test.partial:
        taken, other = (node.body, node.orelse) if test.data else (node.orelse, node.body)
        signal = m.block(taken, scope)
        if other and not m.concrete and not (isinstance(node.test, ast.Attribute | ast.Name) and _typing(node.test)):
            before = dict(scope.names)
            m.block(other, scope)
            scope.names = before
        return signal
    guards = m.guards_seen.get(node)
    if guards is None:
        guards = m.guards_seen[node] = guards_of(node.test)
    return _branches(m, guards, node.body, node.orelse, scope)


def _typing(node: ast.expr) -> bool:
    return getattr(node, "id", getattr(node, "attr", "")) == "TYPE_CHECKING"


def _branches(m: Machine, guards: list[str], body: list[ast.stmt], orelse: list[ast.stmt], scope: Scope) -> int | None:
    if _is_typing(body, guards):
        return None
    before = dict(scope.names)
    outer, m.writes = m.writes, []
    first = m.writes
    try:
        m.guards.extend(guards)
        left = m.block(body, scope)
        del m.guards[len(m.guards) - len(guards) :]
        after = scope.names
        scope.names = before
        before = dict(before)
        made = take_back(first) if first else []
        right = m.block(orelse, scope) if orelse else None
    finally:
        m.writes = outer
        if outer is not None:
            outer.extend(first)
    scope.names = merge(after, scope.names, before)
    rejoin(made)
    return left if left and left == right else None


def _is_typing(_body: list[ast.stmt], guards: list[str]) -> bool:
    return "typing" in guards


def merge(a: dict[str, Value], b: dict[str, Value], before: dict[str, Value]) -> dict[str, Value]:
    """Return the names after two branches."""
    for name, value in a.items():
        other = b.get(name)
        if other is value:
            continue
        if other is None or other is before.get(name):
            b[name] = value if other is None or isinstance(value, Seq) else join(value, other)
        elif value is not before.get(name):
            b[name] = join(value, other)
    return b


def _loop_over(m: Machine, node: ast.For | ast.AsyncFor, scope: Scope) -> int | None:
    over = carried(m, m.eval(node.iter, scope), node.iter)
    if isinstance(over, Obj):
        over = dunder(m, over, "__iter__", [], node) or over
        if isinstance(over, Obj):
            over = dunder(m, over, "__next__", [], node) or over
    items = iterate(over)
    known = items is not None
    if items is None:
        name = over.name + "[]" if isinstance(over, Ref) and over.name else ""
        items = [Ref(name, sources(over), over.layers, made=True)]
    elif isinstance(over, Seq) and over.open and over.sources:
        items = [*items[: _MAX_TURNS - 1], Ref("", over.sources, over.layers, made=True)]
    signal: int | None = None

    def turns() -> None:
        nonlocal signal
        for item in items[:_MAX_TURNS]:
            assign(m, node.target, wrap(item), scope)
            signal = m.block(node.body, scope)
            if signal == BREAK or (signal == RETURN and known):
                break

    _repeat(m, turns, node.body, scope, concrete=known)
    m.block(node.orelse, scope)
    return RETURN if signal == RETURN and known else None


def _repeat(m: Machine, turns: Callable[[], None], body: list[ast.stmt], scope: Scope, *, concrete: bool) -> None:
    """Run a loop with its own fuel; what an unfinished one left half built is no longer taken for whole."""
    before = m.concrete
    m.concrete = before + 1 if concrete else before
    _, ended = m.granted(_LOOP_FUEL, turns)
    m.concrete = before
    if ended:
        return
    for name in _bound(body):
        value = scope.names.get(name)
        if isinstance(value, Const):
            scope.names[name] = Ref("", value.sources, layers(value.layers, ("loop",)), made=True)
        elif isinstance(value, Seq):
            value.open = True


def _bound(body: list[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for statement in body[:200]:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                holder = node.func.value
                if isinstance(holder, ast.Name) and node.func.attr in {"append", "extend", "insert"}:
                    found.add(holder.id)
    return found


def _while(m: Machine, node: ast.While, scope: Scope) -> int | None:
    endless = isinstance(node.test, ast.Constant)
    signal: int | None = None
    concrete = False

    def turns() -> None:
        nonlocal signal, concrete
        for _ in range(5000):
            test = m.eval(node.test, scope)
            known = type(test) is Const and not test.partial and not endless
            if known and not test.data:  # type: ignore[attr-defined]
                break
            concrete = known
            m.concrete += known
            signal = m.block(node.body, scope)
            m.concrete -= known
            if signal in {BREAK, RETURN} or not known:
                break

    _repeat(m, turns, node.body, scope, concrete=False)
    m.block(node.orelse, scope)
    return RETURN if signal == RETURN and (concrete or endless) else None


def _try(m: Machine, node: ast.Try, scope: Scope) -> int | None:
    silent = any(_silent(handler) for handler in node.handlers)
    if silent:
        m.guards.append("try")
    signal = m.block(node.body, scope)
    if silent and m.guards:
        m.guards.pop()
    for handler in node.handlers:
        before = dict(scope.names)
        after = scope.names
        scope.names = dict(before)
        if handler.name:
            scope.names[handler.name] = Ref("?error", made=True)
        m.block(handler.body, scope)
        scope.names = merge(after, scope.names, before)
    inner = m.block(node.orelse, scope)
    last = m.block(node.finalbody, scope)
    if last or (not m.concrete and signal not in {BREAK, CONTINUE}):
        return last
    return signal or inner


def _silent(handler: ast.ExceptHandler) -> bool:
    broad = handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id.endswith("Exception"))
    return broad and all(isinstance(s, ast.Pass | ast.Continue) for s in handler.body)


def _with(m: Machine, node: ast.With | ast.AsyncWith, scope: Scope) -> int | None:
    for item in node.items:
        value = m.eval(item.context_expr, scope)
        if isinstance(value, Obj):
            value = dunder(m, value, "__enter__", [], node) or dunder(m, value, "__aenter__", [], node) or value
        if item.optional_vars is not None:
            assign(m, item.optional_vars, value, scope)
    return m.block(node.body, scope)


def _global(_m: Machine, node: ast.Global, scope: Scope) -> None:
    scope.far = scope.far or {}
    for name in node.names:
        scope.far[name] = module_scope(scope)


def _nonlocal(_m: Machine, node: ast.Nonlocal, scope: Scope) -> None:
    scope.far = scope.far or {}
    for name in node.names:
        where = scope.parent
        while where is not None and name not in where.names:
            where = where.parent
        if where is not None:
            scope.far[name] = where


def _match(m: Machine, node: ast.Match, scope: Scope) -> None:
    subject = m.eval(node.subject, scope)
    for case in node.cases:
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                scope.names[name] = subject
        m.block(case.body, scope)


def _assert(m: Machine, node: ast.Assert, scope: Scope) -> None:
    m.eval(node.test, scope)


def _break(_m: Machine, _node: ast.Break, _scope: Scope) -> int | None:
    return BREAK


def _continue(_m: Machine, _node: ast.Continue, _scope: Scope) -> int | None:
    return CONTINUE


STATEMENTS.update({
    ast.Expr: _expression, ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented,
    ast.Return: _return, ast.Raise: _raise, ast.Delete: _delete, ast.If: _if, ast.For: _loop_over,
    ast.AsyncFor: _loop_over, ast.While: _while, ast.Try: _try, ast.TryStar: _try, ast.With: _with,
    ast.AsyncWith: _with, ast.Global: _global, ast.Nonlocal: _nonlocal, ast.Match: _match, ast.Assert: _assert,
    ast.Break: _break, ast.Continue: _continue, ast.FunctionDef: define_function,
    ast.AsyncFunctionDef: define_function, ast.ClassDef: define_class, ast.Import: run_import,
    ast.ImportFrom: run_import_from,
})  # fmt: skip
