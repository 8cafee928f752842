"""Commands of shell text: a tolerant parser that always ends (POSIX XCU 2.9, 2.10)."""

from __future__ import annotations

import re

from depscan.facts._shell_tree import Block, Function, Loop, Node, Part, Pipe, Redirect, Simple, Word
from depscan.facts._shell_words import MAX_DEPTH, TooDeepError, Words

_BLANK = re.compile(r"(?:[ \t\f\v\r]|\\\r?\n)+")
_RESERVED = re.compile(
    r"(?:if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|\{|\}|!|time|\[\[)(?=[\s;&|()<>]|$)"
)
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_REDIRECT = re.compile(r"(\d*)(&>>|&>|<<<|<<-?|<>|>>|>\||>&|<&|<(?!\()|>(?!\())")
_FUNCTION = re.compile(r"([A-Za-z_][\w:.-]*)[ \t]*\([ \t]*\)[ \t\r\n]*")
_ASSIGN = re.compile(r"([A-Za-z_]\w*)(\[[^]]*\])?(\+?)=")


def parse_shell(text: str) -> tuple[Node, ...]:
    """Return the commands of ``text``; what cannot be understood is skipped.

    Raises:
        TooDeepError: it nests deeper than is followed.
        RecursionError: likewise.
    """
    return _Commands(text).everything()


class _Commands(Words):
    def __init__(self, text: str, depth: int = 0) -> None:
        super().__init__(text)
        self.depth = depth
        self._pending: list[tuple[Redirect, str, bool, bool]] = []

    def everything(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while self.at < self.end:
            before = self.at
            found.extend(self._list(""))
            stray = _RESERVED.match(self.text, self.at)
            if stray is not None:  # a closer without its opener: step over it and go on
                self.at = stray.end()
            elif self.at == before:
                self.at += 1
        return tuple(found)

    def nested(self, text: str) -> tuple[Node, ...]:
        if self.depth > MAX_DEPTH:
            raise TooDeepError
        return _Commands(text, self.depth + 1).everything()

    def commands(self, closer: str) -> tuple[Node, ...]:
        found = self._list(closer)
        if self.text.startswith(closer, self.at):
            self.at += len(closer)
        return tuple(found)

    def _list(self, closer: str) -> list[Node]:
        if self.depth > MAX_DEPTH:
            raise TooDeepError
        self.depth += 1
        found: list[Node] = []
        while self._next_command(closer):
            before = self.at
            node = self._pipeline()
            if node is not None:
                found.append(node)
            if self.at == before:
                self.at += 1
        self.depth -= 1
        return found

    def _next_command(self, closer: str) -> bool:
        """Step over separators; whether another command of this list starts."""
        while self.at < self.end:
            self._blanks()
            if self.at >= self.end or (closer and self.text.startswith(closer, self.at)):
                return False
            character = self.text[self.at]
            if character == "\n":
                self._newline()
            elif self.text.startswith((";;", ";&"), self.at):
                return False
            elif character in ";&|" and not self.text.startswith(("&>",), self.at):
                self.at += 1
            elif character == ")":
                return False
            else:
                reserved = _RESERVED.match(self.text, self.at)
                return not (reserved and reserved[0] in _CLOSERS)
        return False

    def _blanks(self) -> None:
        blank = _BLANK.match(self.text, self.at)
        if blank is not None:
            self.at = blank.end()
        if self.at < self.end and self.text[self.at] == "#":
            stop = self.text.find("\n", self.at)
            self.at = self.end if stop < 0 else stop

    def _newline(self) -> None:
        self.at += 1
        pending, self._pending = self._pending, []
        for redirect, delimiter, literal, tabs in pending:
            lines: list[str] = []
            while self.at < self.end:
                stop = self.text.find("\n", self.at)
                stop = self.end if stop < 0 else stop
                line = self.text[self.at : stop].rstrip("\r")
                self.at = stop + 1
                line = line.lstrip("\t") if tabs else line
                if line == delimiter:
                    break
                lines.append(line)
            body = "\n".join(lines) + "\n"
            inner = _Commands(body, self.depth)
            redirect.target = (Part("lit", body, quoted=True),) if literal else inner.double("")
            self.at = min(self.at, self.end)

    def _pipeline(self) -> Node | None:
        stages: list[Node] = []
        while True:
            node = self._command()
            if node is not None:
                stages.append(node)
            self._blanks()
            if not self.text.startswith("|", self.at) or self.text.startswith("||", self.at):
                break
            self.at += 2 if self.text.startswith("|&", self.at) else 1
            self._lines()
        if len(stages) < 2:  # noqa: PLR2004
            return stages[0] if stages else None
        return Pipe(tuple(stages))

    def _lines(self) -> None:
        self._blanks()
        while self.at < self.end and self.text[self.at] == "\n":
            self._newline()
            self._blanks()

    def _command(self) -> Node | None:
        self._blanks()
        reserved = _RESERVED.match(self.text, self.at)
        if reserved is not None and reserved[0] not in _CLOSERS:
            return self._compound(reserved[0])
        if self.text.startswith("((", self.at):
            return self._skip("))")
        if self.text.startswith("(", self.at):
            self.at += 1
            return Block(self.commands(")"), self._redirects())
        function = _FUNCTION.match(self.text, self.at)
        if function is not None:
            self.at = function.end()
            return self._function(function[1])
        return self._simple()

    def _function(self, name: str) -> Node:
        body = self._command()
        return Function(name, (body,) if body is not None else ())

    def _compound(self, word: str) -> Node | None:
        if word == "[[":
            return self._skip("]]")
        self.at += len(word)
        if word in {"!", "time"}:
            return self._command()
        if word == "function":
            self._blanks()
            name = self.word()
            empty = re.compile(r"[ \t]*\([ \t]*\)").match(self.text, self.at)
            self.at = empty.end() if empty else self.at
            self._lines()
            return self._function(name[0].text if name else "")
        if word == "{":
            body = tuple(self._list(""))
            self._close("}")
            return Block(body, self._redirects())
        if word in {"for", "select"}:
            return self._for()
        if word == "case":
            return self._case()
        return self._if_or_while()

    def _close(self, *words: str) -> str:
        """Step over the closing word that stands here; returns it, "" for another."""
        self._blanks()
        reserved = _RESERVED.match(self.text, self.at)
        if reserved is None or reserved[0] not in words:
            return ""
        self.at = reserved.end()
        return reserved[0]

    def _if_or_while(self) -> Node:
        body: list[Node] = []
        while True:
            body.extend(self._list(""))
            if self._close("then", "elif", "else", "do") == "":
                break
        self._close("fi", "done")
        return Block(tuple(body), self._redirects())

    def _for(self) -> Node:
        self._blanks()
        if self.text.startswith("((", self.at):
            self._skip("))")
            name = ""
        else:
            first = self.word()
            name = first[0].text if first else ""
        self._lines()
        words: list[Word] = []
        found = self.word()
        if found and found[0].text == "in":
            self._blanks()
            while found := self.word():
                words.append(found)
                self._blanks()
        body: list[Node] = list(self._list(""))
        if self._close("do", "{"):
            body.extend(self._list(""))
        self._close("done", "}")
        return Loop(name, tuple(words), tuple(body), self._redirects())

    def _case(self) -> Node:
        self._blanks()
        subject = self.word()
        self._lines()
        self.word()
        body: list[Node] = [Simple(self.at, (("_", subject),), ())]
        while self.at < self.end:
            self._lines()
            if self._close("esac"):
                break
            stop = self.text.find(")", self.at)
            if stop < 0:
                break
            self.at = stop + 1
            body.extend(self._list(""))
            if self.text.startswith((";;", ";&"), self.at):
                self.at += 2
                self.at += self.text.startswith("&", self.at)
        return Block(tuple(body), self._redirects())

    def _skip(self, closer: str) -> Node:
        """Read a test or arithmetic as one quoted word: only what it substitutes matters."""
        start = self.at
        stop = self.text.find(closer, self.at + 2)
        stop = self.end if stop < 0 else stop
        inner = _Commands(self.text[start + 2 : stop], self.depth + 1).double("")
        self.at = min(stop + len(closer), self.end)
        return Simple(start, (), ((Part("lit", "test"),), inner))

    def _redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while True:
            self._blanks()
            match = _REDIRECT.match(self.text, self.at)
            if match is None:
                return tuple(found)
            found.append(self._redirect(match))

    def _redirect(self, match: re.Match[str]) -> Redirect:
        self.at = match.end()
        self._blanks()
        redirect = Redirect(match[1], match[2])
        target = self.word()
        if match[2] in {"<<", "<<-"}:
            delimiter = "".join(part.text for part in target)
            literal = any(part.quoted for part in target)
            self._pending.append((redirect, delimiter, literal, match[2] == "<<-"))
        else:
            redirect.target = target
        return redirect

    def _simple(self) -> Node | None:
        start = self.at
        assigns: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while self.at < self.end:
            self._blanks()
            match = _REDIRECT.match(self.text, self.at)
            if match is not None:
                redirects.append(self._redirect(match))
                continue
            found = self.word()
            if not found:
                break
            assign = _ASSIGN.match(found[0].text) if found[0].kind == "lit" and not found[0].quoted else None
            if assign is not None and (not words or words[0][0].text in {"export", "local", "declare", "readonly"}):
                rest = (Part("lit", found[0].text[assign.end() :]), *found[1:])
                head = (Part("var", assign[1]),) if assign[3] else ()
                assigns.append((assign[1], (*head, *rest)))
                if words:  # export NAME=value: the name stays an argument
                    words.append((Part("lit", assign[1]),))
                continue
            words.append(found)
        if not (assigns or words or redirects):
            return None
        return Simple(start, tuple(assigns), tuple(words), tuple(redirects))
