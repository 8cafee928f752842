"""Code made at run time: exec, eval, compile and their like; known text is read as the next layer."""

from __future__ import annotations

import ast

from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.machine import Machine, Module
from depscan.facts.python.parse import parse
from depscan.facts.python.values import (
    HOLE,
    NONE,
    Alt,
    Call,
    Class,
    Const,
    Dict,
    Func,
    Mod,
    Ref,
    Scope,
    Value,
    all_layers,
    sources,
    text_of,
)

MAX_LAYERS = 12
_MAX_SHOWN = 2000


def _source(value: Value) -> tuple[str | None, Value]:
    """Return the text behind a code value, and the value it was compiled from."""
    while isinstance(value, Ref) and value.name in {"compile", "ast.parse"} and value.value is not None:
        value = value.value
    if isinstance(value, Const) and isinstance(value.data, str | bytes):
        data = value.data
        return (data if isinstance(data, str) else data.decode("utf-8", "replace")), value
    return None, value


def run_code(m: Machine, callee: str, value: Value, node: ast.AST, scope: Scope, *, own: bool = False) -> Value:
    """Add the fact of running a text as code, and read the text when it is known."""
    if isinstance(value, Alt):
        results = [run_code(m, callee, option, node, scope, own=own) for option in value.options[:4]]
        return results[-1]
    text, origin = _source(value)
    found = sources(value) | sources(origin)
    if isinstance(value, Ref) and value.made and value.value is not None:
        found |= sources(value.value)
    chain = all_layers(origin) or ("exec",)
    partial = isinstance(origin, Const) and origin.partial
    shown = (text[:_MAX_SHOWN],) if text else ()
    index = m.emit("code.eval", callee, node, shown, found)
    if text is None or (partial and text.strip() == HOLE):
        return Ref("", found | ({index} if index >= 0 else NONE), made=True)
    return read_layer(m, text, chain, found, node, scope, own=own)


def read_layer(
    m: Machine,
    text: str,
    chain: tuple[str, ...],
    found: frozenset[int],
    node: ast.AST,
    scope: Scope,
    *,
    own: bool = False,
) -> Value:
    """Evaluate a text as code that stands at this place, in these names; returns the value of its last expression."""
    if m.layer_depth >= MAX_LAYERS or len(m.layer) >= MAX_LAYERS:
        m.sink.gap(m.module.path, "code wrapped in more layers than are followed", m.line_of(node))
        return Ref("", found, made=True)
    key = (hash(text), m.when, m.module.path, scope.qual)
    if key in m.seen:
        return Ref("", found, made=True)
    m.seen.add(key)
    parsed = parse(text.replace(HOLE, "__hole__") if HOLE in text else text)
    if parsed.tree is None:
        if len(text) > 200:  # noqa: PLR2004 - a program, not a word
            from depscan.facts.python.fallback import read_words

            read_words(m, text, m.line_of(node), (*m.layer, *chain), found)
        return Ref("", found, made=True)
    held = (m.module, m.fixed_line, m.layer, m.given, m.layer_depth)
    inner = Module(m.module.name, m.module.path, text, m.container)
    inner.tree = parsed.tree
    m.fixed_line = m.line_of(node)
    m.layer = (*m.layer, *chain)
    m.given = m.given | found
    m.layer_depth += 1
    m.module = inner
    where = scope
    if own:
        where = Scope("function", scope.module, scope, scope.qual)
    result: Value = Const(None)
    try:
        from depscan.facts.python.statements import run_module

        run_module(m, parsed.tree.body, where)
        last = parsed.tree.body[-1] if parsed.tree.body else None
        if isinstance(last, ast.Expr):
            result = _value_of_name(m, last.value, where)
    finally:
        m.module, m.fixed_line, m.layer, m.given, m.layer_depth = held
    return result


def _value_of_name(m: Machine, node: ast.expr, scope: Scope) -> Value:
    """Return the value of ``eval("name")`` and ``eval("[1, 2]")`` without running calls twice."""
    if any(isinstance(part, ast.Call) for part in ast.walk(node)):
        return m.eval(node, scope) if m.steps < m.limit else Ref("", made=True)
    return m.eval(node, scope)


Given = dict[str, Value]


def _exec(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    value = pos[0] if pos else kw.get("source") or kw.get("object")
    if value is None:
        return None
    target = scope
    names = pos[1] if len(pos) > 1 else kw.get("globals")
    result = run_code(m, fn.name.rpartition(".")[2] or fn.name, value, node, target)
    if isinstance(names, Dict):
        names.items.update({k: v for k, v in target.names.items() if isinstance(v, Func | Class)})
        names.open = True
    return result


def _compile(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, _scope: Scope) -> Value | None:
    value = pos[0] if pos else kw.get("source")
    if value is None:
        return None
    return Ref("compile", sources(value), all_layers(value), value=value, made=True)


def _run_path(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    from depscan.facts.python.effects import shown, written_in

    listed = shown(pos[:1])
    found = sources(pos[0]) if pos else NONE
    if fn.name.endswith(("spec_from_file_location", "load_source", "FileLoader", "load_compiled")):
        place = pos[1] if len(pos) > 1 else kw.get("location") or kw.get("path")
        found |= (sources(place) | written_in(m, shown([place]))) if place is not None else NONE
    index = m.emit("code.eval", fn.name, node, listed, found | written_in(m, listed))
    text = text_of(pos[0]) if pos else None
    if text and fn.name.endswith("run_module"):
        m.import_name("import " + text, m.module, m.line_of(node))
    return Ref("", frozenset((index,)) if index >= 0 else NONE, made=True)


def _function_type(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    value = pos[0] if pos else kw.get("code")
    if value is None:
        return None
    if isinstance(value, Func):
        return value
    return Call("partial", Ref("exec"), [value], {})


def _import(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    value = pos[0] if pos else kw.get("name")
    text = text_of(value)
    if value is None:
        return None
    if isinstance(value, Alt):
        return Alt([_import(m, fn, [o, *pos[1:]], kw, node, scope) or Ref() for o in value.options])
    if text is None or HOLE in text:
        from depscan.facts.python.effects import written_in

        index = m.emit(
            "code.import-dynamic", fn.name, node, (text,) if text else (), sources(value) | written_in(m, [text or ""])
        )
        return Ref("?module", sources(value) | ({index} if index >= 0 else NONE), made=True)
    level = len(text) - len(text.lstrip("."))
    own = m.import_name("import " + "." * level + text.lstrip("."), m.module, m.line_of(node))
    if isinstance(own, Mod):
        return own
    from depscan.facts.python.effects import written_in

    if wrote := written_in(m, [text + ".py"]):
        m.emit("code.import-dynamic", fn.name, node, (text,), wrote)
    fromlist = pos[3] if len(pos) > 3 else kw.get("fromlist")  # noqa: PLR2004 - its fourth parameter
    whole = fn.name != "__import__" or (fromlist is not None and bool(getattr(fromlist, "items", None)))
    return Ref(text if whole else text.partition(".")[0])


for _name in ("exec", "eval", "execfile", "exec_", "six.exec_", "timeit.timeit", "cProfile.run", "pdb.run", "code.interact",
              "code.InteractiveInterpreter.runcode", "code.InteractiveConsole.runsource", "profile.run", "asyncio.exec",
              "code.InteractiveInterpreter.runsource", "IPython.get_ipython.run_cell", "pandas.eval", "doctest.debug_src",
              "code.InteractiveConsole.push"):  # fmt: skip
    SPECIAL[_name] = _exec
SPECIAL["execfile"] = _run_path
SPECIAL["compile"] = SPECIAL["ast.parse"] = _compile
for _name in ("runpy.run_path", "runpy.run_module", "imp.load_source", "importlib.machinery.SourceFileLoader",
              "importlib.util.spec_from_file_location", "runpy._run_module_code", "py_compile.compile",
              "importlib.machinery.SourcelessFileLoader", "imp.load_compiled", "zipimport.zipimporter"):  # fmt: skip
    SPECIAL[_name] = _run_path
SPECIAL["types.FunctionType"] = SPECIAL["types.LambdaType"] = _function_type
for _name in ("__import__", "importlib.import_module", "importlib.__import__", "imp.load_module", "pydoc.locate",
              "pkgutil.resolve_name", "django.utils.module_loading.import_string", "importlib.util.find_spec"):  # fmt: skip
    SPECIAL[_name] = _import
