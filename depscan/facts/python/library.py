"""Foreign functions that need more than a row of a table: buffers, Fernet, requests with a body, setup()."""

from __future__ import annotations

import ast

from depscan.facts.python.aes import open_fernet
from depscan.facts.python.commands import run_setup
from depscan.facts.python.fold import ERRORS
from depscan.facts.python.foreign import SPECIAL, decoded
from depscan.facts.python.machine import Machine
from depscan.facts.python.values import (
    HOLE,
    NONE,
    Const,
    Ref,
    Scope,
    Value,
    all_layers,
    native,
    sources,
    text_of,
)

Given = dict[str, Value]


def _buffer(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    value = pos[0] if pos else Const(b"")
    return Ref("io.BytesIO", sources(value), all_layers(value), made=True, value=value)


def _buffer_read(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    base = fn.base
    if base is None or not isinstance(base.value, Const):
        return None
    if base.sources - base.value.sources:
        return Ref(fn.name, base.sources, base.layers, made=True)  # more was written into it
    return base.value


def _fernet(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Open a Fernet token whose key is known."""
    key = fn.base.value if fn.base is not None else None
    if key is None or not pos:
        return None
    found = sources(key) | sources(pos[0])
    try:
        data = open_fernet(native(key), native(pos[0]))
    except ERRORS:
        return None
    return decoded(m, data, "fernet", "cryptography.fernet.Fernet.decrypt", found, all_layers(pos[0]), node)


def _connection(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run HTTPConnection.request(method, path, body): a body or POST sends."""
    method = text_of(pos[0]) if pos else text_of(kw.get("method"))
    if (method or "").upper() not in {"POST", "PUT", "PATCH"}:
        return None
    from depscan.facts.python.calls import CALLS, Spec
    from depscan.facts.python.effects import effect

    spec = CALLS[fn.name]
    found = NONE
    for value in (*pos, *kw.values()):
        found |= sources(value)
    made = effect(m, Spec("net.send", spec.select), fn, fn.name, pos, kw, node, found)
    if fn.base is not None and fn.base.made:
        fn.base.sources |= made
    return Ref(fn.name, made | found, base=fn.base, made=True)


def _urlopen(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run urlopen(request, data): with data, or a request that has data, it sends."""
    data = pos[1] if len(pos) > 1 else kw.get("data")
    if data is None or (type(data) is Const and data.data is None):
        return None
    from depscan.facts.python.effects import shown as show

    found = sources(data) | (sources(pos[0]) if pos else NONE)
    index = m.emit("net.send", fn.name, node, show(pos[:1]), found)
    token = m.token(("net.download", m.line_of(node), fn.name, next(iter(show(pos[:1])), "")))
    return Ref(fn.name, found | {token} | ({index} if index >= 0 else NONE), made=True, value=pos[0] if pos else None)


def _request(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run Request(url, data): one that is made of the machine's data by itself says what it is for."""
    from depscan.facts.python.effects import is_data
    from depscan.facts.python.effects import shown as show

    data = pos[1] if len(pos) > 1 else kw.get("data")
    if data is not None and m.when in {"install", "startup", "import"} and is_data(m, sources(data)):
        m.emit("net.send", fn.name, node, show(pos[:1]), sources(data))
    return None


def _setup(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run setuptools.setup: the methods of the command classes run, each at its time."""
    run_setup(m, kw, node)
    return Const(None)


def _string_io(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return pos[1] if len(pos) > 1 else pos[0] if pos else None


def _reg_key(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    text = text_of(pos[1]) if len(pos) > 1 else None
    return Ref(
        "winreg.HKEY", sources(pos[1]) if len(pos) > 1 else NONE, made=True, value=Const(text or HOLE, partial=True)
    )


SPECIAL.update({
    "typing.cast": _string_io, "io.BytesIO": _buffer, "io.StringIO": _buffer, "io.BytesIO.read": _buffer_read,
    "io.BytesIO.getvalue": _buffer_read, "io.StringIO.read": _buffer_read,
    "cryptography.fernet.Fernet.decrypt": _fernet, "http.client.HTTPSConnection.request": _connection,
    "http.client.HTTPConnection.request": _connection, "urllib.request.urlopen": _urlopen,
    "urllib.request.Request": _request, "winreg.OpenKey": _reg_key,
    "winreg.CreateKey": _reg_key, "winreg.OpenKeyEx": _reg_key, "winreg.CreateKeyEx": _reg_key,
    "win32api.RegOpenKeyEx": _reg_key,
})  # fmt: skip
for _name in ("setuptools.setup", "distutils.core.setup", "setup", "numpy.distutils.core.setup", "skbuild.setup",
              "setuptools.dist.setup", "distutils.setup", "torch.utils.cpp_extension.setup"):  # fmt: skip
    SPECIAL[_name] = _setup
