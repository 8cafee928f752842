"""Kinds of nodes of parse trees."""

from __future__ import annotations

import ast

NAMING = frozenset({ast.Attribute, ast.Name, ast.IfExp, ast.Subscript})
"""Expressions that may stand for something called otherwise."""
LEAVES = frozenset({
    ast.Constant, ast.Name, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Eq, ast.NotEq, ast.And, ast.Or, ast.Not, ast.Is, ast.IsNot,
    ast.In, ast.NotIn, ast.Lt, ast.Gt, ast.LtE, ast.GtE, ast.USub, ast.arg, ast.alias,
})  # fmt: skip
"""Nodes that hold nothing a walk looks for."""


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name; "" for other expressions."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_partial(node: ast.expr) -> bool:
    """Return whether an expression binds arguments ahead of a call (``functools.partial``)."""
    return isinstance(node, ast.Call) and last_name(node.func).startswith("partial")
