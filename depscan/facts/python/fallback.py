"""Facts from code that does not parse: imports, dotted calls and literals found by their shape."""

from __future__ import annotations

import ast
import re

from depscan.facts.python.calls import CALLS, Spec
from depscan.facts.python.decode import DECODERS
from depscan.facts.python.fold import ERRORS
from depscan.facts.python.machine import Machine
from depscan.facts.python.names import canon

_CALL = re.compile(r"(?<![\w.])([A-Za-z_][\w.]{2,80})\s*\(\s*(?:[rbuf]{0,2}(['\"])((?:(?!\2)[^\\\n]|\\.){0,1500})\2)?")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+([^\n#]+)|import[ \t]+([^\n#;]+))", re.M)
_URL = re.compile(r"https?://[\w.:@-]+(?:/[^\s'\"\\)]*)?")
_CODES = re.compile(r"\d{1,4}(?:[ \t]{0,8},[ \t]{0,8}\d{1,4}){39,}")
_MAX = 300


def read_words(m: Machine, text: str, line: int, layer: tuple[str, ...], found: frozenset[int]) -> None:
    """Add what the words of a text say, each fact with the text's own sources; and that it could not be read."""
    held, m.layer = m.layer, layer
    m.emit("code.unreadable", "", line, (text[:200],), found)
    m.sink.gap(m.module.path, "code that does not parse was read by its words only", line)
    names = _aliases(text)
    addresses = tuple(dict.fromkeys(_URL.findall(text)))[:5]
    for count, match in enumerate(_CALL.finditer(text[: 1 << 20])):
        if count > 20 * _MAX:
            break
        head, dot, rest = match[1].partition(".")
        name = canon(names.get(head, head) + dot + rest)
        number = line if m.fixed_line else text.count("\n", 0, match.start()) + 1
        _one(m, name, match[3] or "", number, found, addresses)
    m.layer = held
    _codes(m, text, line, found)


def _codes(m: Machine, text: str, line: int, found: frozenset[int]) -> None:
    """Read the code that lists of character codes spell."""
    from depscan.facts.python.layers import read_layer

    for match in list(_CODES.finditer(text[: 1 << 20]))[:3]:
        numbers = [int(n) for n in match[0].split(",") if n.strip()]
        inner = "".join(map(chr, numbers))
        if "(" in inner and numbers:
            number = line if m.fixed_line else text.count("\n", 0, match.start()) + 1
            read_layer(m, inner, ("chr",), found, ast.Pass(lineno=number), m.module.scope)


def _one(m: Machine, name: str, given: str, number: int, found: frozenset[int], addresses: tuple[str, ...]) -> None:
    if name in {"exec", "eval"}:
        m.emit("code.eval", name, number, (given,), found)
        return
    if name in DECODERS:
        shown = ""
        try:
            data = DECODERS[name][1](given) if given else b""
            shown = data if isinstance(data, str) else bytes(data[:2000]).decode("utf-8", "backslashreplace")
        except ERRORS:
            shown = ""
        m.emit("code.decode", name, number, (shown,), found)
        return
    spec: Spec | None = CALLS.get(name)
    if spec is None:
        return
    values = (given,) if given else addresses if spec.what.startswith("net.") else ()
    m.emit(spec.what, name, number, values, found)


def _aliases(text: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for match in _IMPORT.finditer(text):
        for part in (match[2] or match[3] or "").strip("() ").split(","):
            words = part.split()
            if not words:
                continue
            full = f"{match[1]}.{words[0]}" if match[1] else words[0]
            names[words[-1] if len(words) == 3 else words[0].partition(".")[0]] = (  # noqa: PLR2004 - a as b
                full if match[1] or len(words) == 3 else words[0].partition(".")[0]  # noqa: PLR2004
            )
    return names
