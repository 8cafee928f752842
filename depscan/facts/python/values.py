"""What the interpreter computes with: constants, containers, symbolic names, functions, classes and instances."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from depscan.facts.python.machine import Module

HOLE = "{?}"
NONE: frozenset[int] = frozenset()
_DEEP = 5
_WIDE = 120
_OPTIONS = 4
_FAR = 24
_CHAIN = 12
"""Results of calls on results that are followed without a list of what was seen."""
_MANY = 1_000_000


class Value:
    """Anything an expression yields.

    Attributes:
        sources: indices of the facts whose data is in it; negative numbers are identities of unknown values
            (``Machine.token``), which become facts only when something known happens to them.
        layers: decodings it went through, outermost first.
    """

    __slots__ = ("layers", "sources")

    def __init__(self, sources: frozenset[int] = NONE, layers: tuple[str, ...] = ()) -> None:
        self.sources = sources
        self.layers = layers


class Const(Value):
    """A known str, bytes, int, float, bool or None; ``partial`` text has holes (``{?}``)."""

    __slots__ = ("data", "partial")

    def __init__(
        self, data: Any, sources: frozenset[int] = NONE, layers: tuple[str, ...] = (), *, partial: bool = False
    ) -> None:
        self.data = data
        self.sources = sources
        self.layers = layers
        self.partial = partial


class Seq(Value):
    """A list, tuple or set whose items are Values or, to be cheap, plain constants."""

    __slots__ = ("items", "kind", "open")

    def __init__(self, kind: str, items: list[Any], sources: frozenset[int] = NONE) -> None:
        self.kind = kind
        self.items = items
        self.sources = sources
        self.layers = ()
        self.open = False


class Dict(Value):
    """A dict with known keys; ``open`` when it holds others too."""

    __slots__ = ("items", "open")

    def __init__(self, items: dict[Any, Value], sources: frozenset[int] = NONE, *, is_open: bool = False) -> None:
        self.items = items
        self.sources = sources
        self.layers = ()
        self.open = is_open


class Ref(Value):
    """Something known by its dotted name only: a foreign module, class, function, or what calling one gave.

    Attributes:
        name: dotted name; "" or one that starts with "?" when its root is unknown.
        base: what it is an attribute of.
        value: first argument of the call that made it (a URL, a path, a command).
        attrs: attributes set on it here.
        made: True when it came out of a call, so that it may gather sources.
    """

    __slots__ = ("attrs", "base", "made", "name", "value")

    def __init__(
        self,
        name: str = "",
        sources: frozenset[int] = NONE,
        layers: tuple[str, ...] = (),
        *,
        base: Ref | None = None,
        value: Value | None = None,
        made: bool = False,
    ) -> None:
        self.name = name
        self.sources = sources
        self.layers = layers
        self.base = base
        self.value = value
        self.attrs: dict[str, Value] | None = None
        self.made = made


def EMPTY_REF() -> Ref:  # noqa: N802 - reads as the constant it stands for
    """Return a value nothing is known of; a new one each time, since it may gather sources."""
    return Ref("", made=True)


class Scope:
    """Names of a module, class body or function."""

    __slots__ = ("far", "kind", "module", "names", "parent", "qual")

    def __init__(self, kind: str, module: Module, parent: Scope | None, qual: str) -> None:
        self.kind = kind
        self.module = module
        self.parent = parent
        self.qual = qual
        self.names: dict[str, Value] = {}
        self.far: dict[str, Scope] | None = None


FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Func(Value):
    """A function of the scanned code, perhaps bound to an instance."""

    __slots__ = ("bound", "defaults", "kind", "node", "owner", "scope")

    def __init__(self, node: FunctionNode, scope: Scope, defaults: dict[str, Value], kind: str = "") -> None:
        self.node = node
        self.scope = scope
        self.defaults = defaults
        self.kind = kind
        self.bound: Value | None = None
        self.owner: Class | None = None
        self.sources = NONE
        self.layers = ()

    def bind(self, to: Value) -> Func:
        """Return the function with its first argument given."""
        if self.kind == "static" or self.bound is not None:
            return self
        copy = Func(self.node, self.scope, self.defaults, self.kind)
        copy.bound = self.owner if self.kind == "class" and self.owner is not None else to
        copy.owner = self.owner
        return copy


class Class(Value):
    """A class of the scanned code."""

    __slots__ = ("attrs", "bases", "made", "name", "node")

    def __init__(self, name: str, node: ast.ClassDef | None, bases: list[Value], attrs: dict[str, Value]) -> None:
        self.name = name
        self.node = node
        self.bases = bases
        self.attrs = attrs
        self.made: Obj | None = None
        self.sources = NONE
        self.layers = ()

    def find(self, name: str, depth: int = 0) -> Value | None:
        """Return an attribute of the class or of its known bases."""
        found = self.attrs.get(name)
        if found is None and depth < _DEEP:
            for base in self.bases:
                if isinstance(base, Class) and (found := base.find(name, depth + 1)) is not None:
                    return found
        return found

    def foreign(self, depth: int = 0) -> str:
        """Return the dotted name of the first base that is not of the scanned code; "" for none."""
        for base in self.bases:
            if isinstance(base, Ref) and base.name:
                return base.name
            if isinstance(base, Class) and depth < _DEEP and (name := base.foreign(depth + 1)):
                return name
        return ""


class Obj(Value):
    """An instance of a class of the scanned code."""

    __slots__ = ("attrs", "cls")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attrs: dict[str, Value] = {}
        self.sources = NONE
        self.layers = ()


class Mod(Value):
    """A module of the scanned package."""

    __slots__ = ("module",)

    def __init__(self, module: Module) -> None:
        self.module = module
        self.sources = NONE
        self.layers = ()


class Call(Value):
    """A callable with arguments laid down: functools.partial, operator.attrgetter, methodcaller, itemgetter."""

    __slots__ = ("args", "fn", "kind", "kwargs")

    def __init__(self, kind: str, fn: Value, args: list[Value], kwargs: dict[str, Value]) -> None:
        self.kind = kind
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.sources = NONE
        self.layers = ()


class Alt(Value):
    """One of several, by the branch taken."""

    __slots__ = ("options",)

    def __init__(self, options: list[Value]) -> None:
        flat: list[Value] = []
        for option in options:
            flat.extend(option.options if isinstance(option, Alt) else (option,))
        self.options: list[Value] = flat[:_OPTIONS]
        self.sources = frozenset().union(*(o.sources for o in flat))
        self.layers = ()


def wrap(item: Any) -> Value:
    """Return an item of a container as a Value."""
    return item if isinstance(item, Value) else Const(item)


def first(value: Value) -> Value:
    """Return the first option of an Alt, or the value."""
    return value.options[0] if isinstance(value, Alt) else value


def parts(value: Value) -> Iterable[Any]:
    """Return what a container holds directly."""
    find = _PARTS.get(type(value))
    return find(value) if find is not None else ()


def _items(value: Seq) -> Iterable[Any]:
    items = value.items
    return items if len(items) <= _WIDE else [*items[: _WIDE // 2], *items[-_WIDE // 2 :]]


def _of_ref(value: Ref) -> Iterable[Any]:
    held = list(value.attrs.values()) if value.attrs else []
    if value.value is not None:
        held.append(value.value)
    return held


_PARTS: dict[type, Callable[[Any], Iterable[Any]]] = {
    Seq: _items,
    Dict: lambda value: list(value.items.values())[:_WIDE],
    Obj: lambda value: list(value.attrs.values())[:_FAR],
    Alt: lambda value: value.options,
    Call: lambda value: (*value.args, *value.kwargs.values()),
    Ref: _of_ref,
    Func: lambda value: () if value.bound is None else (value.bound,),
}


def _held(value: Value) -> list[Value]:
    """Return the Values a value holds, at whatever depth: each once, at most ``_WIDE`` of them."""
    out: list[Value] = []
    seen = {id(value)}
    todo = [value]
    for holder in todo:
        if type(holder) is Ref and holder.value is None and not holder.attrs:
            continue
        for part in parts(holder):
            if isinstance(part, Value) and id(part) not in seen:
                seen.add(id(part))
                out.append(part)
                if type(part) is not Const:
                    todo.append(part)
        if len(out) >= _WIDE or len(todo) > _FAR:
            break
    return out


def sources(value: Value) -> frozenset[int]:
    """Return the sources of a value and of all it holds."""
    found = value.sources
    if type(value) is Const:
        return found
    inner = value
    for _ in range(_CHAIN):  # results of calls on results: a chain, and no need to look for what holds itself
        if type(inner) is not Ref or inner.attrs:
            break
        held = inner.value
        if held is None:
            return found
        inner = held
        more = inner.sources
        if more and not more <= found:
            found |= more
        if type(inner) is Const:
            return found
    for part in _held(inner):
        more = part.sources
        if more and not more <= found:
            found |= more
    return found


def layers(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    """Join two chains of decodings without saying the same twice."""
    if not b or a == b:
        return a
    return (*a, *(x for x in b if x not in a)) if a else b


def all_layers(value: Value) -> tuple[str, ...]:
    """Return the decodings of a value and of what it holds."""
    found = value.layers
    kind = type(value)
    if kind is not Const and not (kind is Ref and value.value is None and not value.attrs):  # type: ignore[attr-defined]
        for part in _held(value):
            if part.layers and part.layers != found:
                found = layers(found, part.layers)
    return found


def texts(value: Value | None) -> Iterator[str]:
    """Yield the folded texts in a value: a text itself, those of a container, what a call result was made of."""
    if value is None:
        return
    yield from _own_texts(value)
    if type(value) is Const:
        return
    if isinstance(value, Seq):
        yield from (i for i in value.items[:_WIDE] if isinstance(i, str))
    for part in _held(value):
        yield from _own_texts(part)
        if type(part) is Seq:
            yield from (i for i in part.items[:_WIDE] if isinstance(i, str))


def _own_texts(value: Value) -> Iterator[str]:
    if isinstance(value, Const):
        if isinstance(value.data, str):
            yield value.data
        elif isinstance(value.data, bytes):
            yield value.data[:4000].decode("utf-8", "backslashreplace")
        elif isinstance(value.data, int) and not isinstance(value.data, bool) and abs(value.data) < 1 << 64:
            yield str(value.data)
    elif isinstance(value, Dict):
        yield from (key for key in list(value.items)[:_WIDE] if isinstance(key, str))


def plain_text(data: Any) -> str | None:
    """Return a constant as ``str`` writes it; None for a number with more digits than Python writes out."""
    try:
        return str(data)
    except ValueError:
        return None


def text_of(value: Value | None) -> str | None:
    """Return a value as one text with holes, or None when nothing of it is known."""
    if value is None:
        return None
    value = first(value)
    if isinstance(value, Const):
        if isinstance(value.data, str):
            return value.data
        if isinstance(value.data, bytes):
            return value.data.decode("utf-8", "backslashreplace")
        return plain_text(value.data) if isinstance(value.data, int | float) else None
    if isinstance(value, Ref) and value.value is not None and value.made:
        inner = first(value.value)
        if isinstance(inner, Const) and not isinstance(inner.data, str | bytes):
            return None
        return text_of(inner)
    return None


def native(value: Value) -> Any:
    """Return a wholly known value as Python data.

    Raises:
        ValueError: some part is unknown, or there is too much of it.
    """
    if type(value) is Const:
        if value.partial:
            raise ValueError
        return value.data
    return _native(value, [_MANY], 0)


def _native(value: Value, left: list[int], depth: int) -> Any:
    if type(value) is Const:
        if value.partial:
            raise ValueError
        return value.data
    if depth > _DEEP or left[0] <= 0:
        raise ValueError
    if isinstance(value, Seq) and not value.open:
        left[0] -= len(value.items)
        items = [_native(i, left, depth + 1) if isinstance(i, Value) else i for i in value.items]
        return items if value.kind == "list" else tuple(items) if value.kind == "tuple" else set(items)
    if isinstance(value, Dict) and not value.open:
        left[0] -= len(value.items)
        return {k: _native(v, left, depth + 1) for k, v in value.items.items()}
    if isinstance(value, Alt):
        return _native(value.options[0], left, depth + 1)
    raise ValueError


def value_of(data: Any, found: frozenset[int] = NONE, chain: tuple[str, ...] = ()) -> Value:
    """Return Python data (as folding gives it) as a Value."""
    if isinstance(data, list | tuple | set | frozenset | range):
        kind = "tuple" if isinstance(data, tuple) else "set" if isinstance(data, set | frozenset) else "list"
        seq = Seq(kind, [_inner(item, chain) for item in data], found)
        seq.layers = chain
        return seq
    if isinstance(data, dict):
        return Dict({k: value_of(v, found, chain) for k, v in data.items()}, found)
    if isinstance(data, bytearray):
        data = bytes(data)
    return Const(data, found, chain)


def _inner(item: Any, chain: tuple[str, ...]) -> Any:
    if isinstance(item, list | tuple | dict | set):
        return value_of(item, NONE, chain)
    return Const(item, NONE, chain) if chain else item


def join(a: Value | None, b: Value | None) -> Value:
    """Return what is known of a name that two branches leave different."""
    if a is None or b is None or a is b:
        return a or b or Ref()
    if isinstance(a, Const) and isinstance(b, Const) and a.data == b.data and type(a.data) is type(b.data):
        return a if a.sources >= b.sources else b
    for one, other in ((a, b), (b, a)):
        if (isinstance(one, Ref) and not one.name) or (isinstance(one, Const) and (one.data is None or one.data == "")):
            return _with(other, one.sources)
    return Alt([a, b])


def _with(value: Value, more: frozenset[int]) -> Value:
    if more <= value.sources:
        return value
    if isinstance(value, Const):
        return Const(value.data, value.sources | more, value.layers, partial=value.partial)
    value.sources |= more
    return value
