"""Values of JavaScript expressions, as far as they are known, and the methods that can be folded."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from depscan.facts import _fold
from depscan.facts.place import UNKNOWN

MAX_TEXT = 500_000


class Js(NamedTuple):
    """A value.

    Attributes:
        text: its text, with ``{?}`` for unknown parts; None when nothing is known.
        sources: facts whose data is in it.
        name: dotted name of what it is (``child_process.exec``), "" when it is nothing in particular.
        items: elements of an array.
        props: properties of an object.
        function: parameters and token range of a function's body.
        layer: decodings it went through.
    """

    text: str | None = None
    sources: tuple[int, ...] = ()
    name: str = ""
    items: tuple[Js, ...] | None = None
    props: dict[str, Js] | None = None
    function: tuple[tuple[str, ...], int, int] | None = None
    layer: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the whole text is known."""
        return self.text is not None and UNKNOWN not in self.text

    @property
    def shown(self) -> str:
        """The text, ``{?}`` when nothing is known."""
        return self.text if self.text is not None else UNKNOWN


def all_sources(*values: Js) -> tuple[int, ...]:
    """Return the facts in any of the values, their elements and properties."""
    found: set[int] = set()
    queue = list(values)
    for value in queue[:2000]:
        found.update(value.sources)
        for inner in (*(value.items or ()), *(value.props or {}).values()):
            found.update(inner.sources)
            for deeper in (*(inner.items or ()), *(inner.props or {}).values()):
                found.update(deeper.sources)
    return tuple(sorted(found))


def longest_layer(*values: Js) -> tuple[str, ...]:
    """Return the deepest decoding of the values."""
    return max((value.layer for value in values), key=len, default=())


def decode(text: str, encoding: str) -> str | None:
    """Return ``Buffer.from(text, encoding)`` as text; None when it cannot be decoded."""
    encoding = encoding.lower()
    if encoding in {"base64", "base64url"}:
        return _fold.from_base64(text)
    if encoding == "hex":
        return _fold.from_hex(text)
    return text


def _number(value: Js, default: int) -> int:
    try:
        return int(value.text or "", 0)
    except ValueError:
        return default


def _slice(text: str, args: tuple[Js, ...]) -> str:
    start = _number(args[0], 0) if args else 0
    stop = _number(args[1], len(text)) if len(args) > 1 else len(text)
    return text[start:stop]


def _substr(text: str, args: tuple[Js, ...]) -> str:
    start = _number(args[0], 0) if args else 0
    start = max(start + len(text), 0) if start < 0 else start
    return text[start : start + (_number(args[1], len(text)) if len(args) > 1 else len(text))]


def _replace(text: str, args: tuple[Js, ...], *, every: bool) -> str | None:
    if len(args) < 2 or not args[0].known or args[1].text is None:  # noqa: PLR2004
        return None
    old = args[0].text or ""
    regex = re.fullmatch(r"/(.*)/([a-z]*)", old, re.DOTALL)
    if regex is None or args[0].name != "regex":
        return text.replace(old, args[1].text, -1 if every else 1)
    plain = re.sub(r"\\(\W)", r"\1", regex[1])
    if re.search(r"(?<!\\)[.*+?^$()\[\]{}|]|\\\w", regex[1]):
        return None
    return text.replace(plain, args[1].text, -1 if "g" in regex[2] else 1)


def fold_method(value: Js, method: str, args: tuple[Js, ...]) -> Js | None:
    """Return what a method of a known string or array gives; None when it cannot be folded."""
    if value.items is not None:
        return _fold_array(value, method, args)
    if not value.known or value.text is None:
        return None
    text = value.text
    if method == "split":
        between = args[0].text if args and args[0].text is not None else None
        pieces = [text] if between is None else list(text) if between == "" else text.split(between)
        return Js(
            None,
            value.sources,
            items=tuple(Js(piece, value.sources, layer=value.layer) for piece in pieces[:200_000]),
            layer=value.layer,
        )
    simple: dict[str, Callable[[], str | None]] = {
        "toString": lambda: text, "trim": text.strip, "toLowerCase": text.lower, "toUpperCase": text.upper, "valueOf": lambda: text,  # noqa: E501
        "slice": lambda: _slice(text, args), "substring": lambda: _slice(text, args), "substr": lambda: _substr(text, args),  # noqa: E501
        "replace": lambda: _replace(text, args, every=False), "replaceAll": lambda: _replace(text, args, every=True),
        "charAt": lambda: text[_number(args[0], 0)] if args and 0 <= _number(args[0], 0) < len(text) else None,
        "concat": lambda: text + "".join(arg.shown for arg in args),
        "repeat": lambda: text * min(_number(args[0], 1), 1000) if args and len(text) < 1000 else None,  # noqa: PLR2004
    }  # fmt: skip
    folded = simple[method]() if method in simple else None
    return None if folded is None else value._replace(text=folded[:MAX_TEXT])


def _fold_array(value: Js, method: str, args: tuple[Js, ...]) -> Js | None:
    items = value.items or ()
    if method == "join":
        between = args[0].shown if args else ","
        return Js(
            between.join(item.shown for item in items)[:MAX_TEXT],
            all_sources(value),
            layer=longest_layer(value, *items),
        )
    if method == "reverse":
        return value._replace(items=items[::-1], layer=(*value.layer, "reverse"))
    if method == "concat":
        return value._replace(
            items=(*items, *(inner for arg in args for inner in (arg.items if arg.items is not None else (arg,))))
        )
    if method in {"slice", "flat", "filter"}:
        return value if method != "slice" else value._replace(items=items[_number(args[0], 0) if args else 0 :])
    return None
