"""Methods of constants, lists and dicts: folded where all is known, followed where not."""

from __future__ import annotations

import ast
import zlib
from typing import Any

from depscan.facts.python import fold
from depscan.facts.python.decode import by_codec, codec_layer
from depscan.facts.python.machine import Machine
from depscan.facts.python.scopes import iterate
from depscan.facts.python.values import (
    NONE,
    Alt,
    Const,
    Dict,
    Ref,
    Seq,
    Value,
    all_layers,
    layers,
    native,
    sources,
    text_of,
    value_of,
    wrap,
)

FOLD_ERRORS = (*fold.ERRORS, zlib.error)


def joined_sources(pos: list[Value], kw: dict[str, Value]) -> frozenset[int]:
    """Return the sources of all arguments."""
    found = NONE
    for value in (*pos, *kw.values()):
        found |= sources(value)
    return found


def call_method(m: Machine, receiver: Value, name: str, pos: list[Value], kw: dict[str, Value], node: ast.AST) -> Value:
    """Call a method of a constant, list or dict."""
    if isinstance(receiver, Seq) and (result := _change(m, receiver, name, pos)) is not None:
        return result
    if isinstance(receiver, Dict) and (result := _of_dict(receiver, name, pos, kw)) is not None:
        return result
    found = sources(receiver) | joined_sources(pos, kw)
    chain = all_layers(receiver)
    for value in pos:
        chain = layers(chain, all_layers(value))
    try:
        data, args = native(receiver), [native(p) for p in pos]
        named = {k: native(v) for k, v in kw.items()}
        if name in {"encode", "decode"} and args and codec_layer(str(args[0])):
            from depscan.facts.python.foreign import decoded

            return decoded(m, *by_codec(data, str(args[0])), f"str.{name}", found, chain, node)
        result = fold.method(data, name, args, named)
        if name in {"fromhex"}:
            chain = layers(chain, ("hex",))
        return value_of(result, found, chain)
    except FOLD_ERRORS:
        return _method_partly(receiver, name, pos, kw, found, chain)


def _method_partly(
    receiver: Value, name: str, pos: list[Value], kw: dict[str, Value], found: frozenset[int], chain: tuple[str, ...]
) -> Value:
    """Return what is known of a method of a text with holes."""
    text = text_of(receiver)
    if text is None or not isinstance(receiver, Const):
        if name == "copy" or name in {"values", "items", "keys"}:
            out = Seq("list", list(receiver.items) if isinstance(receiver, Seq) else [], found)
            out.open = True
            return out
        return Ref("", found, chain, made=True)
    if name == "format":
        try:
            shown = [text_of(p) or "{?}" for p in pos] + ["{?}"] * 10
            named = {k: text_of(v) or "{?}" for k, v in kw.items()}
            return Const(fold._plain_format(text, shown, named), found, chain, partial=True)  # noqa: SLF001
        except FOLD_ERRORS:
            return Const(text, found, chain, partial=True)
    if name == "join" and pos:
        items = iterate(pos[0])
        if items is not None:
            joined = text.join(text_of(wrap(i)) or "{?}" for i in items[:5000])
            return Const(joined[: 1 << 20], found, chain, partial=True)
        return Ref("", found, chain, made=True)
    if name in {"strip", "rstrip", "lstrip", "lower", "upper", "encode", "decode", "replace", "expandtabs", "title"}:
        return Const(text, found, chain, partial=True)
    if name in {"split", "splitlines", "rsplit"}:
        return Seq("list", [Const(t, found, chain, partial=True) for t in text.split()[:50]], found)
    return Ref("", found, chain, made=True)


def _change(m: Machine, seq: Seq, name: str, pos: list[Value]) -> Value | None:  # noqa: C901
    """Run a method that changes a list; None when it does not."""
    if name in {"append", "add", "appendleft", "insert"} and pos:
        value = pos[-1]
        plain = type(value) is Const and not value.partial and not value.sources and not value.layers
        item = value.data if plain else value  # type: ignore[attr-defined]
        if len(seq.items) < fold.MAX_ITEMS:
            seq.items.insert(0, item) if name == "appendleft" else seq.items.append(item)
        return Const(None)
    if name in {"extend", "update"} and pos:
        items = iterate(pos[0])
        seq.sources |= pos[0].sources
        if items is None:
            seq.open = True
            seq.sources |= sources(pos[0])
        elif len(seq.items) + len(items) < fold.MAX_ITEMS:
            seq.items.extend(items)
        return Const(None)
    if name in {"reverse", "sort"}:
        if name == "reverse":
            seq.items.reverse()
            seq.layers = layers(seq.layers, ("reverse",))
        else:
            seq.open = seq.open or not all(isinstance(i, int | str) for i in seq.items)
        return Const(None)
    if name in {"pop", "popleft"} and seq.items:
        if m.concrete:
            try:
                index = native(pos[0]) if pos else (0 if name == "popleft" else -1)
                return wrap(seq.items.pop(index))
            except FOLD_ERRORS:
                pass
        return Alt([wrap(i) for i in seq.items[:6]])
    return None


def _of_dict(held: Dict, name: str, pos: list[Value], kw: dict[str, Value]) -> Value | None:
    """Run a dict's method; None when folding may do it."""
    key = pos[0].data if pos and type(pos[0]) is Const else None
    if name in {"get", "pop", "setdefault"} and pos:
        found = held.items.get(key) if isinstance(key, str | int | bytes) else None
        if found is not None:
            return found
        if not held.open and len(pos) > 1:
            return pos[1]
        return Ref("", sources(held), made=True)
    if name == "update":
        for value in pos:
            if isinstance(value, Dict):
                held.items.update(value.items)
            held.sources |= value.sources if isinstance(value, Dict) else sources(value)
            held.open = held.open or not isinstance(value, Dict)
        held.items.update(kw)
        return Const(None)
    if name in {"values", "items", "keys"}:
        rows: list[Any] = {
            "values": list(held.items.values()),
            "keys": list(held.items),
            "items": [Seq("tuple", [k, v]) for k, v in held.items.items()],
        }[name]
        out = Seq("list", rows, held.sources)
        out.open = held.open
        return out
    if name == "copy":
        return Dict(dict(held.items), held.sources, is_open=held.open)
    return None
