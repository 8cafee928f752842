"""Attributes and subscripts: of scanned classes, modules and instances, of foreign names, of constants."""

from __future__ import annotations

import ast
import zlib
from typing import Any

from depscan.facts.python.builtin_text import text_of_builtin
from depscan.facts.python.fold import ERRORS, STRING_CONSTANTS
from depscan.facts.python.machine import Machine
from depscan.facts.python.names import canon
from depscan.facts.python.scopes import module_scope
from depscan.facts.python.values import (
    NONE,
    Alt,
    Call,
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
    layers,
    native,
    sources,
    wrap,
)

_MAX_NAME = 160
_TEXTS = frozenset({"__name__", "__qualname__", "__doc__", "__module__"})
_TABLES = (".__dict__", ".__globals__", ".__builtins__")
_NAMESPACES = frozenset({"builtins", "globals()", "locals()", "sys.modules"})
_KEYS = frozenset({
    "private_key", "_private_key", "privkey", "secret_key", "secret", "mnemonic", "seed_phrase", "privateKey",
    "to_wif", "export_private_key",
})  # fmt: skip
"""Attributes of an account that a caller hands over which hold what moves its money."""
_ALTERNATE = "\\"


def attribute(m: Machine, holder: Value, name: str, node: ast.AST) -> Value:  # noqa: C901
    """Return an attribute; foreign ones by their dotted name."""
    if isinstance(holder, Ref):
        return _of_ref(m, holder, name, node)
    if isinstance(holder, Obj):
        return _of_object(m, holder, name, node)
    if isinstance(holder, Mod):
        return m.import_name(name, holder.module, getattr(node, "lineno", 0)) or Ref(f"{holder.module.name}.{name}")
    if isinstance(holder, Class):
        found = holder.find(name)
        if isinstance(found, Func):
            return found.bind(holder) if found.kind == "class" else found
        return found or _of_class(holder, name)
    if isinstance(holder, Alt):
        return Alt([attribute(m, option, name, node) for option in holder.options])
    if isinstance(holder, Func) and name in {"__globals__", "__closure__", "func_globals"}:
        return Ref("globals()")
    if isinstance(holder, Func) and name in {"__code__", "func_code", "__wrapped__", "__func__", "__call__"}:
        return holder
    if isinstance(holder, Call) and name in {"func", "__call__"}:
        return holder.fn if name == "func" else holder
    if name in {"__class__", "__base__", "__bases__", "__mro__"}:
        return Ref(f"?.{name}", sources(holder), made=True)
    return Call("method", holder, [Const(name)], {})


def _of_class(holder: Class, name: str) -> Value:
    foreign = holder.foreign()
    if name in {"__dict__", "__bases__", "__mro__", "__base__"}:
        return Dict(dict(holder.attrs)) if name == "__dict__" else Seq("tuple", [holder, *holder.bases])
    if name == "__name__":
        return Const(holder.name)
    return Ref(f"{foreign}.{name}" if foreign else f"?.{name}")


def _of_ref(m: Machine, holder: Ref, name: str, node: ast.AST) -> Value:
    if holder.attrs and name in holder.attrs:
        return holder.attrs[name]
    if holder.name == "os.environ" and name in {"_data", "__dict__"}:
        index = m.emit("env.dump", "os.environ", node)
        return Ref("os.environ", holder.sources | {index}, made=True)
    if name in _TEXTS and not holder.made and (text := text_of_builtin(holder.name, name)) is not None:
        return Const(text)
    if name in {"get", "__getitem__"} and (holder.name in _NAMESPACES or holder.name.endswith(_TABLES)):
        return Call("partial", Ref("?table.get"), [holder], {})
    if len(holder.name) > _MAX_NAME:
        return Ref("?." + name, holder.sources, holder.layers, base=holder)
    full = canon(f"{holder.name or '?'}.{name}")
    constant = STRING_CONSTANTS.get(full)
    if constant is not None:
        return Const(constant)
    value = holder.value if name in {"parent", "value", "name", "path", "contents"} else None
    if name in _KEYS and holder.made and holder.name.startswith("?"):
        token = m.token(("secret.parameter", m.line_of(node), "attribute", f"attribute:{name}"))
        return Ref(full, holder.sources | {token}, holder.layers, base=holder, made=True)
    return Ref(full, holder.sources, holder.layers, base=holder, value=value)


def _of_object(m: Machine, holder: Obj, name: str, node: ast.AST) -> Value:
    found = holder.attrs.get(name)
    if found is not None:
        return found
    found = holder.cls.find(name)
    if isinstance(found, Func):
        bound = found.bind(holder)
        if found.kind == "property":
            from depscan.facts.python.invoke import call_value

            return call_value(m, bound, [], {}, node)
        return bound
    if found is not None:
        return found
    if name == "__class__":
        return holder.cls
    if name == "__dict__":
        return Dict(dict(holder.attrs), holder.sources)
    getter = holder.cls.find("__getattr__") or holder.cls.find("__getattribute__")
    if isinstance(getter, Func) and not name.startswith("__"):
        from depscan.facts.python.invoke import call_value

        return call_value(m, getter.bind(holder), [Const(name)], {}, node)
    foreign = holder.cls.foreign()
    if name in _PEER and foreign.endswith("RequestHandler") and foreign.startswith("socketserver."):
        return Ref(_PEER[name], sources(holder), made=True)
    return Ref(
        canon(f"{foreign}.{name}") if foreign else f"?.{name}", sources(holder), base=_carrier(holder), made=False
    )


_PEER = {"request": "socket.socket", "rfile": "socket.socket.makefile", "wfile": "socket.socket.makefile"}
"""What the handler of a socket server speaks through."""


def _carrier(holder: Obj) -> Ref:
    return Ref("", holder.sources, made=True)


def subscript(m: Machine, holder: Value, key: Value, node: ast.AST, scope: Scope) -> Value:
    """Return an item of a container, or the foreign thing a table of names holds."""
    if isinstance(holder, Alt):
        return Alt([subscript(m, option, key, node, scope) for option in holder.options])
    known = type(key) is Const and not key.partial
    data: Any = key.data if type(key) is Const else None
    if isinstance(holder, Ref):
        return _of_table(m, holder, key, node, scope)
    if isinstance(holder, Dict):
        return _of_dict(holder, data if known else None, key)
    if isinstance(holder, Seq) and known:
        return _of_seq(holder, data)
    if type(holder) is Const and known and not holder.partial:
        try:
            found = holder.data[data]
        except (*ERRORS, zlib.error):
            return Ref("", holder.sources, holder.layers, made=True)
        backwards = isinstance(data, slice) and data.step == -1 and len(found) > 3  # noqa: PLR2004 - a real text
        return Const(found, holder.sources, layers(holder.layers, ("reverse",)) if backwards else holder.layers)
    if isinstance(holder, Obj):
        from depscan.facts.python.invoke import dunder

        return dunder(m, holder, "__getitem__", [key], node) or Ref("", sources(holder), made=True)
    if isinstance(holder, Class):
        return holder
    found_sources = sources(holder) | sources(key)
    if isinstance(holder, Seq) and holder.items and len(holder.items) <= 8:  # noqa: PLR2004 - a choice of few
        return Alt([wrap(i) for i in holder.items[:6]])
    return Ref("", found_sources, holder.layers, made=True)


def _of_dict(holder: Dict, data: Any, key: Value) -> Value:
    try:
        found = holder.items.get(data)
    except TypeError:
        found = None
    if found is not None:
        return found
    if data is None and holder.items and len(holder.items) <= 6:  # noqa: PLR2004 - a choice of few
        return Alt(list(holder.items.values()))
    return Ref("", sources(holder) | sources(key), made=True)


def _of_seq(holder: Seq, data: Any) -> Value:
    try:
        found = holder.items[data]
    except (*ERRORS, zlib.error):
        return Ref("", sources(holder), made=True)
    if isinstance(data, slice):
        out = Seq(holder.kind, found, holder.sources)
        out.layers = holder.layers
        out.open = holder.open
        return out
    value = wrap(found)
    if holder.sources - value.sources and type(value) is Const:
        return Const(value.data, value.sources | holder.sources, value.layers, partial=value.partial)
    return value


def _of_table(m: Machine, holder: Ref, key: Value, node: ast.AST, scope: Scope) -> Value:
    name = holder.name
    try:
        data = native(key)
    except ValueError:
        data = None
    if name == "os.environ" and not isinstance(data, slice):
        return read_variable(m, data if isinstance(data, str) else None, node, sources(key))
    if isinstance(data, str):
        if name in {"globals()", "locals()"}:
            from depscan.facts.python.scopes import lookup

            return lookup(m, data, scope if name == "locals()" else module_scope(scope))
        if name == "sys.modules":
            return (
                m.import_name("", m.module, 0) or Ref(data) if data in {"__main__", m.module.name} else Ref(canon(data))
            )
        if name == "builtins":
            return Ref(data)
        if name.endswith(_TABLES):
            root = holder.base
            if root is not None and name.endswith(".__dict__"):
                return attribute(m, root, data, node)
            return Ref(canon(data))
    return Ref(
        f"{name}[]" if name and not name.endswith("[]") else name,
        sources(holder) | sources(key),
        holder.layers,
        value=holder.value,
        made=True,
    )


_FOLDERS = {
    "HOME": "~", "USERPROFILE": "~", "HOMEPATH": "~", "APPDATA": "%APPDATA%", "LOCALAPPDATA": "%LOCALAPPDATA%",
    "TEMP": "%TEMP%", "TMP": "%TEMP%", "TMPDIR": "/tmp", "PROGRAMDATA": "%PROGRAMDATA%", "SYSTEMROOT": "%SYSTEMROOT%",  # noqa: S108
    "WINDIR": "%SYSTEMROOT%", "PROGRAMFILES": "%PROGRAMFILES%", "ALLUSERSPROFILE": "%PROGRAMDATA%",
    "PUBLIC": "%PUBLIC%",
}  # fmt: skip
"""Variables that name folders: they are shown in paths, so that rules can tell where something is written."""


def read_variable(m: Machine, name: str | None, node: ast.AST, found: frozenset[int] = NONE) -> Value:
    """Return the value of an environment variable, and add its fact."""
    index = m.emit("env.read", "os.environ", node, (name,) if name else ())
    held = found | ({index} if index >= 0 else NONE)
    folder = _FOLDERS.get((name or "").upper())
    if folder is not None:
        return Const(folder, held, partial=True)
    return Ref("?env", held, made=True)
