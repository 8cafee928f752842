"""A walk over JavaScript tokens, statement by statement.

There is no syntax tree: a statement is whatever expression starts where it stands, so broken or newer syntax costs
only itself. Function bodies given to a call are walked after it, with its result as their parameters. Functions and
methods that nothing here calls are walked last: what an imported module only defines runs when the user calls it.
"""

from __future__ import annotations

import re

from depscan.facts._js_cursor import MAX_DEPTH, OPEN
from depscan.facts._js_expressions import Expressions
from depscan.facts._js_tokens import Token, string_text
from depscan.facts._js_value import Js, all_sources
from depscan.facts.fact import CALL, IMPORT

_MAX_CALLS = 400
_USED = re.compile(r"\bnew\s+([\w$]+)|(?<![\w$.])([\w$]+)\.(?!prototype\b|name\b)")
"""Names of which an instance is made or something is called."""
_WORDS = frozenset(["if", "else", "while", "do", "for", "switch", "try", "catch", "finally", "class", "extends"])
"""Words before a bracket or a block; what follows is a statement of its own, not an object."""
_CONTROL = frozenset(
    ["if", "while", "for", "switch", "catch", "with", "function", "return", "super", "await", "import"]
)
_MAIN = ["if", "(", "require", ".", "main", "===", "module", ")"]
_MODIFIERS = frozenset(["async", "static", "get", "set", "*"])


class Walk(Expressions):
    """Walks one text.

    Attributes:
        required: modules it asks for.
        invoked: those of them that it calls, or calls something of, while it runs itself.
        eager: somebody calls what it exports at once, so nothing of it waits for the user.
    """

    eager = False

    def run(self) -> None:
        """Walk the whole text: what runs first, then what is only defined."""
        self.statements(len(self.tokens))
        for function in self.defined:  # grows while bodies are walked
            if function.function is not None and function.function[1:] not in self.entered:
                self.calls = 0
                self._later(function)
        if self.unfollowed:
            self.outer.sink.gap(self.outer.path, "JavaScript with more calls than are followed", self.outer.line)

    def _later(self, function: Js) -> None:
        outer = self.outer
        if outer.when == IMPORT and not outer.layer and not self.eager:
            self.outer = outer._replace(when=CALL)
        self.call_function(function, ())
        self.outer = outer

    def define(self, function: Js) -> None:
        """Remember a function; it is walked last unless something calls it before."""
        if function.function is not None:
            self.defined.append(function)

    def _hoist(self, start: int, end: int) -> None:
        """Bind the functions a body declares, which may be called above their declaration."""
        at = self.at
        self.at = start
        while self.at < end:
            if self.peek() in OPEN:
                self.at = self.closing(self.at)
            elif self.peek() == "function" and self.tokens[min(self.at + 1, end - 1)].kind == "name":
                self.at += 1
                self.define(self.function())
                continue
            self.at += 1
        self.at = at

    def statements(self, end: int) -> None:
        """Walk statements up to a token."""
        self._hoist(self.at, end)
        while self.at < end:
            before = self.at
            self.fuel -= 1
            if self.fuel < 0:
                self.outer.sink.gap(self.outer.path, "JavaScript too long to follow to its end", self.outer.line)
                self.at = end
                return
            self._statement()
            self.at = max(self.at, before + 1)

    def _statement(self) -> None:
        token = self.tokens[self.at]
        if token.kind == "name":
            if token.text in {"const", "let", "var"}:
                self.at += 1
                self._declaration()
                return
            if token.text == "import" and self.peek(1) not in {"(", "."}:
                self._import()
                return
            if token.text == "return":
                self.at += 1
                self.returned.append(self.expression())
                return
            if self._as_program() or self._method():
                return
            if token.text in _WORDS:
                self._class_name(token.text)
                self.at += 1
                return
        elif token.kind == "mark" and token.text in {"{", "}", ";", ")", ",", "]"}:
            self.at += 1
            return
        self.define(self.expression())

    def _class_name(self, word: str) -> None:
        """Note whether this text makes instances of the class that begins here, or calls something of it."""
        if word == "class":
            if self.used_names is None:
                self.used_names = {one or two for one, two in _USED.findall(self.text)}
            self.instanced = self.peek(1) in self.used_names

    def _as_program(self) -> bool:
        """Step over what follows ``if (require.main === module)``: it runs when a user starts the file as a program."""
        words = [token.text for token in self.tokens[self.at : self.at + len(_MAIN)]]
        if words not in (_MAIN, [*_MAIN[:5], "==", *_MAIN[6:]]):
            return False
        self.at += len(_MAIN)
        self.define(self.body(()))
        return True

    def _method(self) -> bool:
        """Step over a method of a class, ``async name(parameters) { body }``; false where none begins here."""
        at = self.at
        while self.tokens[at].text in _MODIFIERS and at + 1 < len(self.tokens) and self.tokens[at + 1].text != "(":
            at += 1
        if self.instanced or self.tokens[at].kind != "name" or self.tokens[at].text in _CONTROL:
            return False
        stop = self.closing(at + 1) if at + 1 < len(self.tokens) and self.tokens[at + 1].text == "(" else -1
        if not 0 < stop < len(self.tokens) - 1 or self.tokens[stop + 1].text != "{":
            return False
        names = tuple(token.text for token in self.tokens[at + 2 : stop] if token.kind == "name")
        self.at = stop + 1
        self.define(self.body(names))
        return True

    def _declaration(self) -> None:
        while True:
            if self.peek() in {"{", "["}:
                end = self.closing(self.at)
                inner = self.tokens[self.at + 1 : end]
                self.at = end + 1
                if self.peek() == "=":
                    self.at += 1
                    self._destructure(inner, self.expression())
            else:
                name = self.peek()
                self.at += 1
                if self.peek() == ":":  # a TypeScript annotation
                    while self.at < len(self.tokens) and self.peek() not in {"=", ";", ",", "in", "of", ")"}:
                        self.at += 1
                if self.peek() in {"=", "in", "of"}:
                    self.at += 1
                    self.bind(name, self.expression())
            if self.peek() != ",":
                return
            self.at += 1

    def _destructure(self, inner: list[Token], value: Js) -> None:
        names = [token.text for token in inner if token.kind in {"name", "mark"}]
        for position, name in enumerate(names):
            if names[position + 1 : position + 2] == [":"] or not (name[:1].isalpha() or name[:1] in "_$"):
                continue
            key = names[position - 2] if position > 1 and names[position - 1] == ":" else name
            self.names[name] = self.member(value, key)

    def bind(self, name: str, value: Js) -> None:
        """Remember a variable."""
        self.names[name] = value
        self.define(value)

    def _import(self) -> None:
        start = self.at
        self.at += 1
        while (
            self.at < len(self.tokens)
            and self.at - start < 400  # noqa: PLR2004
            and self.tokens[self.at].kind != "string"
            and self.peek() != ";"
        ):
            self.at += 1
        if self.at >= len(self.tokens) or self.tokens[self.at].kind != "string":
            return
        module = self.module(string_text(self.tokens[self.at].text))
        words = [token.text for token in self.tokens[start + 1 : self.at]]
        inside = False
        for position, word in enumerate(words):
            inside = word == "{" or (inside and word != "}")
            if (
                not (word[:1].isalpha() or word[:1] in "_$")
                or word in {"from", "as", "type"}
                or words[position + 1 : position + 2] == ["as"]
            ):
                continue
            key = words[position - 2] if position > 1 and words[position - 1] == "as" else word
            self.names[word] = self.member(module, key) if inside else module
        self.at += 1

    def module(self, name: str) -> Js:
        """Return a required module and remember that it was asked for."""
        self.required.append(name)
        return Js(name=name.removeprefix("node:").removesuffix("/promises"))

    def function(self) -> Js:
        name = ""
        while self.at < len(self.tokens) and self.peek() != "(":
            name = self.peek() or name
            self.at += 1
        end = self.closing(self.at)
        names = tuple(token.text for token in self.tokens[self.at + 1 : end] if token.kind == "name")
        self.at = end + 1
        value = self.body(names)
        if name.strip("*"):
            self.names[name] = value
        return value

    def body(self, names: tuple[str, ...]) -> Js:
        """Step over a function's body; it is walked when its arguments are known."""
        if self.peek() == "{":
            start, end = self.at + 1, self.closing(self.at)
            self.at = end + 1
            return Js(function=(names, start, end))
        start, depth = self.at, 0
        while self.at < len(self.tokens):
            mark = self.peek()
            if depth == 0 and mark in {",", ";", ")", "]", "}"}:
                break
            depth += (mark in OPEN) - (mark in {")", "]", "}"})
            self.at += 1
        return Js(function=(names, start, self.at))

    def call_function(self, function: Js, args: tuple[Js, ...]) -> Js:
        """Walk a function's body with its parameters bound; returns what it returns."""
        if function.function is None or self.calls > _MAX_CALLS or self.depth > MAX_DEPTH:
            self.unfollowed = self.unfollowed or self.calls > _MAX_CALLS
            return Js()
        names, start, end = function.function
        self.entered.add((start, end))
        key = (start, end, tuple((arg.text, all_sources(arg), arg.name, arg.function) for arg in args[: len(names)]))
        if key in self.walked:
            return self.walked[key]
        self.calls += 1
        self.walked[key] = Js()
        self.walked[key] = value = self._walk_body(names, start, end, args)
        return value

    def _walk_body(self, names: tuple[str, ...], start: int, end: int, args: tuple[Js, ...]) -> Js:
        for position, name in enumerate(names):
            self.names[name] = args[position] if position < len(args) else Js()
        at, returned, self.returned = self.at, self.returned, []
        if start <= 0 or end > len(self.tokens):
            return Js()
        self.at = start
        self.depth += 1
        if self.tokens[start - 1].text == "{":
            self.statements(end)
            values = self.returned
        else:
            values = [self.expression()]
            self.statements(end)
        self.depth -= 1
        self.at, self.returned = at, returned
        if not values:
            return Js()
        best = next((value for value in values if value.text is not None or value.name), values[0])
        return best._replace(sources=all_sources(*values))

    def call(self, callee: Js, owner: Js, method: str, args: tuple[Js, ...], start: int, *, new: bool) -> Js:
        """Add the facts of a call and return its value."""
        from depscan.facts._js_calls import call

        if callee.name.startswith(".") and (self.eager or self.outer.when != CALL):
            self.invoked.update(name for name in self.required if f"{callee.name}.".startswith(f"{name}."))
        return call(self, callee, owner, method, args, start, new=new)
