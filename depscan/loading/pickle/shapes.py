"""Whether the arguments of a call have the shape that the allowlist demands (table in ``depscan.loading.known``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from depscan.loading.known import known
from depscan.loading.pickle.values import ENCODERS, GETATTR, OUTSIDE, SCALARS, Blob, Buffer, Call, Global, Value
from depscan.loading.steps import FOREIGN, KNOWN

if TYPE_CHECKING:
    from depscan.loading.pickle.judge import Judge

_CODECS = frozenset({"latin1", "latin-1", "utf-8", "utf8", "ascii", "raw"})
_DATA_ITEMS = 100_000
_NESTED = 8
_ENDLESS = frozenset({"itertools.count"})
_ZONE = r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,3}"
_PARTIAL = frozenset({"functools.partial", "_functools.partial"})
_BUILTINS = frozenset({"builtins", "__builtin__"})
_REACHES = frozenset({
    "write", "writelines", "save", "savez", "to", "tofile", "from", "fromfile", "dump", "dumps", "load", "loads",
    "open", "read", "unlink", "rename", "replace", "remove", "rmdir", "mkdir", "touch", "chmod", "lchmod", "symlink",
    "hardlink", "link", "export", "push", "pull", "download", "upload", "fetch", "connect", "send", "recv", "exec",
    "eval", "run",
    "call", "apply", "query", "pipe", "system", "popen", "spawn", "start", "kill", "import", "setattr", "memmap",
    "compile", "subprocess", "shell", "request", "post", "install",
})  # fmt: skip
"""Words in the names of methods that read or write files, ask hosts, or run what they are given: ``write_text``,
``from_pretrained``, ``tofile``. Nobody keeps such a method in a model, and a class that calls it is found sooner or
later."""

_TENSORS = frozenset({"torch", "numpy", "torchvision", "torch_geometric", "collections", "builtins", "__builtin__"})

_DEFAULTDICT = frozenset({"collections.defaultdict"})


def misfit(shape: str, args: tuple[Value, ...], judge: Judge) -> str:
    """Return why arguments do not have a shape; "" when they have.

    A shape that nobody here knows fits nothing.
    """
    if shape == "":
        endless = any(isinstance(one, Call) and one.callee in _ENDLESS for one in args)
        return "it would be given something endless" if endless else ""
    if shape.startswith("bytes:pickle"):
        return judge.read_pickle(args[int(shape.partition("@")[2] or 0) :])
    if shape == "call":
        return _call(args, judge)
    test = _TESTS.get(shape)
    if test is None:
        return f"arguments of the shape {shape} are not understood"
    return "" if test(args, judge) else f"its arguments are not of the shape {shape!r}"


def is_data(value: Value, judge: Judge) -> bool:
    """Return whether a value is plain data through and through (100,000 items are looked at)."""
    todo: list[Value] = [value]
    seen: set[int] = set()
    while todo and len(seen) < _DATA_ITEMS:
        one = todo.pop()
        if isinstance(one, (list, tuple)):
            if id(one) not in seen:
                seen.add(id(one))
                todo.extend(one)
                judge.look(len(one))
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


def _values(args: tuple[Value, ...], judge: Judge) -> bool:
    return not args or (isinstance(args[0], (list, tuple)) and is_data(args[1:], judge))


def foreign_attribute(args: tuple[Value, ...]) -> bool:
    """Return whether getattr takes a public name of something that was called foreign already, and no more."""
    if len(args) != 2 or not isinstance(args[1], str) or args[1].startswith("_"):  # noqa: PLR2004 - object, name
        return False
    return isinstance(args[0], (Call, Global)) and args[0].verdict == FOREIGN and "." not in args[1]


def newobj_ex(fn: Call) -> tuple[Value, tuple[Value, ...], Value] | None:
    """Return class, arguments and keywords of ``partial(cls.__new__, cls, ...)``, None when a partial is another.

    Protocols 2 and 3 have no opcode for a construction with keywords and call such a partial instead. What its state
    says replaces what it was made with, as ``partial.__setstate__`` does.
    """
    given, named = fn.args, fn.named
    if isinstance(fn.state, tuple) and len(fn.state) > 2 and isinstance(fn.state[1], tuple):  # noqa: PLR2004 - keywords
        given, named = (fn.state[0], *fn.state[1]), fn.state[2]
    elif fn.state is not None:
        return None
    if not isinstance(given, tuple) or len(given) < 2 or not isinstance(given[0], Call):  # noqa: PLR2004 - class
        return None
    new = given[0]
    if new.callee not in GETATTR or not isinstance(new.args, tuple) or new.args[1:] != ("__new__",):
        return None
    return given[1], given[2:], named


def _text(args: tuple[Value, ...], _: Judge) -> bool:
    return not args or (len(args) == 1 and _is_text(args[0]))


def _is_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, Blob) and bool(value.text))


def _number(args: tuple[Value, ...], _: Judge) -> bool:
    return len(args) == 1 and isinstance(args[0], (int, float))


def _bytes(args: tuple[Value, ...], judge: Judge) -> bool:
    if len(args) == 2:  # noqa: PLR2004 - text and codec
        return _encoding(args, judge)
    one = args[0] if args else b""
    made = isinstance(one, Call) and one.verdict == KNOWN and one.callee in ENCODERS
    return len(args) < 2 and (made or isinstance(one, (bytes, bytearray, Blob, Buffer)))  # noqa: PLR2004 - no codec


def _dtype(args: tuple[Value, ...], judge: Judge) -> bool:
    if not args or not is_data(args[1:], judge):
        return False
    return isinstance(args[0], str) or is_known(args[0]) or is_data(args[0], judge)


def _class(args: tuple[Value, ...], _: Judge) -> bool:
    return bool(args) and bool(entry_of(args[0]) & {"construct", "reference"})


def _function(args: tuple[Value, ...], _: Judge) -> bool:
    return bool(args) and is_known(args[0])


def initialized(args: tuple[Value, ...], judge: Judge) -> str:
    """Return why the base of ``copyreg._reconstructor(cls, base, state)`` may not be called; "" when it may.

    With any base but ``object`` the loader calls ``base.__init__(made, state)``: pickle writes built-in types there.
    """
    base = args[0] if args else None
    if base is None or (isinstance(base, Global) and base.name == "object" and base.module in _BUILTINS):
        return ""
    entry = known(base.module, base.name) if isinstance(base, Global) and not base.computed else None
    if entry is None or "call" not in entry.roles:
        return "it runs __init__ of a class that is known, but not to be called"
    return "" if args[1:] == (None,) else misfit(entry.args, args[1:], judge)


def _tensor(args: tuple[Value, ...], _: Judge) -> bool:
    """Tensors, arrays and what describes them: torch calls methods of what it takes for a tensor (``x.detach()``)."""
    tops = {one.callee.partition(".")[0] for one in args if isinstance(one, Call)}
    return tops <= _TENSORS


def _generator(args: tuple[Value, ...], _: Judge) -> bool:
    """An algorithm of random numbers: a second argument is the function that numpy calls with the first."""
    first = args[0] if args else ""
    first = first.fn if isinstance(first, Call) else first
    named = isinstance(first, str) or (isinstance(first, Global) and first.module.startswith("numpy.random"))
    maker = args[1] if len(args) > 1 else None
    return named and (maker is None or (isinstance(maker, Global) and maker.name == "__bit_generator_ctor"))


def _attribute(args: tuple[Value, ...], _: Judge) -> bool:
    if len(args) != 2 or not isinstance(args[1], str) or not is_known(args[0]):  # noqa: PLR2004 - object, name
        return False
    target, name = args
    if isinstance(target, Call) and target.callee in OUTSIDE:
        return False
    owner = target.fn if isinstance(target, Call) and target.built else target
    maker = target.fn if isinstance(target, Call) else target
    if isinstance(maker, Global) and maker.module.startswith("pathlib"):
        return False
    if isinstance(owner, Global) and (known(owner.module, f"{owner.name}.{name}") or name == "__new__"):
        return True  # what is got is kept; only ``Judge`` calls a __new__, as the construction that it is
    return str(name).isidentifier() and not str(name).startswith("_") and not _REACHES & set(str(name).split("_"))


def _names(args: tuple[Value, ...], _: Judge) -> bool:
    """Public names without a dot, for a getter that is kept and that nothing here may call."""
    return bool(args) and all(isinstance(n, str) and n.isidentifier() and not n.startswith("_") for n in args)


def _zone(args: tuple[Value, ...], judge: Judge) -> bool:
    """A time zone's key that names a file below the folder of zones: zoneinfo checks fewer of them than one thinks."""
    import re

    return bool(args) and isinstance(args[0], str) and bool(re.fullmatch(_ZONE, args[0])) and is_data(args[1:], judge)


def _ratio(args: tuple[Value, ...], judge: Judge) -> bool:
    """Numbers or a text without a large exponent: it is written out as an integer."""
    import re

    numbers = [one for made in args if isinstance(made, Call) for one in _parts(made)]
    texts = [one for one in (*args, *numbers) if isinstance(one, str)]
    return not any(re.search(r"[eE][+-]?[\d_]{5,}", text) for text in texts) and (
        is_data(args, judge) or all(is_known(one) or is_data(one, judge) for one in args)
    )


def _parts(made: Call) -> tuple[Value, ...]:
    return made.args if isinstance(made.args, tuple) else ()


def _array(args: tuple[Value, ...], judge: Judge) -> bool:
    """An array by numpy's own constructor, which is called with the arguments that follow it."""
    if len(args) < 2 or not isinstance(args[0], Global) or args[0].name != "_reconstruct":  # noqa: PLR2004 - arguments
        return False
    made = judge.call(args[0], args[1], judge.now)
    return args[0].module.startswith("numpy.") and is_known(made)


def _encoding(args: tuple[Value, ...], _: Judge) -> bool:
    return (
        bool(args)
        and _is_text(args[0])
        and (len(args) == 1 or (isinstance(args[1], str) and args[1].lower() in _CODECS))
    )


def _factory(args: tuple[Value, ...], _: Judge) -> bool:
    return not args or _harmless(args[0], _NESTED)


def _harmless(value: Value, depth: int) -> bool:
    """Return whether a factory is harmless: a partial is what it was made with and what its state says instead."""
    if value is None or "factory" in entry_of(value):
        return True
    if not isinstance(value, Call) or value.verdict != KNOWN or value.callee not in _PARTIAL or not depth:
        return False
    parts = [value.args]
    if value.state is not None:
        state = value.state if isinstance(value.state, tuple) and len(value.state) > 1 else (None, None)
        parts.append((state[0], *state[1]) if isinstance(state[1], tuple) else ())
    return all(isinstance(part, tuple) and bool(part) and _bound(part, depth) for part in parts)


def _bound(part: tuple[Value, ...], depth: int) -> bool:
    if isinstance(part[0], Global) and part[0].dotted in _DEFAULTDICT:
        return len(part) == 1 or _harmless(part[1], depth - 1)
    return part[0] is not None and "factory" in entry_of(part[0])


def _global(args: tuple[Value, ...], _: Judge) -> bool:
    return (
        len(args) == 2  # noqa: PLR2004 - module, name
        and isinstance(args[0], str)
        and isinstance(args[1], str)
        and known(args[0], args[1]) is not None
    )


def _singleton(args: tuple[Value, ...], _: Judge) -> bool:
    one = args[0] if len(args) == 1 else ""
    return one is None or (isinstance(one, Global) and one.name in {"None", "NotImplemented", "Ellipsis"})


def _union(args: tuple[Value, ...], _: Judge) -> bool:
    if not args or not isinstance(args[0], Global) or args[0].name != "or_":
        return False
    rest = args[1] if len(args) == 2 and isinstance(args[1], tuple) else args[1:]  # noqa: PLR2004 - or_, classes
    return all(one is None or is_known(one) for one in rest)


def _call(args: tuple[Value, ...], judge: Judge) -> str:
    if len(args) < 3:  # noqa: PLR2004 - function, class, arguments
        return "it needs a function, a class and arguments"
    if not isinstance(args[0], Global) or not args[0].module.startswith("torch."):
        return "the function it calls is none of torch's"
    made = judge.call(args[0], args[2], judge.now)
    if isinstance(made, Call) and made.verdict != KNOWN:
        return "the function it calls is not allowed"
    if len(args) > 3 and isinstance(made, Call):  # noqa: PLR2004 - state
        judge.build(made, args[3], judge.now)
        if made.verdict != KNOWN:
            return "the state it sets is not allowed"
    return "" if is_known(args[1]) else "the class it makes is not known"


_TESTS: dict[str, Callable[[tuple[Value, ...], Judge], bool]] = {
    "none": lambda args, _: not args, "names": _names, "zone": _zone, "ratio": _ratio,
    "data": is_data, "values": _values, "text": _text, "number": _number,
    "bytes": _bytes, "dtype": _dtype, "class": _class, "function": _function, "attribute": _attribute,
    "encoding": _encoding, "factory": _factory, "global": _global, "generator": _generator,
    "tensor": _tensor, "array": _array,
    "singleton": _singleton, "union": _union,
}  # fmt: skip
