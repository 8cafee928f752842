"""Write a lock as TOML 1.0: sorted, one value per line, no time in it, so that equal projects give equal bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.lock.records import SECTIONS, VERSION, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.lock.records import Lock, Row, Value

_HEAD = "# What this project trusts. Written by: depscan lock; compared by: depscan drift.\n"
_INLINE = 100
_ESCAPED = re.compile(
    '[\x00-\x1f"\\\\\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]'
)
"""Characters that TOML wants escaped, and those that a reviewer would not see."""
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def written(lock: Lock) -> str:
    """Return the text of a lock."""
    parts = [_HEAD, f"version = {VERSION}\n"]
    for row in lock.rows:
        parts.append(f"\n[[{row.section}]]\n")
        parts += _fields(row)
    return "".join(parts)


def _fields(row: Row) -> Iterator[str]:
    section = SECTIONS[row.section]
    for name in (*section.key, *section.fields):
        if name in row.fields:
            yield f"{name} = {_value(row.fields[name])}\n"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    items = [quoted(item) for item in value]
    line = f"[{', '.join(items)}]"
    if len(line) <= _INLINE or not items:
        return line
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"


def quoted(text: str) -> str:
    """Return a text as a TOML basic string (https://toml.io/en/v1.0.0#string).

    A lone surrogate, which TOML cannot hold, is written as the replacement character.
    """
    return f'"{_ESCAPED.sub(_escape, whole(text))}"'


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return _SHORT.get(found[0]) or (f"\\u{code:04X}" if code < 1 << 16 else f"\\U{code:08X}")
