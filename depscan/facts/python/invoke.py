"""Calls: of scanned functions and classes, of methods of constants and containers; foreign ones go to ``foreign``."""

from __future__ import annotations

import ast
import zlib
from typing import Any

from depscan.facts.python import fold
from depscan.facts.python.attributes import attribute, subscript
from depscan.facts.python.chat import heard
from depscan.facts.python.containers import call_method, joined_sources
from depscan.facts.python.foreign import call_foreign
from depscan.facts.python.machine import MAX_DEPTH, Frame, Machine
from depscan.facts.python.scopes import carried, iterate
from depscan.facts.python.values import (
    NONE,
    Alt,
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
    join,
    sources,
    text_of,
    wrap,
)

FOLD_ERRORS = (*fold.ERRORS, zlib.error)
_CALL_FUEL = 40_000
_MAX_RUNS = 24
"""Evaluations of one function with different arguments."""
_SECRET = (
    "private_key", "privatekey", "priv_key", "privkey", "mnemonic", "seed_phrase", "seedphrase", "secret", "password",
    "passwd", "passphrase", "api_key", "apikey", "token", "secret_key", "keypair", "wallet_key", "seed", "pk",
    "secretkey", "secret_access_key", "secretaccesskey", "access_key_secret", "accesskeysecret",
)  # fmt: skip


def call_node(m: Machine, node: ast.Call, scope: Scope) -> Value:
    """Evaluate a call expression."""
    func = node.func
    receiver: Value | None = None
    if isinstance(func, ast.Attribute):
        if _is_super(func.value):
            return _call_super(m, func.attr, node, scope)
        receiver = m.eval(func.value, scope)
        if isinstance(receiver, Const | Seq | Dict):
            pos, kw = arguments(m, node, scope)
            return call_method(m, receiver, func.attr, pos, kw, node)
        fn = attribute(m, receiver, func.attr, node)
    else:
        fn = m.eval(func, scope)
    pos, kw = arguments(m, node, scope)
    return call_value(m, fn, pos, kw, node, scope)


def arguments(m: Machine, node: ast.Call, scope: Scope) -> tuple[list[Value], dict[str, Value]]:
    """Return positional and keyword arguments, with stars spread where they are known."""
    pos: list[Value] = []
    kw: dict[str, Value] = {}
    for part in node.args:
        value = carried(m, m.eval(part.value if isinstance(part, ast.Starred) else part, scope), part)
        if isinstance(part, ast.Starred):
            items = iterate(value)
            pos.extend(wrap(i) for i in items[:500]) if items is not None else pos.append(value)
        else:
            pos.append(value)
    for word in node.keywords:
        value = m.eval(word.value, scope)
        if word.arg != "env":
            value = carried(m, value, word.value)
        if word.arg is not None:
            kw[word.arg] = value
        elif isinstance(value, Dict):
            kw.update({k: v for k, v in value.items.items() if isinstance(k, str)})
        else:
            kw["**"] = value
    return pos, kw


def call_value(
    m: Machine, fn: Value, pos: list[Value], kw: dict[str, Value], node: ast.AST, scope: Scope | None = None
) -> Value:
    """Call anything."""
    if isinstance(fn, Func):
        return call_function(m, fn, pos, kw, node)
    if isinstance(fn, Ref):
        return call_foreign(m, fn, pos, kw, node, scope or m.module.scope)
    if isinstance(fn, Class):
        return instantiate(m, fn, pos, kw, node)
    if isinstance(fn, Alt):
        found: Value | None = None
        for option in fn.options[:6]:
            found = (
                join(found, call_value(m, option, pos, kw, node, scope))
                if found
                else call_value(m, option, pos, kw, node, scope)
            )
        return found or Ref("", made=True)
    if isinstance(fn, Obj):
        return dunder(m, fn, "__call__", pos, node, kw) or Ref("", sources(fn) | joined_sources(pos, kw), made=True)
    if isinstance(fn, Call):
        return _call_laid(m, fn, pos, kw, node, scope or m.module.scope)
    return Ref("", sources(fn) | joined_sources(pos, kw), made=True)


def _call_laid(m: Machine, fn: Call, pos: list[Value], kw: dict[str, Value], node: ast.AST, scope: Scope) -> Value:
    """Call a partial, a bound method of a constant, or an operator getter."""
    if fn.kind == "partial":
        return call_value(m, fn.fn, [*fn.args, *pos], {**fn.kwargs, **kw}, node, scope)
    name = text_of(fn.args[0]) if fn.args else None
    if fn.kind == "method":
        return call_method(m, fn.fn, name or "?", pos, kw, node)
    if not pos:
        return Ref("", made=True)
    if fn.kind == "attrgetter" and name:
        value = pos[0]
        for part in name.split(".")[:10]:
            value = attribute(m, value, part, node)
        return value
    if fn.kind == "methodcaller" and name:
        return call_value(m, attribute(m, pos[0], name, node), fn.args[1:], fn.kwargs, node, scope)
    if fn.kind == "itemgetter" and fn.args:
        return subscript(m, pos[0], fn.args[0], node, scope)
    return Ref("", joined_sources(pos, kw), made=True)


# -- scanned functions ---------------------------------------------------------------------------------------------


def _shape(value: Value) -> Any:
    if type(value) is Const:
        data = value.data
        small = (
            data
            if isinstance(data, int | str | bytes | float | bool | type(None)) and len(str(data)) < 200  # noqa: PLR2004
            else id(data)
        )
        return (type(data), small, value.sources)
    if isinstance(value, Ref):
        return (value.name, sources(value))
    return (id(value), sources(value))


def call_function(m: Machine, fn: Func, pos: list[Value], kw: dict[str, Value], node: ast.AST) -> Value:
    """Call a scanned function; the same arguments are not evaluated twice."""
    m.reached.add(id(fn.node))
    if fn.bound is not None:
        pos = [fn.bound, *pos]
    closure = fn.scope if fn.scope.kind == "function" else None  # the same def stands for another function there
    shape = (tuple(map(_shape, pos)), tuple((k, _shape(v)) for k, v in kw.items()))
    key = (id(fn.node), id(closure), m.when, bool(m.guards), *shape)
    held = m.memo.get(key)
    if held is not None:
        known: Value = held[0]
        return known
    runs = m.memo.get(id(fn.node), 0)
    if m.depth >= MAX_DEPTH or runs >= _MAX_RUNS:
        return Ref("", joined_sources(pos, kw), made=True)
    m.memo[id(fn.node)] = runs + 1
    m.memo[key] = (Ref("", joined_sources(pos, kw), made=True), pos, kw, closure)
    result = run_function(m, fn, pos, kw)
    m.memo[key] = (result, pos, kw, closure)
    return result


def run_function(m: Machine, fn: Func, pos: list[Value], kw: dict[str, Value]) -> Value:
    """Evaluate the body of a scanned function and return what it returns."""
    node = fn.node
    outer = fn.scope
    own = getattr(node, "name", "<lambda>")
    qual = f"{outer.qual}.{own}" if outer.qual else own
    scope = Scope("function", outer.module, outer, qual)
    _bind(m, fn, scope, pos, kw)
    concrete = bool(pos or kw) and all(type(v) is Const and not v.partial for v in (*pos, *kw.values()))
    held = (m.module, m.qual, m.fixed_line, m.container)
    frame = Frame(node)
    m.frames.append(frame)
    m.depth += 1
    m.concrete += concrete
    m.module, m.qual = outer.module, qual
    before = m.concrete

    def body() -> None:
        if isinstance(node, ast.Lambda):
            frame.returned.append(m.eval(node.body, scope))
        else:
            m.block(node.body, scope)

    _, ended = m.granted(_CALL_FUEL, body)
    if frame in m.frames:
        del m.frames[m.frames.index(frame) :]
    m.depth -= 1
    m.concrete = before - concrete
    m.module, m.qual, m.fixed_line, m.container = held
    result: Value | None = None
    for value in frame.returned[:8]:
        result = join(result, value) if result is not None else value
    if frame.yielded:
        result = Seq("list", list(frame.yielded[:20_000]))
    if not ended:
        return Ref("", joined_sources(pos, kw) | (sources(result) if result else NONE), made=True)
    return result if result is not None else Const(None)


def _bind(m: Machine, fn: Func, scope: Scope, pos: list[Value], kw: dict[str, Value]) -> None:
    args = fn.node.args
    names = [a.arg for a in (*args.posonlyargs, *args.args)]
    rest = list(pos)
    given = dict(kw)
    for name in names:
        if rest:
            scope.names[name] = rest.pop(0)
        else:
            scope.names[name] = _given(m, fn, given, name)
    for name in (a.arg for a in args.kwonlyargs):
        scope.names[name] = _given(m, fn, given, name)
    if args.vararg:
        seq = Seq("tuple", list(rest))
        seq.open = not rest and not pos
        if seq.open:
            seq.sources |= {_rest(m)}
        scope.names[args.vararg.arg] = seq
    if args.kwarg:
        more = scope.names[args.kwarg.arg] = Dict(given, is_open=not given)
        if not given and not pos:
            more.sources |= {_rest(m)}


def _rest(m: Machine) -> int:
    """Return what stands for all that a caller hands to ``*args`` or ``**kwargs``."""
    token = m.token(None)
    m.asked.add(token)
    return token


def is_secret(name: str) -> bool:
    """Whether a parameter is named like something that must not leave the machine."""
    low = name.lower()
    return low in _SECRET or low.endswith(_SECRET[:9])


def is_empty(value: Value) -> bool:
    """Whether a default says that nothing is given."""
    return type(value) is Const and (value.data is None or value.data == "")


def unknown_parameter(m: Machine, name: str, fn: Func) -> Value:
    """Return the value of a parameter nobody gave; one with a secret's name is followed."""
    pending = heard(m, fn) if name not in {"self", "cls"} else None
    if is_secret(name):
        pending = ("secret.parameter", m.line_of(fn.node), getattr(fn.node, "name", "<lambda>"), name)
    token = m.token(pending)
    m.asked.add(token)
    return Ref("?" + name, frozenset((token,)), made=True)


# -- scanned classes -----------------------------------------------------------------------------------------------


def instantiate(m: Machine, cls: Class, pos: list[Value], kw: dict[str, Value], node: ast.AST) -> Value:  # noqa: C901
    """Make an instance and run what making and dropping it runs."""
    made = Obj(cls)
    cls.made = cls.made or made
    new = cls.find("__new__")
    if isinstance(new, Func):
        call_function(m, new, [cls, *pos], kw, node)
    init = cls.find("__init__")
    if isinstance(init, Func):
        call_function(m, init.bind(made), pos, kw, node)
    elif foreign := cls.foreign():
        base = call_foreign(m, Ref(foreign), pos, kw, node, m.module.scope)
        made.sources |= sources(base)
        for name, value in zip(("target", "args"), (kw.get("target"), kw.get("args")), strict=True):
            if value is not None:
                made.attrs[name] = value
    else:
        for index, value in enumerate(pos):
            made.attrs[f"_{index}"] = value
        made.attrs.update(kw)
    for name in ("__post_init__", "__del__"):
        hook = cls.find(name)
        if isinstance(hook, Func):
            call_function(m, hook.bind(made), [], {}, node)
    if cls.foreign().endswith(("Thread", "Process", "Timer")):
        run = cls.find("run")
        if isinstance(run, Func):
            call_function(m, run.bind(made), [], {}, node)
    return made


def dunder(
    m: Machine, obj: Obj, name: str, args: list[Value], node: ast.AST, kw: dict[str, Value] | None = None
) -> Value | None:
    """Call a special method of an instance; None when its class has none."""
    found = obj.cls.find(name)
    return call_function(m, found.bind(obj), args, kw or {}, node) if isinstance(found, Func) else None


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _call_super(m: Machine, name: str, node: ast.Call, scope: Scope) -> Value:
    """Call a method of the next class; foreign bases do nothing known."""
    pos, kw = arguments(m, node, scope)
    receiver: Value | None = None
    where: Scope | None = scope
    while where is not None and receiver is None:
        receiver = where.names.get("self") or where.names.get("cls")
        where = where.parent
    if isinstance(receiver, Obj):
        for base in receiver.cls.bases:
            found = base.find(name) if isinstance(base, Class) else None
            if isinstance(found, Func) and not any(f is found for f in receiver.cls.attrs.values()):
                return call_function(m, found.bind(receiver), pos, kw, node)
        receiver.sources |= joined_sources(pos, kw)
    return Ref("", joined_sources(pos, kw), made=True)


def _given(m: Machine, fn: Func, given: dict[str, Value], name: str) -> Value:
    """Return what a parameter is called with: the keyword, its default, or a value nobody knows."""
    if name in given:
        return given.pop(name)
    default = fn.defaults.get(name)
    if default is None or (not m.frames and is_empty(default) and is_secret(name)):
        return unknown_parameter(m, name, fn)
    return default
