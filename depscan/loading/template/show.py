"""Write an expression of a template as one readable line."""

from __future__ import annotations

from jinja2 import nodes

_MAX = 120
_DEPTH = 12


def show(node: nodes.Node, depth: int = 0) -> str:
    """Return the expression as it might have been written, cut at 120 characters a part."""
    if depth > _DEPTH:
        return "..."
    return _shown(node, depth + 1)[:_MAX]


def _list(parts: list[nodes.Expr], depth: int) -> str:
    return ", ".join(show(part, depth) for part in parts[:8])


def _shown(node: nodes.Node, depth: int) -> str:  # noqa: C901, PLR0912 - one line for each kind of node
    match node:
        case nodes.Const():
            return repr(node.value)
        case nodes.TemplateData():
            return repr(node.data)
        case nodes.Name():
            return node.name
        case nodes.NSRef():
            return f"{node.name}.{node.attr}"
        case nodes.Getattr():
            return f"{show(node.node, depth)}.{node.attr}"
        case nodes.Getitem():
            return f"{show(node.node, depth)}[{show(node.arg, depth)}]"
        case nodes.Call():
            return f"{show(node.node, depth)}({_list(node.args, depth)})"
        case nodes.Filter():
            arguments = f"({_list(node.args, depth)})" if node.args else ""
            return f"{show(node.node, depth) if node.node else ''}|{node.name}{arguments}"
        case nodes.Test():
            return f"{show(node.node, depth)} is {node.name}"
        case nodes.Concat():
            return " ~ ".join(show(part, depth) for part in node.nodes[:8])
        case nodes.BinExpr():
            return f"{show(node.left, depth)} {node.operator} {show(node.right, depth)}"
        case nodes.UnaryExpr():
            return f"{node.operator} {show(node.node, depth)}"
        case nodes.Compare():
            rest = " ".join(f"{op.op} {show(op.expr, depth)}" for op in node.ops[:3])
            return f"{show(node.expr, depth)} {rest}".replace("notin", "not in").replace(" eq ", " == ")
        case nodes.List() | nodes.Tuple():
            return f"({_list(node.items, depth)})"
        case nodes.Dict():
            return "{" + ", ".join(f"{show(p.key, depth)}: {show(p.value, depth)}" for p in node.items[:4]) + "}"
        case _:
            return type(node).__name__.lower()
