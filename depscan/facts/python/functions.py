"""Making functions and classes from their definitions, decorators included."""

from __future__ import annotations

import ast

from depscan.facts.python.callbacks import reduced
from depscan.facts.python.chat import decorated, subclassed
from depscan.facts.python.invoke import call_function, call_value
from depscan.facts.python.machine import Machine
from depscan.facts.python.scopes import assign
from depscan.facts.python.values import Call, Class, Func, FunctionNode, Ref, Scope, Value
from depscan.facts.python.wrappers import needs_more

_KINDS = {"staticmethod": "static", "classmethod": "class", "property": "property", "cached_property": "property"}


def make_function(m: Machine, node: FunctionNode, scope: Scope) -> Func:
    """Return the function of a definition; its defaults are evaluated now."""
    args = node.args
    names = [a.arg for a in (*args.posonlyargs, *args.args)]
    defaults: dict[str, Value] = {}
    for name, default in zip(names[len(names) - len(args.defaults) :], args.defaults, strict=False):
        defaults[name] = m.eval(default, scope)
    for arg, kw_default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if kw_default is not None:
            defaults[arg.arg] = m.eval(kw_default, scope)
    made = Func(node, scope, defaults)
    if scope.kind != "class":
        scope.module.functions.append(made)
    return made


def define_function(m: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    """Run a ``def``: decorators are called with the function."""
    made: Value = make_function(m, node, scope)
    for part in reversed(node.decorator_list):
        made = _decorate(m, part, made, scope)
    assign(m, ast.Name(node.name, ast.Store()), made, scope)


def _decorate(m: Machine, part: ast.expr, made: Value, scope: Scope) -> Value:
    decorator = m.eval(part, scope)
    name = decorator.name if isinstance(decorator, Ref) else ""
    kind = _KINDS.get(name.rpartition(".")[2])
    if kind is not None and isinstance(made, Func):
        made.kind = kind
        return made
    decorated(m, decorator, made)
    if isinstance(decorator, Func) and needs_more(decorator, 1):
        return made  # what decorates the decorator has changed how it is called: the body does not run now
    if isinstance(decorator, Func | Class | Call) or name in {"atexit.register"}:
        result = call_value(m, decorator, [made], {}, part, scope)
        return result if isinstance(result, Func | Class | Call) or not isinstance(result, Ref) else made
    return made


def define_class(m: Machine, node: ast.ClassDef, scope: Scope) -> None:  # noqa: C901
    """Run a ``class``: its body at once, then what making a subclass or a metaclass runs."""
    bases = [m.eval(base, scope) for base in node.bases]
    keywords = {w.arg: m.eval(w.value, scope) for w in node.keywords if w.arg}
    inner = Scope("class", scope.module, scope, f"{scope.qual}.{node.name}" if scope.qual else node.name)
    cls = Class(node.name, node, bases, inner.names)
    qual = m.qual
    m.qual = inner.qual
    m.block(node.body, inner)
    m.qual = qual
    cls.attrs = inner.names
    for value in inner.names.values():
        if isinstance(value, Func) and value.owner is None:
            value.owner = cls
    scope.module.classes.append(cls)
    subclassed(m, cls)
    reduced(m, cls, node)
    made: Value = cls
    for base in bases:
        hook = base.find("__init_subclass__") if isinstance(base, Class) else None
        if isinstance(hook, Func):
            call_function(m, hook, [cls], {}, node)
    meta = keywords.get("metaclass")
    if isinstance(meta, Class):
        for name in ("__new__", "__init__"):
            hook = meta.find(name)
            if isinstance(hook, Func):
                call_function(m, hook, [meta if name == "__new__" else cls], {}, node)
    for value in list(inner.names.values()):
        owner = getattr(value, "cls", None)
        hook = owner.find("__set_name__") if isinstance(owner, Class) else None
        if isinstance(hook, Func):
            call_function(m, hook.bind(value), [], {}, node)
    for part in reversed(node.decorator_list):
        result = _decorate(m, part, made, scope)
        made = result if isinstance(result, Class) else made
    assign(m, ast.Name(node.name, ast.Store()), made, scope)
