"""Functions on files and paths: what is opened, written, copied, joined; environment variables too."""

from __future__ import annotations

import ast
from itertools import islice

from depscan.facts.python.attributes import read_variable
from depscan.facts.python.effects import _PERSIST, remember, shown, touch, written_in
from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.machine import MAX_VALUE, Machine
from depscan.facts.python.staged import keep
from depscan.facts.python.values import (
    HOLE,
    NONE,
    Alt,
    Const,
    Ref,
    Scope,
    Seq,
    Value,
    all_layers,
    layers,
    sources,
    text_of,
    texts,
)

Given = dict[str, Value]


def _open(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    path = pos[0] if pos else kw.get("file") or kw.get("name")
    return open_path(m, path, pos[1] if len(pos) > 1 else kw.get("mode"), node) if path is not None else None


def open_path(m: Machine, path: Value, mode_value: Value | None, node: ast.AST) -> Value:
    """Add the fact of opening a file and return the file; what is written later flows into the path."""
    mode = text_of(mode_value) or "r"
    writes = any(c in mode for c in "wax+")
    made = Ref("open", made=True, value=path)
    if not writes:
        made.sources = touch(m, "file.read", "open", [path], sources(path), node)
        return made
    index = m.emit("file.write", "open", node, shown([path]), sources(path))
    if index >= 0:
        remember(m, path, index)
        made.sources = frozenset((index,))
        if any(_PERSIST.search(t) for t in shown([path])):
            m.emit("persist", "open", node, shown([path]), frozenset((index,)))
    return made


def _path_open(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    if fn.base is None or fn.base.value is None:
        return None
    return open_path(m, fn.base.value, pos[0] if pos else kw.get("mode"), node)


def _write(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run file.write(data): the data flows into the path."""
    base = fn.base
    path = base.value if base is not None else None
    data = pos[0] if pos else kw.get("data")
    if path is None or data is None:
        return None
    text = text_of(data)
    found = sources(data) | sources(path)
    listed = shown([path])
    index = m.emit("file.write", f"{fn.name}", node, (*listed, text) if text else listed, found)
    if index >= 0:
        remember(m, path, index)
        if any(_PERSIST.search(t) for t in listed):
            m.emit("persist", fn.name, node, (*listed, text or ""), found | {index})
        if text and listed:
            keep(m, listed[0], text, index)
    return Const(None)


_MOST_TEXTS = 40


def _copyfileobj(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    if len(pos) < 2 or not isinstance(pos[1], Ref) or pos[1].value is None:  # noqa: PLR2004 - from and to
        return None
    path = pos[1].value
    index = m.emit("file.write", fn.name, node, shown([path]), sources(pos[0]))
    if index >= 0:
        remember(m, path, index)
    return Const(None)


def _json_dump(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    if len(pos) < 2:  # noqa: PLR2004 - data and file
        return None
    target = pos[1]
    if not isinstance(target, Ref) or target.value is None:
        return None
    held = " ".join(text[:MAX_VALUE] for text in islice(texts(pos[0]), _MOST_TEXTS))
    index = m.emit("file.write", fn.name, node, (*shown([target.value]), held), sources(pos[0]))
    if index >= 0:
        remember(m, target.value, index)
    return Const(None)


def _copy(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Run shutil.copy and os.rename: a read of one path that flows into another."""
    if len(pos) < 2:  # noqa: PLR2004 - from and to
        return None
    read = touch(m, "file.read", fn.name, [pos[0]], sources(pos[0]) | written_in(m, shown([pos[0]])), node)
    flows = sources(pos[0]) | read
    index = m.emit("file.write", fn.name, node, shown([pos[1], pos[0]]), flows)
    if index >= 0:
        remember(m, pos[1], index)
        if any(_PERSIST.search(t) for t in shown([pos[1]])):
            m.emit("persist", fn.name, node, shown([pos[1], pos[0]]), flows | {index})
    return pos[1]


def _join(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    found: frozenset[int] = NONE
    chain: tuple[str, ...] = ()
    words: list[str] = []
    for value in pos:
        found |= sources(value)
        chain = layers(chain, all_layers(value))
        text = text_of(value)
        if text is not None and text.startswith(("/", "~")) and not words:
            words = [text]
        else:
            words.append(text if text is not None else HOLE)
    partial = any(not (type(v) is Const and not v.partial) for v in pos)
    return Const("/".join(w.rstrip("/\\") or w for w in words), found, chain, partial=partial)


def _same(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return pos[0] if pos else None


def _dirname(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    text = text_of(pos[0]) if pos else None
    if text is None:
        return None
    flat = text.replace("\\", "/")
    head, _, tail = flat.rpartition("/")
    shown_text = (head or ".") if fn.name.endswith("dirname") else tail or HOLE
    return Const(shown_text, sources(pos[0]), all_layers(pos[0]), partial=True)


def _temporary(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Return a path nobody knows, that is itself wherever it goes."""
    token = frozenset((m.token(),))
    name = fn.name.rpartition(".")[2]
    suffix = text_of(kw.get("suffix")) or ""
    text = "/tmp" if name == "gettempdir" else "/tmp/{?}" + suffix  # noqa: S108 - shown, not opened
    path = Const(text, NONE if name == "gettempdir" else token, partial=True)
    if name == "mkstemp":
        return Seq("tuple", [Ref("?fd", made=True), path])
    if "File" in name:
        made = Ref("open", made=True, value=path)
        made.attrs = {"name": path}
        return made
    if name == "TemporaryDirectory":
        made = Ref("tempfile.TemporaryDirectory", token, made=True, value=path)
        made.attrs = {"name": path}
        return made
    return path


def _home(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return Ref("pathlib.Path", made=True, value=Const("~", partial=True))


def _pathlib(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    path = _join(m, fn, pos, kw, node, scope) if pos else Const(".")
    return Ref("pathlib.Path", sources(path) if path else NONE, made=True, value=path)


def _path_method(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    base = fn.base
    if base is None or base.value is None:
        return None
    value = _join(m, fn, [base.value, *pos], kw, node, scope) if fn.name.endswith("joinpath") else base.value
    return Ref("pathlib.Path", fn.sources, made=True, value=value)


def _path_write(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return _write(m, fn, pos, kw, node, scope)


def _getenv(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    key = pos[0] if pos else kw.get("key")
    name = text_of(key)
    value = read_variable(m, name if name and HOLE not in name else None, node, sources(key) if key else NONE)
    default = pos[1] if len(pos) > 1 else kw.get("default")
    if isinstance(default, Const) and default.data and isinstance(value, Ref):
        return Alt([value, default])
    return value


def _expandvars(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    return pos[0] if pos else None


SPECIAL.update({
    "open": _open, "zipfile.Path": _pathlib, "aiofiles.open": _open, "open.write": _write, "open.writelines": _write,
    "pathlib.Path.open": _path_open, "pathlib.Path.write_text": _path_write, "pathlib.Path.write_bytes": _path_write,
    "shutil.copyfileobj": _copyfileobj, "json.dump": _json_dump, "pickle.dump": _json_dump, "yaml.dump": _json_dump,
    "plistlib.dump": _json_dump, "toml.dump": _json_dump, "tomli_w.dump": _json_dump, "yaml.safe_dump": _json_dump,
    "shutil.copy": _copy, "shutil.copyfile": _copy, "shutil.copy2": _copy, "shutil.move": _copy, "os.rename": _copy,
    "os.replace": _copy, "shutil.copytree": _copy, "os.link": _copy, "os.symlink": _copy, "os.path.join": _join,
    "os.path.expanduser": _same, "os.path.abspath": _same, "os.path.realpath": _same, "os.path.normpath": _same,
    "os.path.expandvars": _expandvars, "os.path.dirname": _dirname, "os.path.basename": _dirname, "os.fspath": _same,
    "tempfile.mktemp": _temporary, "tempfile.mkstemp": _temporary, "tempfile.mkdtemp": _temporary,
    "tempfile.NamedTemporaryFile": _temporary, "tempfile.TemporaryFile": _temporary,
    "tempfile._TemporaryFile": _temporary, "tempfile.gettempdir": _temporary,
    "tempfile.TemporaryDirectory": _temporary, "tempfile.SpooledTemporaryFile": _temporary,
    "pathlib.Path.home": _home, "pathlib.Path": _pathlib, "pathlib.PurePath": _pathlib, "pathlib.PosixPath": _pathlib,
    "pathlib.WindowsPath": _pathlib, "pathlib.Path.joinpath": _path_method, "pathlib.Path.expanduser": _path_method,
    "pathlib.Path.resolve": _path_method, "pathlib.Path.absolute": _path_method,
    "pathlib.Path.as_posix": _path_method, "os.getenv": _getenv, "os.environ.get": _getenv, "os.environ.pop": _getenv,
    "os.environ.__getitem__": _getenv, "os.environ.setdefault": _getenv,
})  # fmt: skip
