"""What calls, parameters, fields and items of containers can be: the parts of evaluation that know Python's library."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING

from depscan.inputs.code import _items, _texts
from depscan.inputs.code._nodes import last_name
from depscan.inputs.code._value import Value, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.code._scopes import Binding, Place, Scope
    from depscan.inputs.code._values import Evaluator

_SITES = 12
"""Calls of a function of the file looked at for the values of a parameter."""
_GETENV = frozenset({"os.getenv", "os.environ.get", "environ.get", "getenv", "os.environ.setdefault", "os.environ.pop"})
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "Path"})
_SAME = frozenset({
    "str", "os.fspath", "os.path.abspath", "os.path.expanduser", "os.path.realpath", "os.path.normpath",
    "os.path.expandvars", "typing.cast", "open", "io.open", "gzip.open", "bz2.open", "lzma.open", "builtins.open",
    "fsspec.open", "codecs.open",
})  # fmt: skip
_SAME_METHODS = frozenset({"as_posix", "resolve", "expanduser", "absolute", "open", "strip", "rstrip", "lstrip",
                           "__str__", "read", "read_bytes", "get_secret_value"})  # fmt: skip
PARTIALS = frozenset({"functools.partial", "functools.partialmethod"})
"""What gives a function some of its arguments ahead of the call."""
_CHOICES = frozenset({"selectbox", "radio", "select_slider", "segmented_control", "pills"})
"""Widgets that give one of their options."""
_FIELDS = re.compile(r"(?:.*\.)?(?:field|Field|Option|Argument|Parameter|Param|Query|Body|Form|attrib|ib|config)$")
_SPACES = re.compile(r"(?:.*\.)?(?:SimpleNamespace|Namespace|Box|EasyDict|edict|AttrDict|ConfigDict|DotMap|Munch)$")


def call(ev: Evaluator, node: ast.Call, place: Place, depth: int) -> list[Value]:
    """Return what a call gives."""
    func = node.func
    if isinstance(func, ast.Attribute):
        found = _method(ev, node, func, place, depth)
        if found:
            return found
    made: list[Value] = []
    for callee in ev.values(func, place, depth):
        made += _called(ev, callee, node, place, depth)
    return made


def _called(ev: Evaluator, callee: Value, node: ast.Call, place: Place, depth: int) -> list[Value]:
    if callee.kind == "class":
        return [callee._replace(node=node, place=place, bound=())]
    if callee.kind == "function" and callee.scope is not None:
        made: list[Value] = []
        for expression, where in callee.scope.returns[:8]:
            made += ev.values(expression, where, depth)
        return made
    if callee.kind != "ref":
        return []
    found = _library(ev, callee.text, node, place, depth)
    return [callee._replace(node=node, place=place, bound=())] if found is None else found


def _library(ev: Evaluator, dotted: str, node: ast.Call, place: Place, depth: int) -> list[Value] | None:
    """Return what a function of Python's library gives; None when it is none we know."""
    arguments = node.args
    if dotted in _GETENV and arguments:
        default = arguments[1] if len(arguments) > 1 else given(node, "default")
        names = [v.text for v in ev.values(arguments[0], place, depth) if v.kind == "text"]
        return [v for n in names[:4] for v in from_environment(ev, n, default, place, depth)]
    if dotted in _PATHS or dotted in {"os.path.join", "posixpath.join"}:
        return _texts.joined(ev, arguments, place, depth)
    if dotted in _SAME and arguments:
        return ev.values(arguments[1 if dotted == "typing.cast" and len(arguments) > 1 else 0], place, depth)
    if dotted.rpartition(".")[2] in _CHOICES and "." in dotted:
        options = given(node, "options") or (arguments[1] if len(arguments) > 1 else None)
        return _items.every(ev, options, place, depth) if options is not None else None
    if dotted in {"os.path.dirname", "posixpath.dirname"} and arguments:
        return [_texts.parent(v) for v in ev.values(arguments[0], place, depth) if v.kind == "text"]
    if dotted in PARTIALS and arguments:
        return [v._replace(bound=(*v.bound, (node, place))) for v in ev.values(arguments[0], place, depth)]
    if dotted == "dict":
        return [_dict(ev, node, place)]
    if dotted == "getattr" and len(arguments) > 1 and isinstance(arguments[1], ast.Constant):
        bases = ev.values(arguments[0], place, depth)
        found = [v for b in bases for v in ev.of(b, str(arguments[1].value), depth)]
        return [*found, *(ev.values(arguments[2], place, depth) if len(arguments) > 2 else [])]  # noqa: PLR2004
    return None


def _dict(ev: Evaluator, node: ast.Call, place: Place) -> Value:

    keys: list[ast.expr | None] = [None if k.arg is None else ast.Constant(k.arg) for k in node.keywords]
    made = ast.Dict(keys, [k.value for k in node.keywords])
    ev.alive.append(made)
    return Value("dict", node=made, place=place)


def _method(ev: Evaluator, node: ast.Call, func: ast.Attribute, place: Place, depth: int) -> list[Value]:
    """Return what a method of a text or dict gives; [] for others."""
    if func.attr not in _METHODS:
        return []
    made: list[Value] = []
    for base in ev.values(func.value, place, depth):
        if base.kind == "text" and func.attr == "format":
            made += _texts.formatted(ev, base, node, place, depth)
        elif base.kind == "text" and func.attr in _SAME_METHODS:
            made.append(base)
        elif base.kind == "text" and func.attr in {"lower", "upper"}:
            made.append(base._replace(data=base.text.lower() if func.attr == "lower" else base.text.upper()))
        elif base.kind == "text" and func.attr == "joinpath":
            made += _texts.joined(ev, [func.value, *node.args], place, depth)
        elif base.kind == "dict" and func.attr == "get" and node.args:
            keys = [v.data for v in ev.values(node.args[0], place, depth) if v.kind == "text" and not v.open]
            made += [v for key in keys or [None] for v in _items.item(ev, base, key, depth)]
            made += ev.values(node.args[1], place, depth) if len(node.args) > 1 else []
        elif base.kind == "dict" and func.attr in {"items", "keys", "values", "copy"}:
            made.append(base._replace(data=func.attr))
    return made


_METHODS = frozenset({*_SAME_METHODS, "format", "lower", "upper", "joinpath", "get", "items", "keys", "values", "copy"})


def environment_name(node: ast.expr) -> str:
    """Return NAME of ``os.environ["NAME"]``, "" for others."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Constant):
        return ""
    base = node.value
    last = base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
    return str(node.slice.value) if last == "environ" else ""


def from_environment(ev: Evaluator, name: str, default: ast.expr | None, place: Place, depth: int) -> list[Value]:
    """Return what a variable of the environment is by default, or where the file itself sets it."""
    origin = f"env:{name}"
    found = [] if default is None else ev.values(default, place, depth)
    for expression, where in ev.environment.get(name, [])[:4]:
        found += ev.values(expression, where, depth)
    known = [v._replace(origin=v.origin or origin) for v in found if v.kind in {"text", "ref"}]
    return known or [unknown(None, origin)]


def given(node: ast.Call, name: str) -> ast.expr | None:
    """Return the keyword argument ``name`` of a call."""
    return next((k.value for k in node.keywords if k.arg == name), None)


def parameter(ev: Evaluator, name: str, binding: Binding, depth: int) -> list[Value]:
    """Return a parameter's default, what the file's own calls give for it, and an instance of its annotated class."""
    function = binding.scope
    if function is None or not isinstance(function.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    found: list[Value] = []
    if binding.node is not None:
        for value in ev.values(binding.node, binding.place, depth):
            found += field(ev, value, depth)
    found += _option(ev, name, function, binding.place, depth)
    for expression, place in _sites(ev, name, binding, depth):
        found += [v for v in ev.values(expression, place, depth) if v.kind != "unknown"]
    known = [v for v in found if v.kind != "unknown" and not (v.kind == "constant" and v.data is None)]
    return known or _annotated(ev, name, function, binding.place, depth)


def _annotated(ev: Evaluator, name: str, function: Scope, place: Place, depth: int) -> list[Value]:

    node = function.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    annotation = next((a.annotation for a in arguments if a.arg == name), None)
    if isinstance(annotation, ast.BinOp):
        annotation = annotation.left
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, (ast.Name, ast.Attribute)):
        annotation = annotation.slice
    if isinstance(annotation, (ast.Name, ast.Attribute)):
        values = ev.values(annotation, place, depth)
        kinds = [v for v in values if v.kind == "class" or (v.kind == "ref" and "." in v.text)]
        if kinds:
            return kinds
    return [Value("unknown", f"?{name}")]


def _option(ev: Evaluator, name: str, function: Scope, place: Place, depth: int) -> list[Value]:
    """Return the default that a decorator gives a parameter (``@click.option("--model", default="x")``)."""
    assert isinstance(function.node, (ast.FunctionDef, ast.AsyncFunctionDef))  # noqa: S101 - its caller looked
    found: list[Value] = []
    for node in function.node.decorator_list:
        if isinstance(node, ast.Call) and last_name(node.func) in {"option", "argument"} and name in _flags(node):
            default = given(node, "default")
            found += ev.values(default, place, depth) if default is not None else []
    return found


def _flags(node: ast.Call) -> set[str]:
    """Return the names under which an option's value is found."""
    destination = given(node, "dest")
    if isinstance(destination, ast.Constant):
        return {str(destination.value)}
    texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return {t.lstrip("-").replace("-", "_") for t in texts}


def _sites(ev: Evaluator, name: str, binding: Binding, depth: int) -> Iterator[tuple[ast.expr, Place]]:
    """Yield what the file's own calls of a function give for a parameter."""
    function, index = binding.scope, binding.position
    node = function.node if function is not None else None
    if function is None or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    called, method = node.name, function.owner is not None
    if method and called == "__init__" and isinstance(function.owner.node, ast.ClassDef):  # type: ignore[union-attr]
        called = function.owner.node.name  # type: ignore[union-attr]
    position = index - 1 if method and not any(last_name(d) == "staticmethod" for d in node.decorator_list) else index
    sites = (site for site in ev.walk.called.get(called, ()) if _calls_it(ev, site[0].func, function, site[1], depth))
    for call_node, place in itertools.islice(sites, _SITES):
        argument = given(call_node, name)
        if argument is None and 0 <= position < len(call_node.args):
            argument = call_node.args[position]
            if any(isinstance(a, ast.Starred) for a in call_node.args[: position + 1]):
                argument = None
        if argument is not None:
            yield argument, place


def _calls_it(ev: Evaluator, func: ast.expr, function: Scope, place: Place, depth: int) -> bool:
    """Return whether a call of the right name calls this function; a method of an object nobody knows may be it."""
    owner = function.owner
    if isinstance(func, ast.Name):
        scope = owner if owner is not None else function
        return any(v.scope is scope for v in ev.values(func, place, depth))
    if owner is None or not isinstance(func, ast.Attribute):
        return False
    if isinstance(func.value, ast.Name) and func.value.id in {"self", "cls"}:
        return place.scope.owner is owner
    return any(
        v.kind == "unknown" or (v.kind == "class" and v.scope is owner) for v in ev.values(func.value, place, depth)
    )


def field(ev: Evaluator, value: Value, depth: int) -> list[Value]:
    """Return the default of ``field(default=X)``, ``Field(X)``, ``Option(X)``; other values as they are."""
    if value.kind != "ref" or not isinstance(value.node, ast.Call) or not _FIELDS.match(value.text):
        return [value]
    default = given(value.node, "default")
    if default is None and value.node.args:
        default = value.node.args[0]
    return ev.values(default, value.place, depth) if default is not None and value.place is not None else []


def special_attribute(ev: Evaluator, base: Value, name: str, depth: int) -> list[Value]:
    """Return an attribute of parsed arguments or of a namespace that was made from keywords."""
    node, place = base.node, base.place
    if not isinstance(node, ast.Call) or place is None:
        return []
    if _SPACES.match(base.text):
        value = given(node, name)
        return ev.values(value, place, depth) if value is not None else []
    if base.text.endswith((".parse_args", ".parse_known_args")):
        return option(ev, name, depth)
    if base.text.endswith(".parse_args_into_dataclasses"):
        classes = [b.scope for bs in ev.walk.module.bound.values() for b in bs if b.kind == "scope" and b.scope]
        found = [s.bound[name] for s in classes if s.kind == "class" and name in s.bound]
        return [w for bs in found for b in bs for v in ev.binding(name, b, depth) for w in field(ev, v, depth)]
    return []


def option(ev: Evaluator, name: str, depth: int) -> list[Value]:
    """Return the default of an option of the command line (argparse, optparse)."""
    found: list[Value] = []
    for kind in ("add_argument", "set_defaults", "add_option"):
        for node, place in ev.walk.called.get(kind, ())[:400]:
            default = given(node, name) if kind == "set_defaults" else None
            if kind != "set_defaults" and name in _flags(node):
                default = given(node, "default")
            if default is not None:
                found += ev.values(default, place, depth)
    return found
