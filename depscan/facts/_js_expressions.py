"""Expressions of JavaScript: folded as far as they are known, names resolved, calls handed to the table of calls."""

from __future__ import annotations

from depscan.facts._js_cursor import MAX_DEPTH, OPEN, Cursor, brackets
from depscan.facts._js_tokens import Token, string_text, template_parts, tokenize
from depscan.facts._js_value import MAX_TEXT, Js, all_sources, longest_layer
from depscan.facts.place import UNKNOWN

_BINARY = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "%",
        "**",
        "==",
        "!=",
        "===",
        "!==",
        "<",
        ">",
        "<=",
        ">=",
        "&&",
        "||",
        "??",
        "&",
        "|",
        "^",
        "<<",
        ">>",
        ">>>",
        "in",
        "instanceof",
        "?",
        ":",
        "=",
        "+=",
        "-=",
        "*=",
        "/=",
        "%=",
        "||=",
        "&&=",
        "??=",
        "|=",
        "&=",
        "^=",
        "as",
        "satisfies",
    ]
)
_PREFIX = frozenset(
    [
        "!",
        "-",
        "+",
        "~",
        "typeof",
        "await",
        "void",
        "new",
        "delete",
        "...",
        "async",
        "yield",
        "++",
        "--",
        "return",
        "throw",
        "case",
        "default",
        "export",
        "else",
        "do",
        "try",
        "finally",
    ]
)


class Expressions(Cursor):
    """Walks expressions; functions and bindings are the business of the whole walk."""

    def bind(self, name: str, value: Js) -> None:
        """Remember a variable."""
        raise NotImplementedError

    def define(self, function: Js) -> None:
        """Remember a function that may be called later."""
        raise NotImplementedError

    def call_function(self, function: Js, args: tuple[Js, ...]) -> Js:
        """Walk a function's body."""
        raise NotImplementedError

    def function(self) -> Js:
        """Step over ``function name(parameters) { body }``."""
        raise NotImplementedError

    def body(self, names: tuple[str, ...]) -> Js:
        """Step over a function's body."""
        raise NotImplementedError

    def call(self, callee: Js, owner: Js, method: str, args: tuple[Js, ...], start: int, *, new: bool) -> Js:
        """Add the facts of a call and return its value."""
        raise NotImplementedError

    def expression(self) -> Js:
        """Walk one expression and return its value."""
        self.fuel -= 1
        if self.depth > MAX_DEPTH or self.fuel < 0:
            self.at = self.closing(self.at) + 1 if self.peek() in OPEN else self.at + 1
            return Js()
        self.depth += 1
        target = self._target()
        value = self._unary()
        while self.at < len(self.tokens) and self.peek() in _BINARY:
            if self.peek() == ":" and not target:
                break
            operator = self.peek()
            self.at += 1
            if self.at >= len(self.tokens):
                break
            value = self._combine(value, operator, target)
            target = target if operator.endswith("=") else ""
        self.depth -= 1
        return value

    def _target(self) -> str:
        """Return the dotted name an assignment here would bind."""
        at = self.at
        found: list[str] = []
        while at < len(self.tokens) and self.tokens[at].kind == "name":
            found.append(self.tokens[at].text)
            if at + 1 >= len(self.tokens) or self.tokens[at + 1].text != ".":
                break
            at += 2
        return ".".join(found)

    def _combine(self, left: Js, operator: str, target: str) -> Js:
        if operator == "?":
            first = self.expression()
            if self.peek() == ":":
                self.at += 1
                return self._either(first, self.expression())
            return first
        if operator in {"=", "+=", "||=", "??="}:
            right = self.expression()
            if operator == "+=":
                right = self.add(left, right)
            if target:
                self.bind(target, right)
                self._set_property(target, right)
            return right
        right = self._unary()
        if operator == "+":
            return self.add(left, right)
        if operator in {"||", "??", "&&"}:
            return self._either(left, right)
        return Js(None, all_sources(left, right))

    def _either(self, left: Js, right: Js) -> Js:
        first = left if left.text is not None or left.name or left.items is not None else right
        return first._replace(sources=all_sources(left, right))

    def _set_property(self, target: str, value: Js) -> None:
        owner, _, key = target.rpartition(".")
        held = self.names.get(owner)
        if held is not None and held.props is not None:
            held.props[key] = value

    def add(self, left: Js, right: Js) -> Js:
        """Return ``left + right``."""
        left, right = self.use(left), self.use(right)
        if left.text is None and right.text is None:
            return Js(None, all_sources(left, right))
        return Js((left.shown + right.shown)[:MAX_TEXT], all_sources(left, right), layer=longest_layer(left, right))

    def use(self, value: Js) -> Js:
        """Return a value that is used as a whole: all of ``process.env`` is a dump of it."""
        if value.name == "process.env":
            return Js(None, (self.place(self.at - 1).add("env.dump", "process.env", ("process.env",)),))
        return value

    def _unary(self) -> Js:
        prefixes: list[str] = []
        while self.peek() in _PREFIX:
            prefixes.append(self.peek())
            self.at += 1
        if self.at >= len(self.tokens):
            return Js()
        value = self._postfix(self._primary(), new="new" in prefixes)
        if prefixes and prefixes[-1] in {"!", "-", "+", "~", "typeof", "void", "delete"}:
            return (
                Js(None, value.sources)
                if prefixes[-1] != "-" or value.text is None
                else value._replace(text="-" + value.text)
            )
        return value

    def _primary(self) -> Js:
        token = self.tokens[self.at]
        if token.kind == "mark":
            return self._bracket(token.text)
        self.at += 1
        if token.kind == "string":
            return Js(string_text(token.text))
        if token.kind == "template":
            return self._template(token)
        if token.kind == "number":
            text = token.text.replace("_", "").rstrip("n")
            return Js(str(int(text, 16)) if text[:2].lower() == "0x" else text)
        if token.kind == "regex":
            return Js(token.text, name="regex")
        return self._name(token.text)

    def _name(self, name: str) -> Js:
        if name == "function":
            return self.function()
        if self.peek() == "=>":
            self.at += 1
            return self.body((name,))
        held = self.names.get(name)
        if held is not None:
            return held
        return Js(name=name) if name not in {"null", "undefined", "true", "false"} else Js()

    def _template(self, token: Token) -> Js:
        parts: list[Js] = []
        for code, text in template_parts(token.text):
            parts.append(self._inner(text) if code else Js(text))
        value = Js("")
        for part in parts:
            value = self.add(value, part)
        return value

    def _inner(self, text: str) -> Js:
        tokens, pairs, at, source = self.tokens, self.pairs, self.at, self.text
        here = self.place(at - 1)
        outer = self.outer
        self.tokens, self.at, self.text, self.outer = tokenize(text), 0, text, outer._replace(line=here.line)
        self.pairs = brackets(self.tokens)
        defined, entered, self.defined, self.entered = self.defined, self.entered, [], set()
        value = self.use(self.expression()) if self.tokens else Js()
        for function in self.defined:  # they stand in tokens that are gone afterwards
            self.call_function(function, ())
        self.defined, self.entered = defined, entered
        self.tokens, self.pairs, self.at, self.text, self.outer = tokens, pairs, at, source, outer
        return value if value.text is not None else Js(UNKNOWN, value.sources)

    def _bracket(self, mark: str) -> Js:
        if mark == "(":
            end = self.closing(self.at)
            if end + 1 < len(self.tokens) and self.tokens[end + 1].text == "=>":
                names = tuple(token.text for token in self.tokens[self.at + 1 : end] if token.kind == "name")
                self.at = end + 2
                return self.body(names)
            values = self.arguments()
            return values[-1] if values else Js()
        if mark == "[":
            values = self.arguments()
            return Js(None, (), items=values, layer=longest_layer(*values))
        if mark == "{":
            return self._object()
        if mark not in {")", "]", "}", ";", ","}:  # those end what is around; it must not be walked twice
            self.at += 1
        return Js()

    def arguments(self) -> tuple[Js, ...]:
        """Walk a bracketed list of expressions."""
        end = self.closing(self.at)
        self.at += 1
        values: list[Js] = []
        while self.at < end:
            before = self.at
            if self.peek() in {",", ";"}:
                self.at += 1
                continue
            value = self.use(self.expression())
            values.append(value)
            self.at = max(self.at, before + 1)
        self.at = end + 1
        return tuple(values)

    def _object(self) -> Js:
        end = self.closing(self.at)
        self.at += 1
        props: dict[str, Js] = {}
        while self.at < end:
            before = self.at
            token = self.tokens[self.at]
            following = self.tokens[self.at + 1].text if self.at + 1 < end else ","
            key = string_text(token.text) if token.kind == "string" else token.text
            if following == ":" and token.kind != "mark":
                self.at += 2
                props[key] = self.use(self.expression())
                self.define(props[key])
            elif token.kind == "name" and following == "(":
                stop = self.closing(self.at + 1)
                names = tuple(inner.text for inner in self.tokens[self.at + 2 : stop] if inner.kind == "name")
                self.at = stop + 1
                props[key] = self.body(names)
                self.define(props[key])
            elif token.kind == "name" and following in {",", "}"}:
                self.at += 1
                props[key] = self.use(self._name(key))
            elif token.kind != "mark" or token.text in {"...", "("}:
                value = self.use(self.expression())
                props[f"...{self.at}"] = value
            self.at = max(self.at, before + 1)
        self.at = end + 1
        return Js(None, (), props=props)

    def member(self, value: Js, key: str) -> Js:
        """Return ``value.key``."""
        if value.props is not None and key in value.props:
            return value.props[key]
        if value.name == "process.env" and key.isidentifier():
            return Js(None, (self.place(self.at - 1).add("env.read", "process.env", (key,)),))
        if key == "default" or (key == "promises" and value.name in {"fs", "dns", "timers"}):
            return value
        name = f"{value.name}.{key}" if value.name else ""
        if value.items is not None and key.isdecimal() and int(key) < len(value.items):
            return value.items[int(key)]
        return self.names.get(name) or Js(None, value.sources, name=name)

    def _postfix(self, value: Js, *, new: bool) -> Js:
        owner = Js()
        method = ""
        while self.at < len(self.tokens):
            mark = self.peek()
            if mark in {".", "?."} and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].kind == "name":
                method = self.tokens[self.at + 1].text
                self.at += 2
                owner, value = value, self.member(value, method)
            elif mark == "?.":
                self.at += 1
            elif mark == "[":
                keys = self.arguments()
                method = keys[-1].shown if keys else ""
                owner, value = value, self._index(value, method)
            elif mark == "(":
                start = self.at
                args = self.arguments()
                value = self.call(value, owner, method, args, start, new=new)
                owner, method, new = Js(), "", False
            else:
                break
        return value

    def _index(self, value: Js, key: str) -> Js:
        if value.known and value.text is not None and key.isdecimal() and int(key) < len(value.text):
            return value._replace(text=value.text[int(key)])
        return self.member(value, key) if key != UNKNOWN else Js(None, all_sources(value))
