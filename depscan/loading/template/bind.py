"""What the names of a template can stand for: every assignment, loop, macro argument and namespace attribute.

The order of statements is not followed: a name stands for everything that is ever assigned to it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from jinja2 import nodes

_CHANGES = frozenset({"append", "extend", "insert", "update", "pop", "setdefault", "remove", "clear", "popitem"})


class Binding(NamedTuple):
    """One thing a name can stand for.

    Attributes:
        value: the expression; None when it cannot be known.
        item: the name stands for one element of it.
        place: position in a tuple of targets; -1 for all of it.
        under: conditions around the assignment.
    """

    value: nodes.Node | None
    item: bool = False
    place: int = -1
    under: tuple[nodes.Node, ...] = ()


class Program:
    """A template with its names.

    Attributes:
        tree: the parsed template.
        names: bindings by name; attributes of namespaces as ``ns.attribute``.
        macros: by name.
    """

    def __init__(self, tree: nodes.Template) -> None:
        self.tree = tree
        self.names: dict[str, list[Binding]] = defaultdict(list)
        self.macros: dict[str, nodes.Macro] = {}
        self.namespaces: set[str] = set()
        self._visit(tree, ())
        for call in tree.find_all(nodes.Call):
            self._call(call)

    def of(self, name: str) -> list[Binding]:
        """Return what a name can stand for; nothing for one the loader gives."""
        return self.names.get(name, [])

    def _visit(self, node: nodes.Node, under: tuple[nodes.Node, ...]) -> None:
        if isinstance(node, nodes.Expr):
            return
        match node:
            case nodes.Assign():
                self._bind(node.target, node.node, under)
            case nodes.AssignBlock():
                self._bind(node.target, _text_of(node.body), under)
            case nodes.For():
                self._bind(node.target, node.iter, under, item=True)
                under = (*under, node.test) if node.test is not None else under
            case nodes.With():
                for target, value in zip(node.targets, node.values, strict=False):
                    self._bind(target, value, under)
            case nodes.Macro() | nodes.CallBlock():
                self._parameters(node)
            case nodes.If():
                under = (*under, node.test)
        for child in node.iter_child_nodes():
            self._visit(child, under)

    def _parameters(self, node: nodes.Macro | nodes.CallBlock) -> None:
        if isinstance(node, nodes.Macro):
            self.macros[node.name] = node
        for parameter in node.args:
            self.names[parameter.name].append(Binding(None))
        for parameter, default in zip(reversed(node.args), reversed(node.defaults), strict=False):
            self.names[parameter.name].append(Binding(default))

    def _bind(
        self, target: nodes.Node, value: nodes.Node | None, under: tuple[nodes.Node, ...], *, item: bool = False
    ) -> None:
        if isinstance(target, nodes.Name):
            self.names[target.name].append(Binding(value, item, under=under))
            self._namespace(target.name, value, under)
        elif isinstance(target, nodes.NSRef):
            self.names[f"{target.name}.{target.attr}"].append(Binding(value, item, under=under))
        elif isinstance(target, nodes.Tuple):
            for index, part in enumerate(target.items):
                if isinstance(value, nodes.Tuple) and not item and index < len(value.items):
                    self._bind(part, value.items[index], under)
                elif isinstance(part, nodes.Name):
                    self.names[part.name].append(Binding(value, item, index, under))

    def _namespace(self, name: str, value: nodes.Node | None, under: tuple[nodes.Node, ...]) -> None:
        if isinstance(value, nodes.Call) and isinstance(value.node, nodes.Name) and value.node.name == "namespace":
            self.namespaces.add(name)
            for pair in value.kwargs:
                self.names[f"{name}.{pair.key}"].append(Binding(pair.value, under=under))

    def _call(self, call: nodes.Call) -> None:
        if isinstance(call.node, nodes.Name) and call.node.name in self.macros:
            macro = self.macros[call.node.name]
            for parameter, value in zip(macro.args, call.args, strict=False):
                self.names[parameter.name].append(Binding(value))
            for pair in call.kwargs:
                self.names[pair.key].append(Binding(pair.value))
        elif isinstance(call.node, nodes.Getattr) and call.node.attr in _CHANGES:
            holder = key_of(call.node.node)
            if holder:
                # the list or dict is changed: it is no longer what was assigned, and may hold any of the arguments
                self.names[holder].append(Binding(None))
                self.names[holder].extend(Binding(value) for value in call.args)


def key_of(node: nodes.Node) -> str:
    """Return the key of a name or of a namespace's attribute in ``Program.names``; "" for anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return ""


def _text_of(body: list[nodes.Node]) -> nodes.Expr | None:
    parts: list[nodes.Expr] = []
    for node in body:
        if not isinstance(node, nodes.Output):
            return None
        parts.extend(node.nodes)
    line = parts[0].lineno if parts else 1
    return nodes.Concat(parts, lineno=line)
