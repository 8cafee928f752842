"""Where a walk over JavaScript tokens stands, and what it remembers."""

from __future__ import annotations

from depscan.facts._js_tokens import Token, tokenize
from depscan.facts._js_value import Js
from depscan.facts.place import Place

OPEN = {"(": ")", "[": "]", "{": "}"}
FUEL_PER_TOKEN = 4
FUEL = 5_000
MAX_DEPTH = 60


def brackets(tokens: list[Token]) -> dict[int, int]:
    """Return, by the index of each opening bracket, that of its closing one."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "mark":
            if token.text in OPEN:
                opened.append(index)
            elif opened and token.text in {")", "]", "}"}:
                found[opened.pop()] = index
    return found


class Cursor:
    """A position in one text; ``required`` collects the modules it asks for."""

    def __init__(self, text: str, place: Place) -> None:
        self.text = text
        self.outer = place
        self.tokens = tokenize(text)
        self.pairs = brackets(self.tokens)
        self.at = 0
        self.depth = 0
        self.names: dict[str, Js] = {}
        self.returned: list[Js] = []
        self.required: list[str] = []
        self.fuel = FUEL + FUEL_PER_TOKEN * len(self.tokens)
        self.calls = 0
        self.walked: dict[object, Js] = {}
        self.defined: list[Js] = []
        self.entered: set[tuple[int, int]] = set()
        self.invoked: set[str] = set()
        self.used_names: set[str] | None = None
        self.instanced = self.unfollowed = False

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        token = self.tokens[at] if at < len(self.tokens) else None
        return token.text if token is not None and token.kind in {"mark", "name"} else ""

    def place(self, at: int | None = None) -> Place:
        """Return where the token at ``at`` stands."""
        token = self.tokens[min(self.at if at is None else at, len(self.tokens) - 1)]
        start = self.text.rfind("\n", 0, token.offset) + 1
        stop = self.text.find("\n", token.offset)
        shown = self.text[max(start, token.offset - 100) : stop if stop >= 0 else len(self.text)][:300]
        line = self.outer.line if self.outer.layer else self.outer.line + self.text.count("\n", 0, token.offset)
        return self.outer._replace(line=line, text=shown)

    def closing(self, at: int) -> int:
        """Return the index of the token that closes the bracket at ``at``."""
        return self.pairs.get(at, len(self.tokens))
