"""Judge texts of symbolic sizes and guards in exported graphs: torch gives them to parsers that evaluate Python.

Sizes are what sympy's ``srepr`` and printer write; guards are comparisons of sizes of inputs (``L['x'].size()[0]``).
"""

from __future__ import annotations

import re

_MOST = 20_000
_TEXT = re.compile(r"'[\w.+\-]*'|\"[\w.+\-]*\"")
_NUMBER = re.compile(r"\b\d[\d_]*\.?\d*(?:[eE][+\-]?\d+)?(?!\w)|(?<![\w)\]])\.\d+")
_PLAIN = re.compile(r"[\w\s+\-*/%<>=!&|~(),.\[\]{}:]*").fullmatch
_NAME = re.compile(r"(?P<dot>\.\s*)?\b(?P<name>[A-Za-z_]\w*)\b(?=\s*(?P<next>[(.]?))")

_DANGEROUS = frozenset({
    "eval", "exec", "compile", "open", "getattr", "setattr", "delattr", "globals", "locals", "vars", "import", "lambda",
    "__import__", "breakpoint", "input", "print", "type", "object", "dir", "os", "sys", "subprocess", "builtins",
})  # fmt: skip
_NAMES = frozenset({"L", "math", "torch", "and", "or", "not", "if", "else", "True", "False", "None", "in", "is"})
_CALLED = frozenset({
    "max", "min", "int", "float", "abs", "len", "bool", "round", "pow", "and", "or", "not", "if", "else", "floor",
    "ceiling", "sqrt", "log", "log2", "exp", "sign", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
    "tanh",
})  # fmt: skip
_ATTRIBUTES = frozenset({
    "size", "stride", "storage_offset", "shape", "dtype", "device", "ndim", "dim", "numel", "requires_grad", "layout",
    "is_sparse", "item", "ceil", "floor", "trunc", "sqrt", "log", "log2", "exp", "pow", "node", "inf", "nan",
})  # fmt: skip


def wrong(text: str) -> str:
    """Return what in an expression is more than arithmetic on sizes, in plain words; "" for nothing."""
    if len(text) > _MOST:
        return f"{len(text)} characters"
    bare = _NUMBER.sub("0", _TEXT.sub("0", text))
    if "__" in bare:
        return "names with two underscores"
    if not _PLAIN(bare):
        return "characters that no arithmetic has"
    for found in _NAME.finditer(bare):
        why = _name(found)
        if why:
            return why
    return ""


def _name(found: re.Match[str]) -> str:
    name, following = found["name"], found["next"]
    if found["dot"] is not None:
        symbolic = name.startswith(("sym_", "_sym_"))
        return "" if symbolic or name in _ATTRIBUTES else f"the attribute {name}"
    if name in _DANGEROUS:
        return f"the name {name}"
    if following == "." and name not in _NAMES:
        return f"the attributes of {name}"
    # Sympy's classes begin with a capital letter; a symbol (s0, u1) is never called.
    known = name in _CALLED or name[0].isupper() or name.startswith("OpaqueUnaryFn_")
    return f"a call of {name}" if following == "(" and not known else ""
