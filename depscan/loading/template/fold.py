"""Fold the constant expressions of a template: strings built from parts, looked up, replaced, reversed, formatted.

Only plain Python values (text, numbers, lists, tuples, dicts) are computed with, by the functions named here.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import nodes

from depscan.loading.template.bind import Binding, Program, key_of

MAX_VALUES = 16
MAX_SIZE = 65_536
BOMB = 5_000_000
_HUGE = 1 << 64
_WIDTH = re.compile(r"[%{][^%{}a-zA-Z]{0,20}?\d{6,}")
_PLAIN_FORMAT = re.compile(r"[^{}]*(?:\{\d*\}[^{}]*)*\Z")
_ERRORS = (
    TypeError, ValueError, IndexError, KeyError, OverflowError, AttributeError, ZeroDivisionError, MemoryError,
)  # fmt: skip


class Unknown:
    """A value that only a conversation gives."""


ANY = Unknown()
_PLAIN = (str, int, float, bool, type(None))
_MATH: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "//": operator.floordiv, "/": operator.truediv,
}  # fmt: skip
_TEXT: dict[str, Callable[..., Any]] = {
    "lower": str.lower, "upper": str.upper, "capitalize": str.capitalize, "title": str.title, "strip": str.strip,
    "trim": str.strip, "lstrip": str.lstrip, "rstrip": str.rstrip, "swapcase": str.swapcase, "split": str.split,
    "casefold": str.casefold, "removeprefix": str.removeprefix, "removesuffix": str.removesuffix,
}  # fmt: skip


def _plain(value: object) -> str:
    if isinstance(value, _PLAIN):
        return str(value)
    raise TypeError


def _join(values: Any, by: str = "") -> str:  # noqa: ANN401 - values of templates
    if isinstance(values, (str, list, tuple, dict)) and sum(len(_plain(v)) for v in values) < MAX_SIZE:
        return by.join(_plain(v) for v in values)
    raise TypeError


def _reverse(value: Any) -> Any:  # noqa: ANN401
    return value[::-1] if isinstance(value, (str, list, tuple)) else ANY


def _replace(text: Any, old: Any, new: Any, *_count: object) -> str:  # noqa: ANN401
    whole, part, other = _plain(text), _plain(old), _plain(new)
    if whole.count(part) * len(other) > MAX_SIZE:
        raise OverflowError
    return whole.replace(part, other)


def _format(text: Any, *values: Any) -> str:  # noqa: ANN401
    if not isinstance(text, str) or _WIDTH.search(text) or "*" in text:
        raise ValueError
    return str(text % tuple(v if isinstance(v, (int, float)) else _plain(v) for v in values))


def _braces(text: Any, *values: Any) -> str:  # noqa: ANN401
    if not isinstance(text, str) or not _PLAIN_FORMAT.match(text):
        raise ValueError
    return text.format(*(_plain(v) for v in values))


_FILTERS: dict[str, Callable[..., Any]] = {
    **_TEXT, "join": _join, "replace": _replace, "reverse": _reverse, "format": _format,
    "string": _plain, "list": lambda v: list(v) if isinstance(v, (str, list, tuple, dict)) else ANY,
    "first": lambda v: next(iter(v), ANY), "last": lambda v: list(v)[-1], "safe": lambda v: v, "e": lambda v: v,
    "escape": lambda v: v, "int": lambda v, *_: int(v) if len(_plain(v)) <= MAX_VALUES else ANY,
    "length": len, "count": len, "abs": abs, "urlencode": lambda v: v if _plain(v).isidentifier() else ANY,
}  # fmt: skip
_METHODS: dict[str, Callable[..., Any]] = {
    **_TEXT, "replace": _replace, "format": _braces, "join": lambda by, values: _join(values, _plain(by)),
    "get": lambda holder, key, default=None: holder.get(key, default) if isinstance(holder, dict) else ANY,
    "keys": lambda v: list(v) if isinstance(v, dict) else ANY, "copy": lambda v: v,
    "values": lambda v: list(v.values()) if isinstance(v, dict) else ANY,
    "items": lambda v: list(v.items()) if isinstance(v, dict) else ANY,
}  # fmt: skip


class Folder:
    """Computes what expressions of one template can be.

    Attributes:
        bombs: expressions whose value would be absurdly large.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.bombs: list[nodes.Expr] = []
        self._memo: dict[int, tuple[Any, ...]] = {}
        self._active: set[int] = set()

    def values(self, node: nodes.Node) -> tuple[Any, ...]:
        """Return the values an expression can have, at most 16; ``ANY`` among them when one is unknown."""
        key = id(node)
        if key in self._memo:
            return self._memo[key]
        if key in self._active:
            return (ANY,)
        self._active.add(key)
        try:
            found = _few(self._fold(node))
        except _ERRORS:
            found = (ANY,)
        self._active.discard(key)
        self._memo[key] = found
        return found

    def texts(self, node: nodes.Node) -> tuple[str, ...]:
        """Return the texts among the values, those inside lists and dicts included."""
        found: list[str] = []
        for value in self.values(node):
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, (list, tuple, dict)):
                found.extend(v for v in value if isinstance(v, str))
        return tuple(found)

    def _fold(self, node: nodes.Node) -> Iterable[Any]:  # noqa: C901, PLR0912 - one line for each kind of node
        match node:
            case nodes.Const():
                return (node.value,)
            case nodes.TemplateData():
                return (node.data,)
            case nodes.Name():
                return self._name(node.name)
            case nodes.List():
                return [list(combo) for combo in self._combos(node.items)]
            case nodes.Tuple():
                return self._combos(node.items)
            case nodes.Dict():
                keys, held = [p.key for p in node.items], [p.value for p in node.items]
                return [
                    dict(zip(combo[: len(keys)], combo[len(keys) :], strict=True))
                    for combo in self._combos([*keys, *held])
                ]
            case nodes.Concat():
                return [ANY if ANY in combo else _join(combo) for combo in self._combos(node.nodes)]
            case nodes.Mul() | nodes.Pow():
                return self._grow(node)
            case nodes.Mod():
                return [self._mod(node, left, right) for left, right in self._combos([node.left, node.right])]
            case nodes.BinExpr() if node.operator in _MATH:
                return [_math(node.operator, a, b) for a, b in self._combos([node.left, node.right])]
            case nodes.And() | nodes.Or():
                return (*self.values(node.left), *self.values(node.right))
            case nodes.CondExpr():
                return (*self.values(node.expr1), *(self.values(node.expr2) if node.expr2 else ()))
            case nodes.Neg():
                return [-v if isinstance(v, (int, float)) else ANY for v in self.values(node.node)]
            case nodes.Getitem():
                return self._item(node)
            case nodes.Getattr():
                return self._attribute(node)
            case nodes.Filter() if node.node is not None:
                return self._filter(node.node, node.name, node.args)
            case nodes.Call():
                return self._called(node)
            case _:
                return (ANY,)

    def _combos(self, parts: list[nodes.Expr]) -> list[tuple[Any, ...]]:
        combos: list[tuple[Any, ...]] = [()]
        columns = []
        for part in parts:
            values = self.values(part)
            columns.append(values if len(combos) * len(values) <= MAX_VALUES else (ANY,))
            if len(columns[-1]) > 1:
                combos = [()] * (len(combos) * len(columns[-1]))
        out: list[list[Any]] = [[]]
        for column in columns:
            if len(column) == 1:
                for row in out:
                    row.append(column[0])
            else:
                out = [[*row, value] for row in out for value in column]
        return [tuple(row) for row in out]

    def _name(self, name: str) -> Iterable[Any]:
        bindings = self.program.of(name)
        if not bindings:
            return (ANY,)
        return [value for binding in bindings[:MAX_VALUES] for value in self.bound(binding)]

    def bound(self, binding: Binding) -> Iterable[Any]:
        """Return the values that one binding gives its name."""
        if binding.value is None:
            return (ANY,)
        found = self.values(binding.value)
        if binding.item:
            found = tuple(
                item
                for value in found
                for item in (list(value)[:MAX_VALUES] if isinstance(value, (list, tuple, dict, str)) else (ANY,))
            )
        if binding.place >= 0:
            found = tuple(
                value[binding.place] if isinstance(value, (list, tuple)) and len(value) > binding.place else ANY
                for value in found
            )
        return found

    def _grow(self, node: nodes.BinExpr) -> Iterable[Any]:
        out: list[Any] = []
        for left, right in self._combos([node.left, node.right]):
            if isinstance(node, nodes.Pow):
                big = isinstance(right, int) and isinstance(left, int) and right * max(left.bit_length(), 1) > BOMB
                small = isinstance(right, int) and isinstance(left, int) and 0 <= right < MAX_VALUES
                out.append(left**right if small and abs(left) < _HUGE else ANY)
            else:
                big = max(_repeat(left, right), _repeat(right, left)) > BOMB
                out.append(ANY if ANY in (left, right) or big else _times(left, right))
            if big:
                self.bombs.append(node)
        return out

    def _mod(self, node: nodes.Expr, left: object, right: object) -> object:
        if isinstance(left, str):
            if _WIDTH.search(left):
                self.bombs.append(node)
            return _format(left, *(right if isinstance(right, (list, tuple)) else (right,)))
        return left % right if isinstance(left, int) and isinstance(right, int) else ANY

    def _item(self, node: nodes.Getitem) -> Iterable[Any]:
        if isinstance(node.arg, nodes.Slice):
            ends = [self.values(part)[0] if part is not None else None for part in _ends(node.arg)]
            if ANY in ends:
                return (ANY,)
            return [v[slice(*ends)] if isinstance(v, (str, list, tuple)) else ANY for v in self.values(node.node)]
        return [_get(holder, key) for holder, key in self._combos([node.node, node.arg])]

    def _attribute(self, node: nodes.Getattr) -> Iterable[Any]:
        key = key_of(node)
        if key in self.program.names:
            return self._name(key)
        return [_get(value, node.attr) if isinstance(value, dict) else ANY for value in self.values(node.node)]

    def _filter(self, value: nodes.Expr, name: str, args: list[nodes.Expr]) -> Iterable[Any]:
        if name in {"default", "d"}:
            return (*self.values(value), *(self.values(args[0]) if args else ()))
        if name == "map":
            inner = self.values(args[0])[0] if args else ANY
            call = _FILTERS.get(inner) if isinstance(inner, str) else None
            return [
                [call(v) for v in held] if call and isinstance(held, (list, tuple, str)) else ANY
                for held in self.values(value)
            ]
        return self._applied(_FILTERS.get(name), [value, *args])

    def _called(self, node: nodes.Call) -> Iterable[Any]:
        if isinstance(node.node, nodes.Getattr):
            return self._applied(_METHODS.get(node.node.attr), [node.node.node, *node.args])
        if isinstance(node.node, nodes.Name) and node.node.name == "dict" and not node.args:
            return [
                dict(zip([p.key for p in node.kwargs], combo, strict=True))
                for combo in self._combos([p.value for p in node.kwargs])
            ]
        return (ANY,)

    def _applied(self, call: Callable[..., Any] | None, args: list[nodes.Expr]) -> Iterable[Any]:
        if call is None:
            return (ANY,)
        return [ANY if ANY in combo else call(*combo) for combo in self._combos(args)]


def _few(values: Iterable[Any]) -> tuple[Any, ...]:
    out: list[Any] = []
    for value in values:
        if isinstance(value, (str, list, tuple, dict)) and len(value) > MAX_SIZE:
            value = ANY  # noqa: PLW2901 - too large to be worth keeping
        if len(out) >= MAX_VALUES:
            return (*out[: MAX_VALUES - 1], ANY)
        if not any(type(value) is type(old) and value == old for old in out):
            out.append(value)
    return tuple(out) or (ANY,)


def _math(sign: str, left: object, right: object) -> object:
    if isinstance(left, (list, tuple)) and type(left) is type(right):
        return left + right  # type: ignore[operator]
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, int) and isinstance(right, int) and abs(left) < _HUGE and abs(right) < _HUGE:
        return _MATH[sign](left, right)
    return ANY


def _repeat(value: object, times: object) -> int:
    if isinstance(value, (str, list, tuple)) and isinstance(times, int):
        return max(times, 0) * len(value)
    return 0


def _times(left: Any, right: Any) -> object:  # noqa: ANN401
    if isinstance(left, int) and isinstance(right, int) and (abs(left) > _HUGE or abs(right) > _HUGE):
        return ANY
    if max(_repeat(left, right), _repeat(right, left)) > MAX_SIZE:
        return ANY
    return left * right


def _get(holder: object, key: object) -> object:
    if isinstance(holder, dict):
        return holder.get(key, ANY) if isinstance(key, _PLAIN) else ANY
    if isinstance(holder, (str, list, tuple)) and isinstance(key, int):
        return holder[key]
    return ANY


def _ends(part: nodes.Slice) -> tuple[nodes.Expr | None, ...]:
    return part.start, part.stop, part.step
