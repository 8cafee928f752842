"""What an expression can be: texts as far as they are known without running anything, classes, imported things.

A value that depends on what is not known keeps the unknown part in braces as written (``{folder}/model.pt``).
Alternatives are all kept, up to a limit: both sides of a condition, every item of a loop's list, a parameter's default
and what the file's own calls give for it.
"""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from depscan.inputs.code import _calls, _items, _texts
from depscan.inputs.code._reaching import reaching
from depscan.inputs.code._scopes import Binding, Place, Scope, Walk
from depscan.inputs.code._value import MOST, Value, as_text, combine, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEPTH = 14
_STEPS = 60_000
_SELF = ("self", "cls")
_OPTIONS = frozenset({"?args", "?opt", "?opts", "?options", "?hparams", "?params", "?config", "?cfg", "?flags"})
"""Names under which functions are given what the command line said."""


class Evaluator:
    """Answers what expressions of one walked file can be.

    Args:
        walk: the file.
        outside: name of something that is imported, and where, to the module of the project it is or stands in.
        path: the file, which is what ``__file__`` stands for; "" when it has none.
    """

    def __init__(self, walk: Walk, outside: Callable[[str, Place], list[Value]] | None = None, path: str = "") -> None:
        self.walk = walk
        self.outside = outside
        self.path = path
        self.steps = _STEPS
        self.environment: dict[str, list[tuple[ast.expr, Place]]] = {}
        self.alive: list[ast.AST] = []  # nodes made here: memory by identity must not see one reused
        self._known: dict[tuple[int, int, int], list[Value]] = {}
        for target, value, place in walk.sets:
            name = _calls.environment_name(target)
            if name:
                self.environment.setdefault(name, []).append((value, place))

    def values(self, node: ast.expr, place: Place, depth: int = 0) -> list[Value]:
        """Return what an expression can be, at most ``MOST`` values; an unknown one when nothing is known."""
        key = (id(node), id(place.scope), depth > _DEPTH // 2)
        held = self._known.get(key)
        if held is not None:
            return held
        self.steps -= 1
        if depth > _DEPTH or self.steps < 0:
            return [unknown(node)]
        self._known[key] = [unknown(node)]  # what depends on itself
        reader = _READERS.get(node.__class__)
        found = reader(self, node, place, depth + 1) if reader is not None else []
        made = list(dict.fromkeys(found))[:MOST] or [unknown(node)]
        self._known[key] = made
        return made

    def texts(self, node: ast.expr, place: Place, depth: int = 0) -> list[Value]:
        """Return the values as texts; what is no text stands in braces as written."""
        return [v if v.kind == "text" else as_text(v, node) for v in self.values(node, place, depth)]

    def constant(self, node: ast.Constant, place: Place, depth: int) -> list[Value]:
        """Read a constant."""
        del place, depth
        if isinstance(node.value, str):
            return [Value("text", node.value)]
        return [Value("constant", node.value)]

    def name(self, node: ast.Name, place: Place, depth: int) -> list[Value]:
        """Read a name: in its scope, then in those around it; classes are seen only from their own level."""
        scope: Scope | None = place.scope
        while scope is not None:
            if scope is place.scope or scope.kind != "class":
                bindings = scope.bound.get(node.id)
                if bindings:
                    return self._bindings(node.id, bindings, place, depth)
            scope = scope.parent
        if node.id == "__file__" and self.path:
            return [Value("text", self.path)]
        if self.walk.stars and not hasattr(builtins, node.id):
            return [Value("ref", f"{star}.{node.id}") for star in self.walk.stars]
        return [Value("ref", node.id)]

    def _bindings(self, name: str, bindings: list[Binding], place: Place, depth: int) -> list[Value]:
        found: list[Value] = []
        for binding in reaching(bindings, place):
            found += self.binding(name, binding, depth)
        return found

    def binding(self, name: str, binding: Binding, depth: int) -> list[Value]:
        """Return what one binding gives its name."""
        if binding.kind == "import":
            return self._imported(binding.dotted, binding.place, depth)
        if binding.kind == "scope" and binding.scope is not None:
            return [Value("function" if binding.scope.kind == "function" else "class", scope=binding.scope)]
        if binding.kind == "parameter":
            return _calls.parameter(self, name, binding, depth)
        if binding.node is None:
            return []
        if binding.kind == "value":
            return self.values(binding.node, binding.place, depth)
        return list(self._items(binding, depth))

    def _imported(self, dotted: str, place: Place, depth: int) -> list[Value]:
        found = self.outside(dotted, place) if self.outside is not None else []
        made = [w for v in found for w in (self.exported(v, depth) if v.kind == "member" else [v])]
        return made or [Value("ref", dotted)]

    def exported(self, found: Value, depth: int) -> list[Value]:
        """Return what a module of the project binds a name to at its end."""
        if found.scope is None or depth > _DEPTH:
            return []
        made: list[Value] = []
        for binding in reaching(found.scope.bound.get(found.text, []), Place(self.walk.module, (), (0, 0))):
            made += self.binding(found.text, binding, depth + 1)
        return [v._replace(origin=v.origin or found.origin) for v in made]

    def _items(self, binding: Binding, depth: int) -> Iterator[Value]:
        assert binding.node is not None  # noqa: S101 - for the type checker: these kinds have one
        for value in self.values(binding.node, binding.place, depth):
            if binding.kind == "part":
                yield from _items.part(self, value, binding.position, depth)
                continue
            for item, place in _items.elements(self, value, depth):
                if binding.kind == "item":
                    yield from self.values(item, place, depth)
                else:
                    for inner in self.values(item, place, depth):
                        yield from _items.part(self, inner, binding.position, depth)

    def attribute(self, node: ast.Attribute, place: Place, depth: int) -> list[Value]:
        """Read ``base.name``."""
        owner = place.scope
        while owner.parent is not None and owner.owner is None:
            owner = owner.parent
        if isinstance(node.value, ast.Name) and node.value.id in _SELF and owner.owner is not None:
            found = self.member(Value("class", scope=owner.owner), node.attr, depth)
            if found:
                return found
        made: list[Value] = []
        for base in self.values(node.value, place, depth):
            made += self.of(base, node.attr, depth)
        return made

    def of(self, base: Value, name: str, depth: int) -> list[Value]:
        """Return the attribute ``name`` of a value."""
        if base.kind == "class":
            return self.member(base, name, depth)
        if base.kind == "module":
            return self._in_module(base, name, depth)
        if base.kind == "ref":
            special = _calls.special_attribute(self, base, name, depth)
            return special or [Value("ref", f"{base.text}.{name}", node=base.node, place=base.place)]
        if base.kind == "text" and name in {"value", "parent"}:
            return [base if name == "value" else _texts.parent(base)]
        if base.kind == "unknown":
            found = _calls.option(self, name, depth) if base.text in _OPTIONS else []
            if found:
                return found
            return [Value("ref", f"?.{name}" if base.data is None else f"{base.text}.{name}")]
        return []

    def _in_module(self, base: Value, name: str, depth: int) -> list[Value]:
        if base.scope is not None and name in base.scope.bound:
            return self.exported(
                Value("member", name, f"config:{base.text.lstrip('.')}.{name}", scope=base.scope), depth
            )
        place = Place(self.walk.module, (), (0, 0))
        return self._imported(f"{base.text}.{name}", place, depth)

    def member(self, base: Value, name: str, depth: int, seen: int = 0) -> list[Value]:
        """Return an attribute of a class of the file or of an instance: what its constructor was given comes first."""
        scope = base.scope
        if scope is None or not isinstance(scope.node, ast.ClassDef):
            return []
        if isinstance(base.node, ast.Call) and base.place is not None:
            given = _calls.given(base.node, name)
            if given is not None:
                return self.values(given, base.place, depth)
        found: list[Value] = []
        for binding in scope.bound.get(name, ())[-8:]:
            known = [v for v in self.binding(name, binding, depth) if v.kind != "unknown"]
            found += [w for v in known for w in _calls.field(self, v, depth)]
        if name in scope.bound:
            return found
        place = Place(scope.parent or scope, (), (scope.node.lineno, 0))
        for node in scope.node.bases[:4]:
            for parent in self.values(node, place, depth):
                found += self._inherited(parent._replace(node=base.node, place=base.place), name, depth, seen)
        return found

    def _inherited(self, parent: Value, name: str, depth: int, seen: int) -> list[Value]:
        if parent.kind == "class" and seen < _DEPTH:
            return self.member(parent, name, depth, seen + 1)
        return [parent._replace(data=f"{parent.text}.{name}")] if parent.kind == "ref" else []

    def subscript(self, node: ast.Subscript, place: Place, depth: int) -> list[Value]:
        """Read ``base[key]``; of a list or dict with an unknown key, every value."""
        environment = _calls.environment_name(node)
        if environment:
            return _calls.from_environment(self, environment, None, place, depth)
        keys = [v.data for v in self.values(node.slice, place, depth) if v.kind in {"text", "constant"} and not v.open]
        if isinstance(node.slice, ast.Name) and self._given_from_outside(node.slice.id, place):
            keys = []  # what callers of other files give is not known
        found: list[Value] = []
        for base in self.values(node.value, place, depth):
            for key in keys or [None]:
                found += _items.item(self, base, key, depth)
        return found

    def _given_from_outside(self, name: str, place: Place) -> bool:
        return any(b.kind == "parameter" for b in place.scope.bound.get(name, ()))

    def joined(self, node: ast.JoinedStr, place: Place, depth: int) -> list[Value]:
        """Read an f-string."""
        made = [Value("text", "")]
        for part in node.values[:40]:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            made = combine(made, self.texts(inner, place, depth), "")
        return made

    def operation(self, node: ast.BinOp, place: Place, depth: int) -> list[Value]:
        """Read ``a + b``, ``a / b`` of paths and ``text % values``."""
        if isinstance(node.op, ast.Mod):
            return _texts.percent(self, node, place, depth)
        if isinstance(node.op, ast.Mult):
            return _texts.repeated(self, node, place, depth)
        if not isinstance(node.op, (ast.Add, ast.Div)):
            return []
        left, right = self.texts(node.left, place, depth), self.texts(node.right, place, depth)
        if all(v.open and v.text.startswith("{") for v in left) and all(v.open for v in right):
            return []
        return combine(left, right, "/" if isinstance(node.op, ast.Div) else "")

    def choice(self, node: ast.expr, place: Place, depth: int) -> list[Value]:
        """Read ``a if c else b`` and ``a or b``: either; a default behind ``or`` keeps where the first comes from."""
        if isinstance(node, ast.IfExp):
            return self.values(node.body, place, depth) + self.values(node.orelse, place, depth)
        found: list[Value] = []
        if isinstance(node, ast.BoolOp):
            for part in node.values[:8]:
                more = self.values(part, place, depth)
                origin = next((v.origin for v in found if v.kind == "unknown" and v.origin), "")
                found += [v._replace(origin=v.origin or origin) for v in more]
        known = [v for v in found if v.kind not in {"unknown", "constant"}]
        return known or found

    def inner(self, node: ast.expr, place: Place, depth: int) -> list[Value]:
        """Read ``(name := value)``, ``await value`` and ``*value``: the value."""
        return self.values(node.value, place, depth)  # type: ignore[attr-defined]

    def items(self, node: ast.expr, place: Place, depth: int) -> list[Value]:
        """Read a list, tuple, set or dict: looked into when somebody asks."""
        del depth
        return [Value("dict" if isinstance(node, ast.Dict) else "items", node=node, place=place)]

    def call(self, node: ast.Call, place: Place, depth: int) -> list[Value]:
        """Read a call."""
        return _calls.call(self, node, place, depth)


_READERS: dict[type, Callable[..., list[Value]]] = {
    ast.Constant: Evaluator.constant, ast.Name: Evaluator.name, ast.Attribute: Evaluator.attribute,
    ast.Subscript: Evaluator.subscript, ast.JoinedStr: Evaluator.joined, ast.BinOp: Evaluator.operation,
    ast.IfExp: Evaluator.choice, ast.BoolOp: Evaluator.choice, ast.NamedExpr: Evaluator.inner,
    ast.Await: Evaluator.inner, ast.Starred: Evaluator.inner, ast.List: Evaluator.items, ast.Tuple: Evaluator.items,
    ast.Set: Evaluator.items, ast.Dict: Evaluator.items, ast.Call: Evaluator.call,
}  # fmt: skip
