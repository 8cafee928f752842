"""Names: looking them up, assigning them, and what a loop runs over."""

from __future__ import annotations

import ast
import builtins
from typing import Any

from depscan.facts.python.branches import note_write
from depscan.facts.python.callbacks import assigned
from depscan.facts.python.machine import Machine
from depscan.facts.python.values import (
    NONE,
    Alt,
    Class,
    Const,
    Dict,
    Func,
    Mod,
    Obj,
    Ref,
    Scope,
    Seq,
    Value,
    first,
    sources,
    wrap,
)

BUILTINS = frozenset(dir(builtins)) | {"unicode", "execfile", "raw_input", "reload", "unichr", "xrange", "file", "long"}
MAX_ATTRS = 2000


def lookup(m: Machine, name: str, scope: Scope) -> Value:
    """Return the value of a name as a reader of that scope sees it."""
    where: Scope | None = scope
    if scope.far and name in scope.far:
        where = scope.far[name]
    start = where
    while where is not None:
        if where.kind != "class" or where is start:
            found = where.names.get(name)
            if found is not None:
                return found
        where = where.parent
    return _outside(m, name, scope)


def _outside(m: Machine, name: str, scope: Scope) -> Value:
    if name == "__file__":
        return Const(scope.module.path)
    if name == "__name__":
        return Const(scope.module.name or "__main__", partial=True)
    if name == "__doc__":
        tree = m.module.tree
        return Const((ast.get_docstring(tree, clean=False) if tree else None) or "")
    if name in {"__builtins__", "__builtin__"}:
        return Ref("builtins")
    return Ref(name)


def module_scope(scope: Scope) -> Scope:
    """Return the global names a scope sees."""
    while scope.parent is not None:
        scope = scope.parent
    return scope


def carried(m: Machine, value: Value, node: ast.AST) -> Value:
    """Return a value that is passed on as data; the whole environment becomes a fact then."""
    if type(value) is Ref and value.name == "os.environ" and not value.made:
        index = m.emit("env.dump", "os.environ", node)
        return Ref("os.environ", value.sources | ({index} if index >= 0 else NONE), made=True)
    return value


def iterate(value: Value) -> list[Any] | None:
    """Return the items that a loop over a value sees, or None when they are not known."""
    value = first(value)
    if isinstance(value, Seq):
        return None if value.open and not value.items else list(value.items)
    if isinstance(value, Dict):
        return None if value.open and not value.items else [_key(k, value) for k in value.items]
    if type(value) is Const and not value.partial and isinstance(value.data, str | bytes):
        if not value.sources and not value.layers:
            return list(value.data)
        return [Const(c, value.sources, value.layers) for c in value.data[:200_000]]
    return None


def _key(key: Any, held: Dict) -> Any:
    return Const(key, held.sources) if held.sources else key


def assign(m: Machine, target: ast.expr, value: Value, scope: Scope) -> None:
    """Bind a value to a target."""
    kind = type(target)
    if kind is ast.Name:
        _bind(target.id, value, scope)  # type: ignore[attr-defined]
    elif kind is ast.Tuple or kind is ast.List:
        _unpack(m, target.elts, value, scope)  # type: ignore[attr-defined]
    elif kind is ast.Attribute:
        holder = m.eval(target.value, scope)  # type: ignore[attr-defined]
        note_write(m, holder, target.attr)  # type: ignore[attr-defined]
        set_attribute(holder, target.attr, value)  # type: ignore[attr-defined]
        if type(value) is Func and isinstance(holder, Ref):
            assigned(m, holder, target.attr, value, target)  # type: ignore[attr-defined]
    elif kind is ast.Subscript:
        _set_item(m, target, value, scope)  # type: ignore[arg-type]
    elif kind is ast.Starred:
        assign(m, target.value, value, scope)  # type: ignore[attr-defined]


def _bind(name: str, value: Value, scope: Scope) -> None:
    if scope.far and name in scope.far:
        scope.far[name].names[name] = value
    else:
        scope.names[name] = value


def _unpack(m: Machine, targets: list[ast.expr], value: Value, scope: Scope) -> None:
    items = iterate(value)
    star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    if items is not None and star is None and len(items) == len(targets):
        for target, item in zip(targets, items, strict=True):
            assign(m, target, wrap(item), scope)
    elif items is not None and star is not None and len(items) >= len(targets) - 1:
        after = len(targets) - star - 1
        middle = Seq("list", items[star : len(items) - after], value.sources)
        spread = [*items[:star], middle, *items[len(items) - after :]]
        for target, item in zip(targets, spread, strict=False):
            assign(m, target, wrap(item), scope)
    else:
        found = sources(value)
        name = value.name if isinstance(value, Ref) and value.made else ""
        for target in targets:
            assign(m, target, Ref(name, found, value.layers, made=True), scope)


def set_attribute(holder: Value, name: str, value: Value) -> None:
    """Set an attribute, as an assignment or ``setattr`` does."""
    for one in holder.options if isinstance(holder, Alt) else [holder]:
        if isinstance(one, Obj | Class) and len(one.attrs) < MAX_ATTRS:
            one.attrs[name] = value
        elif isinstance(one, Mod):
            one.module.scope.names[name] = value
        elif isinstance(one, Ref):
            if one.attrs is None:
                one.attrs = {}
            one.attrs[name] = value
            if one.made:
                one.sources |= sources(value)


def _set_item(m: Machine, target: ast.Subscript, value: Value, scope: Scope) -> None:
    holder = m.eval(target.value, scope)
    key = m.eval(target.slice, scope)
    value = carried(m, value, target)
    for one in holder.options if isinstance(holder, Alt) else [holder]:
        set_item(one, key, value, scope)


def set_item(holder: Value, key: Value, value: Value, scope: Scope) -> None:
    """Set an item of a container."""
    data = key.data if type(key) is Const and not key.partial else None
    if isinstance(holder, Dict):
        if isinstance(data, str | bytes | int | float):
            holder.items[data] = value
        else:
            holder.open = True
            holder.items[f"{{?}}{min(len(holder.items), 200)}"] = value
            holder.sources |= sources(key)
    elif isinstance(holder, Seq):
        if isinstance(data, int) and -len(holder.items) <= data < len(holder.items):
            holder.items[data] = value
        else:
            holder.sources |= sources(value)
            holder.open = True
    elif isinstance(holder, Ref):
        if holder.name in {"globals()", "locals()"} and isinstance(data, str):
            module_scope(scope).names[data] = value
        elif holder.name.endswith(".__dict__") and holder.base is not None and isinstance(data, str):
            set_attribute(holder.base, data, value)
        elif holder.made:
            holder.sources |= sources(value)
    elif isinstance(holder, Obj):
        holder.sources |= sources(value)
