"""Constant folding on plain data: operators, methods of texts and numbers, and harmless builtins, all bounded."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

MAX_BYTES = 8 << 20
"""Longest text or bytes that folding makes."""
MAX_ITEMS = 200_000
MAX_BITS = 65_536

ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    OSError,
    EOFError,
    MemoryError,
    RecursionError,
    NotImplementedError,
    AssertionError,
    SyntaxError,
)
"""What folding hostile data may raise; it then yields nothing."""


class FoldError(ValueError):
    """The result would be too large, or is not known."""


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes | bytearray | list | tuple) else 0


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _multiply(a: Any, b: Any) -> Any:
    if isinstance(a, int) and not isinstance(b, int | float | complex):
        a, b = b, a
    if _size(a):
        if not isinstance(b, int) or _size(a) * max(b, 0) > MAX_BYTES:
            raise FoldError
    elif _bits(a) + _bits(b) > MAX_BITS:
        raise FoldError
    return a * b


def _power(a: Any, b: Any) -> Any:
    if isinstance(b, int) and (b > MAX_BITS or _bits(a) * max(b, 1) > MAX_BITS):
        raise FoldError
    return a**b


def _shift(a: Any, b: Any) -> Any:
    if not isinstance(b, int) or b > MAX_BITS:
        raise FoldError
    return a << b


_WIDTH = re.compile(r"\d{6,}|\*")


def _modulo(a: Any, b: Any) -> Any:
    if isinstance(a, str | bytes):
        shown = a if isinstance(a, str) else a.decode("latin-1")
        if len(a) > MAX_BYTES or ("%" in shown and _WIDTH.search(shown)):
            raise FoldError
        b = tuple(x if isinstance(x, str | bytes | int | float) else str(x) for x in b) if isinstance(b, tuple) else b
    return a % b


def _add(a: Any, b: Any) -> Any:
    if _size(a) + _size(b) > MAX_BYTES:
        raise FoldError
    return a + b


BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: _add,
    ast.Sub: operator.sub,
    ast.Mult: _multiply,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: _modulo,
    ast.Pow: _power,
    ast.LShift: _shift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.BitAnd: operator.and_,
}
UNARY: dict[type, Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
OPERATORS = {
    "add": ast.Add, "concat": ast.Add, "iadd": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "xor": ast.BitXor,
    "ixor": ast.BitXor, "or_": ast.BitOr, "and_": ast.BitAnd, "mod": ast.Mod, "floordiv": ast.FloorDiv,
    "lshift": ast.LShift, "rshift": ast.RShift, "pow": ast.Pow,
}  # fmt: skip

_METHODS = frozenset(
    [
        "upper",
        "lower",
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "rsplit",
        "splitlines",
        "join",
        "replace",
        "format",
        "startswith",
        "endswith",
        "title",
        "capitalize",
        "swapcase",
        "find",
        "rfind",
        "index",
        "rindex",
        "count",
        "isalpha",
        "isdigit",
        "isalnum",
        "isupper",
        "islower",
        "isspace",
        "isnumeric",
        "isdecimal",
        "isidentifier",
        "isascii",
        "partition",
        "rpartition",
        "translate",
        "maketrans",
        "zfill",
        "ljust",
        "rjust",
        "center",
        "encode",
        "decode",
        "hex",
        "fromhex",
        "removeprefix",
        "removesuffix",
        "casefold",
        "expandtabs",
        "to_bytes",
        "from_bytes",
        "bit_length",
        "keys",
        "values",
        "items",
        "get",
        "copy",
        "tolist",
        "format_map",
        "tobytes",
        "as_integer_ratio",
        "is_integer",
        "conjugate",
        "union",
        "intersection",
        "difference",
        "__add__",
        "__len__",
        "__getitem__",
        "__mul__",
        "__mod__",
        "__str__",
        "__xor__",
        "__contains__",
        "__eq__",
        "__ne__",
        "bit_count",
    ]
)
_PADS = frozenset({"zfill", "ljust", "rjust", "center", "expandtabs", "to_bytes"})
_LAYERED = {"hex": "hex", "fromhex": "hex"}


def method(data: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:  # noqa: C901, PLR0912
    """Return the result of a method of plain data.

    Raises:
        ValueError, TypeError, LookupError and their like: it has none (see ``ERRORS``).
    """
    if name not in _METHODS:
        raise FoldError
    if name in _PADS and any(isinstance(a, int) and a > MAX_ITEMS for a in args):
        raise FoldError
    if name == "format" and isinstance(data, str):
        if _WIDTH.search(data) or "." in data or "[" in data or any(_size(a) > MAX_BYTES // 8 for a in args):
            return _plain_format(data, args, kwargs)
    elif name == "replace" and len(args) > 1 and data:
        grown = data.count(args[0]) if args[0] else len(data) + 1
        if grown * _size(args[1]) > MAX_BYTES:
            raise FoldError
    elif name == "join" and args:
        items = list(args[0])
        if len(items) > MAX_ITEMS * 5 or len(items) * _size(data) + sum(map(_size, items)) > MAX_BYTES:
            raise FoldError
        args = [items]
    elif name == "translate" and args and isinstance(args[0], dict):
        if any(_size(v) > 100 for v in args[0].values()):  # noqa: PLR2004 - a table, not a bomb
            raise FoldError
    elif name in {"encode", "decode"}:
        codec = str(args[0] if args else kwargs.get("encoding", "utf-8"))
        from depscan.facts.python.decode import codec_layer

        if codec_layer(codec):
            raise FoldError
    elif name == "__mul__":
        return _multiply(data, args[0])
    elif name == "__mod__":
        return _modulo(data, args[0])
    found = getattr(data, name)(*args, **kwargs)
    return list(found) if name in {"keys", "values", "items"} else found


_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)(?:![rsa])?(?::[^{}]{0,5})?\}")


def _plain_format(data: str, args: list[Any], kwargs: dict[str, Any]) -> str:
    """Return a format without widths and attribute access."""
    count = -1

    def one(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] in {"{{", "}}"}:
            return match[0][0]
        key = match[1]
        if not key:
            count += 1
            return str(args[count])
        return str(args[int(key)] if key.isdigit() else kwargs[key])

    return _FIELD.sub(one, data)


def _range(*args: int) -> list[int]:
    found = range(*args)
    if len(found) > MAX_ITEMS:
        raise FoldError
    return list(found)


def _bounded_list(kind: Callable[[Any], Any]) -> Callable[..., Any]:
    def run(data: Any = (), *rest: Any) -> Any:
        if isinstance(data, int) and kind in {bytes, bytearray}:
            if data > MAX_ITEMS:
                raise FoldError
            return bytes(data)
        if rest and kind in {bytes, bytearray}:
            return str(data).encode(*rest)
        return kind(data)

    return run


def _enumerate(data: Any, start: int = 0) -> list[Any]:
    return list(enumerate(data, start))


def _int(*args: Any) -> int:
    if args and _size(args[0]) > 4000:  # noqa: PLR2004 - the interpreter's own limit of digits
        raise FoldError
    return int(*args)


def _str(data: Any = "", *rest: Any) -> str:
    if rest and isinstance(data, bytes):
        return data.decode(*rest)
    if isinstance(data, int) and _bits(data) > 12_000:  # noqa: PLR2004 - as above
        raise FoldError
    return str(data)


def _zip(*lists: Any) -> list[Any]:
    return list(zip(*lists, strict=False))


def _struct(name: str) -> Callable[..., Any]:
    def run(fmt: str, *args: Any) -> Any:
        import struct

        try:
            if struct.calcsize(fmt) > MAX_BYTES:
                raise FoldError
            return getattr(struct, name)(fmt, *args)
        except struct.error as error:
            raise FoldError from error

    return run


def _sort(data: Any, *, reverse: bool = False) -> list[Any]:
    return sorted(data, reverse=reverse)


def _format(data: Any, spec: str = "") -> str:
    if _WIDTH.search(spec):
        raise FoldError
    return format(data, spec)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "chr": chr, "ord": ord, "len": len, "int": _int, "str": _str, "hex": hex, "bin": bin, "oct": oct, "abs": abs,
    "min": min, "max": max, "sum": sum, "float": float, "bool": bool, "repr": repr, "ascii": ascii, "divmod": divmod,
    "round": round, "pow": lambda a, b, m=None: _power(a, b) if m is None else pow(a, b, m), "range": _range,
    "bytes": _bounded_list(bytes), "bytearray": _bounded_list(bytearray), "list": list, "tuple": tuple, "set": set,
    "frozenset": set, "dict": dict, "reversed": lambda x: list(x)[::-1], "sorted": _sort, "enumerate": _enumerate,
    "zip": _zip, "format": _format, "slice": slice, "memoryview": bytes, "any": any, "all": all,
    "struct.pack": _struct("pack"), "struct.unpack": _struct("unpack"), "struct.calcsize": _struct("calcsize"),
    "itertools.chain": lambda *x: [i for part in x for i in part],
    "itertools.chain.from_iterable": lambda x: [i for part in x for i in part],
    "bytes.decode": lambda b, *a: method(b, "decode", list(a), {}), "str.encode": lambda s, *a: s.encode(*a),
    "str.join": lambda s, x: method(s, "join", [x], {}), "str.maketrans": str.maketrans,
    "bytes.maketrans": bytes.maketrans, "string.maketrans": str.maketrans, "int.from_bytes": int.from_bytes,
    "int.to_bytes": lambda n, size, order="big": n.to_bytes(min(size, MAX_ITEMS), order),
    "str.replace": lambda s, *a: method(s, "replace", list(a), {}), "str.lower": str.lower, "str.upper": str.upper,
    "str.format": lambda s, *a, **k: method(s, "format", list(a), k), "str.strip": lambda s, *a: s.strip(*a),
    "str.split": lambda s, *a: s.split(*a), "os.path.basename": lambda p: p.rsplit("/", 1)[-1],
    "os.fsencode": lambda s: s.encode() if isinstance(s, str) else s, "os.fsdecode": _str,
    "math.floor": int, "math.ceil": lambda x: -int(-x // 1), "operator.concat": _add, "collections.deque": list,
    "string.capwords": lambda s: s.title(), "copy.copy": lambda x: x, "copy.deepcopy": lambda x: x,
    "ast.literal_eval": ast.literal_eval, "textwrap.dedent": lambda s: __import__("textwrap").dedent(s),
}  # fmt: skip
"""Builtins and library functions that are folded when all their arguments are known."""

STRING_CONSTANTS = {
    "string.ascii_lowercase": "abcdefghijklmnopqrstuvwxyz",
    "string.ascii_uppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "string.ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "string.digits": "0123456789",
    "string.hexdigits": "0123456789abcdefABCDEF",
    "string.punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "string.whitespace": " \t\n\r\x0b\x0c",
    "string.printable": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c",
    "sys.executable": "python",
    "os.sep": "/",
    "os.pathsep": ":",
    "os.linesep": "\n",
    "os.curdir": ".",
    "os.devnull": "/dev/null",
}
