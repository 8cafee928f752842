"""One walk over a parsed file: what each name of each scope is bound to, and every call with its place.

The walk uses a stack of its own: code may be nested deeper than Python likes to recurse.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, NamedTuple

MAX_NODES = 400_000
"""Nodes looked at in one file; the largest hand-written files have about 100,000."""

Block = tuple[tuple[int, int], ...]
"""The branches around a statement, outermost first: (number of the branching statement, number of the branch)."""


class Scope:
    """A module, class or function.

    Attributes:
        kind: module, class or function.
        node: its definition; None for the module.
        parent: the scope around it; None for the module.
        bound: name to what is bound to it, in the order of the file. Of a class: its attributes and those of ``self``.
        returns: what a function returns.
        owner: the class a method belongs to.
    """

    __slots__ = ("bound", "kind", "node", "owner", "parent", "returns")

    def __init__(self, kind: str, node: ast.AST | None = None, parent: Scope | None = None) -> None:
        self.kind = kind
        self.node = node
        self.parent = parent
        self.bound: dict[str, list[Binding]] = {}
        self.returns: list[tuple[ast.expr, Place]] = []
        self.owner = parent if kind == "function" and parent is not None and parent.kind == "class" else None


class Place(NamedTuple):
    """Where an expression stands: its scope, the branches around it, (line, column)."""

    scope: Scope
    block: Block
    at: tuple[int, int]


class Binding(NamedTuple):
    """What a name is bound to.

    Attributes:
        kind: value, import, star, scope (a class or function), parameter, item (each item of ``node``: a loop),
            part (item ``position`` of ``node``) or each-part (item ``position`` of each item of ``node``).
        place: where.
        node: the expression.
        dotted: full name of what is imported.
        scope: the class or function defined.
        position: see ``kind``; of a parameter, its own (-1: by keyword only).
    """

    kind: str
    place: Place
    node: ast.expr | None = None
    dotted: str = ""
    scope: Scope | None = None
    position: int = 0


class Walk:
    """Everything that one walk over a file finds.

    Args:
        tree: the module.

    Attributes:
        module: its outermost scope.
        calls: every call.
        sets: assignments to attributes and items (``openai.api_base = X``, ``os.environ["X"] = Y``).
        imported: first parts of the names of imported modules.
        stars: modules of which everything is imported.
        called: last part of the called name to the calls.
        aliases: names that may stand for something called otherwise.
        whole: False when the file was too large to be walked to its end.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope("module")
        self.calls: list[tuple[ast.Call, Place]] = []
        self.sets: list[tuple[ast.expr, ast.expr, Place]] = []
        self.imported: set[str] = set()
        self.stars: list[str] = []
        self.called: dict[str, list[tuple[ast.Call, Place]]] = {}
        self.aliases: set[str] = set()
        self.whole = True
        self._todo: list[tuple[ast.AST, Scope, Block]] = []
        self._branches = 0
        self._body(tree.body, self.module, ())
        self._run()

    def _run(self) -> None:
        handlers: dict[type, Callable[[Any, Scope, Block], bool]]
        handlers = {kind: getattr(self, name) for kind, name in _HANDLERS.items()}
        todo, count = self._todo, 0
        while todo:
            node, scope, block = todo.pop()
            count += 1
            if count > MAX_NODES:
                self.whole = False
                return
            if node.__class__ in _LEAVES:
                continue
            handler = handlers.get(node.__class__)
            if handler is None or not handler(node, scope, block):
                self._children(node, scope, block)

    def close(self) -> None:
        """Free the walk: scopes refer to each other in circles, and no collector may be running."""
        todo = [self.module]
        while todo:
            scope = todo.pop()
            bound, scope.bound = scope.bound, {}
            scope.returns = []
            todo += [b.scope for bindings in bound.values() for b in bindings if b.kind == "scope" and b.scope]

    def _children(self, node: ast.AST, scope: Scope, block: Block) -> None:
        todo = self._todo
        for field in node._fields[::-1]:
            value = getattr(node, field, None)
            if value.__class__ is list:
                todo.extend((child, scope, block) for child in reversed(value) if isinstance(child, ast.AST))
            elif isinstance(value, ast.AST):
                todo.append((value, scope, block))

    def _body(self, statements: list[ast.stmt], scope: Scope, block: Block) -> None:
        self._todo.extend((child, scope, block) for child in reversed(statements))

    def _call(self, node: ast.Call, scope: Scope, block: Block) -> bool:
        place = Place(scope, block, (node.lineno, node.col_offset))
        self.calls.append((node, place))
        func = node.func
        last = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
        if last:
            self.called.setdefault(last, []).append((node, place))
        return False

    def _import(self, node: ast.Import, scope: Scope, block: Block) -> bool:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            self.imported.add(top)
            bound, dotted = (alias.asname, alias.name) if alias.asname else (top, top)
            _bind(scope, bound, Binding("import", _place(node, scope, block), dotted=dotted))
        return True

    def _import_from(self, node: ast.ImportFrom, scope: Scope, block: Block) -> bool:
        module = "." * node.level + (node.module or "")
        self.imported.add(module.partition(".")[0])
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
                continue
            if alias.asname:
                self.aliases.add(alias.asname)
            dotted = f"{module}{'' if module.endswith('.') else '.'}{alias.name}"
            _bind(scope, alias.asname or alias.name, Binding("import", _place(node, scope, block), dotted=dotted))
        return True

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, block: Block) -> bool:
        inner = Scope("function", node, scope)
        place = _place(node, scope, block)
        _bind(scope, node.name, Binding("scope", place, scope=inner))
        arguments = node.args
        names = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(names) - len(arguments.defaults)) + [*arguments.defaults]
        for i, (arg, default) in enumerate(zip(names, defaults, strict=False)):
            _bind(inner, arg.arg, Binding("parameter", place, default, scope=inner, position=i))
        for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False):
            _bind(inner, arg.arg, Binding("parameter", place, default, scope=inner, position=-1))
        for part in (*node.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)):
            self._todo.append((part, scope, block))
        self._body(node.body, inner, ())
        return True

    def _class(self, node: ast.ClassDef, scope: Scope, block: Block) -> bool:
        inner = Scope("class", node, scope)
        _bind(scope, node.name, Binding("scope", _place(node, scope, block), scope=inner))
        self._todo.extend((part, scope, block) for part in (*node.decorator_list, *node.bases))
        self._body(node.body, inner, ())
        return True

    def _assign(self, node: ast.Assign, scope: Scope, block: Block) -> bool:
        for target in node.targets:
            self._target(target, node.value, _place(node, scope, block))
        return False

    def _annotated(self, node: ast.AnnAssign, scope: Scope, block: Block) -> bool:
        if node.value is not None:
            self._target(node.target, node.value, _place(node, scope, block))
        return False

    def _named(self, node: ast.NamedExpr, scope: Scope, block: Block) -> bool:
        self._target(node.target, node.value, _place(node, scope, block))
        return False

    def _target(self, target: ast.expr, value: ast.expr, place: Place) -> None:
        if isinstance(target, ast.Name):
            _bind(place.scope, target.id, Binding("value", place, value))
            if value.__class__ in _NAMING:
                self.aliases.add(target.id)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else None
            for i, part in enumerate(target.elts[:50]):
                if parts is not None and len(parts) == len(target.elts):
                    self._target(part, parts[i], place)
                elif isinstance(part, ast.Name):
                    _bind(place.scope, part.id, Binding("part", place, value, position=i))
        else:
            self.sets.append((target, value, place))
            owner = place.scope.owner
            if owner is not None and isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                _bind(owner, target.attr, Binding("value", place, value))

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope, block: Block) -> bool:
        self._each(node.target, node.iter, _place(node, scope, block))
        self._todo.extend((child, scope, self._branch(block, 1)) for child in reversed(node.orelse))
        self._todo.extend((child, scope, self._branch(block, 0)) for child in reversed(node.body))
        self._todo.append((node.iter, scope, block))
        return True

    def _comprehension(self, node: ast.comprehension, scope: Scope, block: Block) -> bool:
        at = (node.iter.lineno, 0)
        self._each(node.target, node.iter, Place(scope, block, at))
        return False

    def _each(self, target: ast.expr, value: ast.expr, place: Place) -> None:
        if isinstance(target, ast.Name):
            _bind(place.scope, target.id, Binding("item", place, value))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for i, part in enumerate(target.elts[:50]):
                if isinstance(part, ast.Name):
                    _bind(place.scope, part.id, Binding("each-part", place, value, position=i))

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope, block: Block) -> bool:
        for item in node.items:
            if item.optional_vars is not None:
                self._target(item.optional_vars, item.context_expr, _place(node, scope, block))
        return False

    def _if(self, node: ast.If, scope: Scope, block: Block) -> bool:
        self._branches += 1
        self._todo.extend((child, scope, (*block, (self._branches, 1))) for child in reversed(node.orelse))
        self._todo.extend((child, scope, (*block, (self._branches, 0))) for child in reversed(node.body))
        self._todo.append((node.test, scope, block))
        return True

    def _other_branch(self, node: ast.AST, scope: Scope, block: Block) -> bool:
        self._children(node, scope, self._branch(block, 0))
        return True

    def _branch(self, block: Block, number: int) -> Block:
        self._branches += 1
        return (*block, (self._branches, number))

    def _return(self, node: ast.Return, scope: Scope, block: Block) -> bool:
        if node.value is not None:
            scope.returns.append((node.value, _place(node, scope, block)))
        return False


def _place(node: ast.stmt | ast.expr, scope: Scope, block: Block) -> Place:
    return Place(scope, block, (node.lineno, node.col_offset))


def _bind(scope: Scope, name: str, binding: Binding) -> None:
    scope.bound.setdefault(name, []).append(binding)


_NAMING = frozenset({ast.Attribute, ast.Name, ast.IfExp, ast.Subscript})
_LEAVES = frozenset({
    ast.Constant, ast.Name, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Eq, ast.NotEq, ast.And, ast.Or, ast.Not, ast.Is, ast.IsNot,
    ast.In, ast.NotIn, ast.Lt, ast.Gt, ast.LtE, ast.GtE, ast.USub, ast.arg, ast.alias,
})  # fmt: skip
_HANDLERS: dict[type, str] = {
    ast.Call: "_call", ast.Import: "_import", ast.ImportFrom: "_import_from",
    ast.FunctionDef: "_function", ast.AsyncFunctionDef: "_function", ast.ClassDef: "_class",
    ast.Assign: "_assign", ast.AnnAssign: "_annotated", ast.NamedExpr: "_named",
    ast.For: "_loop", ast.AsyncFor: "_loop", ast.comprehension: "_comprehension",
    ast.With: "_with", ast.AsyncWith: "_with", ast.If: "_if", ast.While: "_other_branch",
    ast.ExceptHandler: "_other_branch", ast.Return: "_return",
}  # fmt: skip
