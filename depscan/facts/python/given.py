"""What a caller hands to a function and the function hands on, without anybody looking at the answer."""

from __future__ import annotations

import ast
import re

from depscan.facts.python.machine import Machine

_FIXED = re.compile(r"(?:https?|wss?|ftp)://[^{/?#]+(?:[/?#]|$)")
"""An address whose host is written into the code."""
_REQUESTS = frozenset({"net.send", "net.download"})
WRAPS = "wraps:original"
"""Guard of ``argument.sent`` in a function that also hands its arguments on to the one it stands for."""
_CLOSING = frozenset({"close", "raise_for_status", "read", "getresponse"})


def given_away(
    m: Machine, what: str, callee: str, node: ast.AST, listed: tuple[str, ...], flows: frozenset[int]
) -> None:
    """Add ``argument.sent`` where a parameter nobody knows goes to a fixed host and the answer is dropped."""
    if what not in _REQUESTS or m.asked.isdisjoint(flows) or not any(map(_FIXED.match, listed)):
        return
    if node is m.dropped or (m.frames and _unread(m, node)):
        wraps = _wraps(m)
        if wraps:
            m.guards.append(WRAPS)
        m.emit("argument.sent", callee, node, listed, flows)
        if wraps:
            m.guards.remove(WRAPS)


def _wraps(m: Machine) -> bool:
    """Whether the function hands its arguments to one of the same name: of its base class or of another library."""
    function = m.frames[-1].node if m.frames else None
    name = getattr(function, "name", "")
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    key = ("wraps", function)
    known = m.memo.get(key)
    if known is None:
        args = function.args
        given = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)} - {"self", "cls"}
        known = m.memo[key] = any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == name
            and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "self")
            and any(isinstance(part, ast.Name) and part.id in given for part in node.args)
            for node in ast.walk(function)
        )
    return bool(known)


def _unread(m: Machine, node: ast.AST) -> bool:
    """Whether a call's result is bound to a name that its function never looks at."""
    function = m.frames[-1].node
    if function is None:
        return False
    key = ("unread", function)
    known = m.memo.get(key)
    if known is None:
        known = m.memo[key] = _unread_calls(function)
    return id(node) in known


def _unread_calls(function: ast.AST) -> frozenset[int]:
    bound: dict[int, str] = {}
    loaded: set[str] = set()
    skipped: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            if isinstance(call, ast.Call):
                bound[id(call)] = node.targets[0].id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            method = node.value.func
            if isinstance(method, ast.Attribute) and method.attr in _CLOSING and isinstance(method.value, ast.Name):
                skipped.add(id(method.value))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in skipped:
            loaded.add(node.id)
    return frozenset(call for call, name in bound.items() if name not in loaded)
