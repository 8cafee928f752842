"""What stands on the machine's stack. Plain constants, lists and tuples are Python's own; the rest is here."""

from __future__ import annotations

from typing import TypeAlias

from depscan.loading.steps import KNOWN

Value: TypeAlias = object
"""None, bool, int, float, str, bytes, bytearray, tuple or list of values, or one of the classes below."""

GETATTR = frozenset({"builtins.getattr", "__builtin__.getattr"})
"""What its call returns may be anything that hangs on its first argument: kept, never used further."""

OUTSIDE = GETATTR | {"types.GenericAlias", "logging.getLogger"}
"""Calls whose result is, or passes everything on to, an object of the process that the file does not hold."""

ENCODERS = frozenset({
    "_codecs.encode", "builtins.bytes", "__builtin__.bytes", "builtins.bytearray", "__builtin__.bytearray",
})  # fmt: skip
"""What makes bytes of a text, where a protocol has no opcode for bytes."""

SCALARS = (str, int, float, bytes, bool, type(None))


class Dict(list[Value]):
    """A dict: keys and values in turn, as they were set; keys need not be hashable."""

    __slots__ = ()


class Bag(list[Value]):
    """A set or frozenset."""

    __slots__ = ()


class Blob:
    """A long constant that stays in the file.

    Attributes:
        at: offset of its first byte.
        size: bytes.
        head: its first bytes.
        text: codec that makes text of the bytes; "" for bytes.
    """

    __slots__ = ("at", "head", "size", "text")

    def __init__(self, at: int, size: int, head: bytes, text: str = "") -> None:
        self.at = at
        self.size = size
        self.head = head
        self.text = text


class Global:
    """A name that is imported.

    Attributes:
        module, name: as the stream has them.
        at: offset of the opcode that first named it.
        verdict: word of ``depscan.loading.steps.VERDICTS``.
        used: whether a call or construction of it was reported, which says more than the import.
        computed: whether module or name is no constant.
    """

    __slots__ = ("at", "computed", "module", "name", "used", "verdict")

    def __init__(self, module: str, name: str, at: int, verdict: str, *, computed: bool = False) -> None:
        self.module = module
        self.name = name
        self.at = at
        self.verdict = verdict
        self.used = False
        self.computed = computed

    @property
    def dotted(self) -> str:
        """Return ``module.name``."""
        return f"{self.module}.{self.name}"


class Call:
    """What a call or construction returned.

    Attributes:
        fn: what was called, or the class that was constructed.
        args: tuple of arguments, or any other value when they are no tuple.
        named: keyword arguments of NEWOBJ_EX; None for none.
        at: offset of the opcode.
        verdict: of the call; what a call that is not allowed returned is not allowed either.
        built: whether ``fn`` is a class and this its instance, made by ``__new__``.
        state: what BUILD gave it; None before.
        items: what was appended or set.
    """

    __slots__ = ("args", "at", "built", "fn", "items", "named", "state", "verdict")

    def __init__(self, fn: Value, args: Value, at: int, verdict: str = KNOWN, *, built: bool = False) -> None:
        self.fn = fn
        self.args = args
        self.at = at
        self.verdict = verdict
        self.built = built
        self.named: Value = None
        self.state: Value = None
        self.items: list[Value] | None = None

    @property
    def callee(self) -> str:
        """Return the dotted name of what was called; "" when it has none."""
        return self.fn.dotted if isinstance(self.fn, Global) else ""


class Persistent:
    """What the loader's own ``persistent_load`` returns."""

    __slots__ = ("id",)

    def __init__(self, ident: Value) -> None:
        self.id = ident


class Extension:
    """A class or function of the process-wide extension registry (``copyreg``)."""

    __slots__ = ("code",)

    def __init__(self, code: int) -> None:
        self.code = code


class Buffer:
    """An out-of-band buffer (protocol 5): data."""

    __slots__ = ()


BUFFER = Buffer()


_TUPLES = frozenset({"builtins.tuple", "__builtin__.tuple"})
_DICTS = frozenset({
    "builtins.dict", "__builtin__.dict", "collections.OrderedDict", "collections.Counter", "collections.defaultdict",
})  # fmt: skip


def plain(value: Value) -> Value:
    """Return the tuple or dict that an allowed call made, where it stands for arguments or a state; else the value."""
    if not isinstance(value, Call) or value.verdict != KNOWN:
        return value
    first = next((one for one in value.args if isinstance(one, list)), []) if isinstance(value.args, tuple) else []
    if value.callee in _TUPLES:
        return tuple(first)
    if value.callee not in _DICTS and not isinstance(first, Dict) and not value.items:
        return value
    made = Dict(first) if isinstance(first, Dict) else Dict()
    if not isinstance(first, Dict):
        for pair in first:
            if isinstance(pair, (tuple, list)) and len(pair) == 2:  # noqa: PLR2004 - key and value
                made += pair
    made += value.items or ()
    return made


_TEXTS = frozenset({"builtins.str", "__builtin__.str", "__builtin__.unicode", "numpy.str_", "numpy.unicode_"})


def text_of(key: Value) -> Value:
    """Return the text that an allowed call makes of one, which names an attribute like any other; else the value."""
    if isinstance(key, Call) and key.callee in _TEXTS and isinstance(key.args, tuple) and len(key.args) == 1:
        return key.args[0]
    return key
