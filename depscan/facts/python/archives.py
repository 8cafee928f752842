"""Archives the code writes: what is put into one flows into its path."""

from __future__ import annotations

import ast

from depscan.facts.python.effects import remember, shown, touch
from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.machine import Machine
from depscan.facts.python.paths import open_path
from depscan.facts.python.values import NONE, Const, Ref, Scope, Value, sources, text_of

Given = dict[str, Value]


def _archive(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run ``zipfile.ZipFile(path, "w")`` and ``tarfile.open(path, "w:gz")``; reading ones are left to the table."""
    path = pos[0] if pos else kw.get("file") or kw.get("name") or kw.get("fileobj")
    mode = pos[1] if len(pos) > 1 else kw.get("mode")
    if path is None or not (text_of(mode) or "r").startswith(("w", "x", "a")):
        return None
    if isinstance(path, Ref) and path.name in {"io.BytesIO", "tempfile.TemporaryFile"}:
        return Ref(fn.name, made=True, value=path, base=path)
    opened = open_path(m, path, Const("w"), node)
    return Ref(fn.name, opened.sources, made=True, value=path)


def _add(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run ``archive.write(file)``, ``.add(file)`` and ``.writestr(name, data)``."""
    path = fn.base.value if fn.base is not None else None
    if path is None or not pos:
        return None
    data = pos[1] if fn.name.endswith("writestr") and len(pos) > 1 else pos[0]
    found = sources(data)
    if not fn.name.endswith("writestr"):
        found |= touch(m, "file.read", fn.name, [data], found, node)
    index = m.emit("file.write", fn.name, node, (*shown([path]), *shown([data])[:2]), found)
    if isinstance(path, Ref) and path.name == "io.BytesIO":
        path.sources |= found
    if index >= 0:
        remember(m, path, index)
    return Const(None, NONE)


for _name in ("zipfile.ZipFile", "tarfile.open", "tarfile.TarFile", "pyzipper.AESZipFile", "py7zr.SevenZipFile"):
    SPECIAL[_name] = _archive
    for _method in ("write", "writestr", "add", "writeall"):
        SPECIAL[f"{_name}.{_method}"] = _add
