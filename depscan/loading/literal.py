"""Read a Python literal without Python: texts, whole numbers, True, False, None, tuples, lists, dicts.

For headers that a loader gives to ``ast.literal_eval``, ``eval`` or a parser of its own (numpy's): what is more than
such a literal is no header.
"""

from __future__ import annotations

import re

_DEPTH = 32
_TOKEN = re.compile(
    r"\s*(?:(?P<text>[uUbB]?'(?:[^'\\\n]|\\.)*'|[uUbB]?\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>-?\d{1,30}[lL]?(?![\w.]))|(?P<word>True|False|None)(?!\w)|(?P<mark>[\[\](){},:]))"
)
_WORDS = {"True": True, "False": False, "None": None}
_ENDS = {"(": ")", "[": "]", "{": "}"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "0": "\0"}

Literal = object
"""str, int, bool, None, or a tuple, list or dict of them."""


class LiteralError(ValueError):
    """A text is more, or less, than a literal."""


def literal(text: str) -> Literal:
    """Return the value of a literal.

    Raises:
        LiteralError: it is none, or nested more than 32 deep.
    """
    reader = _Reader(text)
    value = reader.value(0)
    if text[reader.at :].strip():
        raise LiteralError(f"more than a literal: {text[reader.at : reader.at + 60].strip()!r}")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def value(self, depth: int) -> Literal:
        if depth > _DEPTH:
            raise LiteralError("nested too deep")
        found = self._token()
        if found["text"] is not None:
            return self._texts(found["text"])
        if found["number"] is not None:
            return int(found["number"].rstrip("lL"))
        if found["word"] is not None:
            return _WORDS[found["word"]]
        mark = found["mark"]
        if mark not in _ENDS:
            raise LiteralError(f"a value is missing before {mark!r}")
        return self._pairs(depth) if mark == "{" else self._items(mark, depth)

    def _token(self) -> re.Match[str]:
        found = _TOKEN.match(self._text, self.at)
        if found is None:
            raise LiteralError(f"not a literal: {self._text[self.at : self.at + 60].strip()!r}")
        self.at = found.end()
        return found

    def _peek(self) -> str:
        found = _TOKEN.match(self._text, self.at)
        return (found["mark"] or "") if found is not None else ""

    def _texts(self, first: str) -> str:
        return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), first[first.index(first[-1]) + 1 : -1])

    def _items(self, mark: str, depth: int) -> Literal:
        items: list[Literal] = []
        comma = False
        while self._peek() != _ENDS[mark]:
            items.append(self.value(depth + 1))
            comma = self._comma(_ENDS[mark])
        self._token()
        if mark == "[":
            return items
        return tuple(items) if len(items) != 1 or comma else items[0]

    def _pairs(self, depth: int) -> Literal:
        made: dict[object, Literal] = {}
        while self._peek() != "}":
            key = self.value(depth + 1)
            if not isinstance(key, (str, int)):
                raise LiteralError("a key that is no text")
            if self._token()["mark"] != ":":
                raise LiteralError("a key without a value")
            if key in made:
                raise LiteralError(f"the key {key!r} comes twice")
            made[key] = self.value(depth + 1)
            self._comma("}")
        self._token()
        return made

    def _comma(self, end: str) -> bool:
        """Pass over a comma; True when there was one, which only the end may replace."""
        mark = self._peek()
        if mark == ",":
            self._token()
            return True
        if mark != end:
            raise LiteralError(f"a comma is missing: {self._text[self.at : self.at + 60].strip()!r}")
        return False
