"""Library functions that take a function and give it back to be called later: caches, wraps, contextmanager."""

from __future__ import annotations

import ast

from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.machine import Machine
from depscan.facts.python.values import Call, Class, Func, Ref, Scope, Value

_WRAPPERS = (
    "functools.lru_cache", "functools.cache", "contextlib.contextmanager", "contextlib.asynccontextmanager",
    "functools.singledispatch", "functools.total_ordering", "numba.jit", "numba.njit",
)  # fmt: skip
_WRAPS = "functools.wraps"


def needs_more(fn: Func, given: int) -> bool:
    """Whether a function cannot be called with so many positional arguments, as it wants more of them."""
    args = fn.node.args
    wanted = len(args.posonlyargs) + len(args.args) - len(args.defaults)
    return wanted > given + (fn.bound is not None)


def _wrapped(m: Machine, fn: Ref, pos: list[Value], kw: dict[str, Value], node: ast.AST, scope: Scope) -> Value | None:
    """Return the function that was handed over: it runs when it is called, not now."""
    if fn.name == _WRAPS and not fn.made:
        return Ref(_WRAPS, made=True)
    return pos[0] if len(pos) == 1 and isinstance(pos[0], Func | Call | Class) else None


for _name in (*_WRAPPERS, _WRAPS):
    SPECIAL[_name] = _wrapped
