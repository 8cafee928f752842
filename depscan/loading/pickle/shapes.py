"""Whether the arguments of a call have the shape that the allowlist demands (table in ``depscan.loading.known``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from depscan.loading.known import known
from depscan.loading.pickle.values import GETATTR, SCALARS, Blob, Buffer, Call, Global, Value
from depscan.loading.steps import FOREIGN, KNOWN

if TYPE_CHECKING:
    from depscan.loading.pickle.judge import Judge

_CODECS = frozenset({"latin1", "latin-1", "utf-8", "utf8", "ascii", "raw"})
_DATA_ITEMS = 100_000


def misfit(shape: str, args: tuple[Value, ...], judge: Judge) -> str:
    """Return why arguments do not have a shape; "" when they have.

    A shape that nobody here knows fits nothing.
    """
    if shape == "":
        return ""
    if shape == "bytes:pickle":
        return judge.read_pickle(args)
    if shape == "call":
        return _call(args, judge)
    test = _TESTS.get(shape)
    if test is None:
        return f"arguments of the shape {shape} are not understood"
    return "" if test(args) else f"its arguments are not of the shape {shape!r}"


def is_data(value: Value) -> bool:
    """Return whether a value is plain data through and through (100,000 items are looked at)."""
    todo: list[Value] = [value]
    seen: set[int] = set()
    while todo and len(seen) < _DATA_ITEMS:
        one = todo.pop()
        if isinstance(one, (list, tuple)):
            if id(one) not in seen:
                seen.add(id(one))
                todo.extend(one)
        elif not isinstance(one, (*SCALARS, bytearray, Blob, Buffer)):
            return False
    return not todo


def entry_of(value: Value) -> frozenset[str]:
    """Return the roles of a known class or function; none for anything else."""
    if not isinstance(value, Global) or value.computed:
        return frozenset()
    entry = known(value.module, value.name)
    return (entry.roles | {"reference"}) if entry else frozenset()


def is_known(value: Value) -> bool:
    """Return whether a value is a known name or what a call that is allowed made."""
    return bool(entry_of(value)) or (isinstance(value, Call) and value.verdict == KNOWN)


def _values(args: tuple[Value, ...]) -> bool:
    return not args or (isinstance(args[0], (list, tuple)) and is_data(args[1:]))


def foreign_attribute(args: tuple[Value, ...]) -> bool:
    """Return whether getattr takes a public name of something that was called foreign already, and no more."""
    if len(args) != 2 or not isinstance(args[1], str) or args[1].startswith("_"):  # noqa: PLR2004 - object, name
        return False
    return isinstance(args[0], (Call, Global)) and args[0].verdict == FOREIGN and "." not in args[1]


def _text(args: tuple[Value, ...]) -> bool:
    return not args or (len(args) == 1 and _is_text(args[0]))


def _is_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, Blob) and bool(value.text))


def _number(args: tuple[Value, ...]) -> bool:
    return len(args) == 1 and isinstance(args[0], (int, float))


def _bytes(args: tuple[Value, ...]) -> bool:
    if len(args) == 2:  # noqa: PLR2004 - text and codec
        return _encoding(args)
    return not args or (len(args) == 1 and isinstance(args[0], (bytes, bytearray, Blob, Buffer)))


def _dtype(args: tuple[Value, ...]) -> bool:
    return bool(args) and (isinstance(args[0], str) or is_known(args[0]) or is_data(args[0])) and is_data(args[1:])


def _class(args: tuple[Value, ...]) -> bool:
    return bool(args) and bool(entry_of(args[0]) & {"construct", "reference"})


def _function(args: tuple[Value, ...]) -> bool:
    return bool(args) and is_known(args[0])


def _attribute(args: tuple[Value, ...]) -> bool:
    if len(args) != 2 or not isinstance(args[1], str) or not is_known(args[0]):  # noqa: PLR2004 - object, name
        return False
    target, name = args
    if isinstance(target, Call) and target.callee in GETATTR:
        return False
    if isinstance(target, Global) and known(target.module, f"{target.name}.{name}"):
        return True
    return str(name).isidentifier() and not str(name).startswith("_")


def _encoding(args: tuple[Value, ...]) -> bool:
    return (
        bool(args)
        and _is_text(args[0])
        and (len(args) == 1 or (isinstance(args[1], str) and args[1].lower() in _CODECS))
    )


def _factory(args: tuple[Value, ...]) -> bool:
    if not args or args[0] is None:
        return True
    first = args[0]
    if isinstance(first, Call) and first.verdict == KNOWN and first.callee == "functools.partial":
        return isinstance(first.args, tuple) and bool(first.args) and "factory" in entry_of(first.args[0])
    return "factory" in entry_of(first)


def _global(args: tuple[Value, ...]) -> bool:
    return (
        len(args) == 2  # noqa: PLR2004 - module, name
        and isinstance(args[0], str)
        and isinstance(args[1], str)
        and known(args[0], args[1]) is not None
    )


def _singleton(args: tuple[Value, ...]) -> bool:
    one = args[0] if len(args) == 1 else ""
    return one is None or (isinstance(one, Global) and one.name in {"None", "NotImplemented", "Ellipsis"})


def _union(args: tuple[Value, ...]) -> bool:
    if not args or not isinstance(args[0], Global) or args[0].name != "or_":
        return False
    rest = args[1] if len(args) == 2 and isinstance(args[1], tuple) else args[1:]  # noqa: PLR2004 - or_, classes
    return all(one is None or is_known(one) for one in rest)


def _call(args: tuple[Value, ...], judge: Judge) -> str:
    if len(args) < 3:  # noqa: PLR2004 - function, class, arguments
        return "it needs a function, a class and arguments"
    made = judge.call(args[0], args[2], judge.now)
    if isinstance(made, Call) and made.verdict != KNOWN:
        return "the function it calls is not allowed"
    if len(args) > 3 and isinstance(made, Call):  # noqa: PLR2004 - state
        judge.build(made, args[3], judge.now)
        if made.verdict != KNOWN:
            return "the state it sets is not allowed"
    return "" if is_known(args[1]) else "the class it makes is not known"


_TESTS: dict[str, Callable[[tuple[Value, ...]], bool]] = {
    "none": lambda args: not args, "data": is_data, "values": _values, "text": _text, "number": _number,
    "bytes": _bytes, "dtype": _dtype, "class": _class, "function": _function, "attribute": _attribute,
    "encoding": _encoding, "factory": _factory, "global": _global, "singleton": _singleton, "union": _union,
}  # fmt: skip
