"""``$NAME`` and ``${NAME:-default}`` with the values a file itself gives."""

from __future__ import annotations

import re

_VARIABLE = re.compile(
    r"\\\$|\$(?:\{(?P<braced>[A-Za-z_]\w*)(?P<op>:?[-+?])?(?P<word>[^{}]*)\}|(?P<plain>[A-Za-z_]\w*))"
)
_LONGEST = 10_000


def substitute(text: str, values: dict[str, str]) -> str:
    """Return ``text`` with the variables that are known put in; the others stay as written.

    Source: Dockerfile reference, "Environment replacement"; Compose specification, "Interpolation".
    """

    def one(match: re.Match[str]) -> str:
        name = match["braced"] or match["plain"]
        if name is None:
            return match[0]
        value, op, word = values.get(name), match["op"] or "", match["word"] or ""
        if op.endswith("-"):
            return word if value is None or (op[0] == ":" and not value) else value
        if op.endswith("+"):
            return word if value else ""
        return match[0] if value is None else value

    if "$" not in text:
        return text
    made = _VARIABLE.sub(one, text)
    return made if len(made) <= _LONGEST + len(text) else text
