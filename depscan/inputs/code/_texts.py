"""Texts that are made from others: formats, joined paths, repetitions."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from depscan.inputs.code._value import Value, combine

if TYPE_CHECKING:
    from depscan.inputs.code._scopes import Place
    from depscan.inputs.code._values import Evaluator

_LONGEST = 4_000
_PERCENT = re.compile(r"%(?:\((\w+)\))?[-+ #0]*\d*(?:\.\d+)?[sdrif]")
_BRACES = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")


def joined(ev: Evaluator, arguments: list[ast.expr], place: Place, depth: int) -> list[Value]:
    """Return parts of a path joined by ``/``."""
    made = [Value("text", ".")] if not arguments else ev.texts(arguments[0], place, depth)
    for argument in arguments[1:12]:
        made = combine(made, ev.texts(argument, place, depth), "/")
    return made


def parent(path: Value) -> Value:
    """Return the folder of a path."""
    head, slash, _ = path.text.rstrip("/").rpartition("/")
    return path._replace(data=head if slash else ".")


def formatted(ev: Evaluator, base: Value, node: ast.Call, place: Place, depth: int) -> list[Value]:
    """Return ``text.format(values)``."""
    named = {k.arg: k.value for k in node.keywords if k.arg}
    parts: list[str | ast.expr] = []
    last = 0
    for count, match in enumerate(_BRACES.finditer(base.text)):
        key = match[1]
        inner = named.get(key)
        if inner is None and (not key or key.isdigit()):
            at = int(key) if key else count
            inner = node.args[at] if at < len(node.args) else None
        parts += [base.text[last : match.start()], inner if inner is not None else match[0]]
        last = match.end()
    return _assembled(ev, [*parts, base.text[last:]], place, depth)


def percent(ev: Evaluator, node: ast.BinOp, place: Place, depth: int) -> list[Value]:
    """Return ``text % values``."""
    found: list[Value] = []
    right = node.right
    given_parts = list(right.elts) if isinstance(right, ast.Tuple) else [right]
    pairs = zip(right.keys, right.values, strict=False) if isinstance(right, ast.Dict) else ()
    named = {k.value: v for k, v in pairs if isinstance(k, ast.Constant)}
    for base in ev.values(node.left, place, depth):
        if base.kind != "text":
            continue
        parts: list[str | ast.expr] = []
        last = 0
        for count, match in enumerate(_PERCENT.finditer(base.text)):
            inner = named.get(match[1]) if match[1] else given_parts[count] if count < len(given_parts) else None
            parts += [base.text[last : match.start()], inner if inner is not None else match[0]]
            last = match.end()
        found += _assembled(ev, [*parts, base.text[last:]], place, depth)
    return found


def repeated(ev: Evaluator, node: ast.BinOp, place: Place, depth: int) -> list[Value]:
    """Return ``text * number``."""
    texts = [v for v in ev.values(node.left, place, depth) if v.kind == "text"]
    counts = [v.data for v in ev.values(node.right, place, depth) if v.kind == "constant"]
    pairs = [(t, n) for t in texts for n in counts if isinstance(n, int) and 0 <= n * len(t.text) <= _LONGEST]
    return [t._replace(data=t.text * n) for t, n in pairs]


def _assembled(ev: Evaluator, parts: list[str | ast.expr], place: Place, depth: int) -> list[Value]:

    made = [Value("text", "")]
    for part in parts[:40]:
        made = combine(made, [Value("text", part)] if isinstance(part, str) else ev.texts(part, place, depth), "")
    return made
