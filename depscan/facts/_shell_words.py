"""Words of shell text: quotes, expansions, substitutions (POSIX XCU 2.2, 2.6; bash's ``$''`` and ``<()``)."""

from __future__ import annotations

import re

from depscan.facts._shell_tree import Node, Part, Word

_PLAIN = re.compile(r"[^\s'\"\\$`|&;<>()]+")
_QUOTED = re.compile(r"[^\"\\$`]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_ARRAY = re.compile(r"[A-Za-z_]\w*\+?=$")
_INDEX = re.compile(r"\[([^]]*)\]")
MAX_DEPTH = 40
_HEX_DIGITS = 2
_OCTAL_DIGITS = 3


class TooDeepError(ValueError):
    """The text nests deeper than is followed."""


def unescape(text: str) -> str:
    r"""Return ``text`` with ``\n``, ``\x41``, ``\101``, ``\u0041`` resolved (bash ``echo -e``, ``$''``, printf)."""
    if "\\" not in text:
        return text
    simple = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "", "b": "", "e": "\x1b", "?": "?"}

    def one(match: re.Match[str]) -> str:
        found = match[1]
        if found[0] in "xuU" and len(found) > 1:
            code = int(found[1:], 16)
            return chr(code) if code < 0x110000 else ""  # noqa: PLR2004
        if found[0] in "01234567":
            return chr(int(found, 8) & 0xFF)
        return simple.get(found, "\\" + found)

    pattern = r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|0[0-7]{1,3}|[0-7]{1,3}|.)"
    return re.sub(pattern, one, text, flags=re.DOTALL)


class Words:
    """Reads words from ``text`` at ``at``; tolerant: an open quote runs to the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.end = len(text)
        self.at = 0
        self.depth = 0

    def commands(self, closer: str) -> tuple[Node, ...]:
        """Read commands up to ``closer``; the parser of commands overrides it."""
        raise NotImplementedError

    def nested(self, text: str) -> tuple[Node, ...]:
        """Read the commands of another text; the parser of commands overrides it."""
        raise NotImplementedError

    def word(self) -> Word:
        """Read one word; empty when none starts here."""
        parts: list[Part] = []
        while self.at < self.end:
            plain = _PLAIN.match(self.text, self.at)
            if plain is not None:
                parts.append(Part("lit", plain[0]))
                self.at = plain.end()
                continue
            if not self._special(parts):
                break
        return tuple(parts)

    def _special(self, parts: list[Part]) -> bool:
        character = self.text[self.at]
        if character == "'":
            parts.append(Part("lit", self._single(), quoted=True))
        elif character == '"':
            self.at += 1
            parts.extend(self.double('"') or (Part("lit", "", quoted=True),))
        elif character == "\\":
            if not self.text.startswith(("\\\n", "\\\r\n"), self.at):
                parts.append(Part("lit", self.text[self.at + 1 : self.at + 2], quoted=True))
            self.at += 3 if self.text.startswith("\\\r\n", self.at) else 2
        elif character == "$":
            parts.append(self._dollar(quoted=False))
        elif character == "`":
            parts.append(self._backtick(quoted=False))
        elif character in "<>" and self.text.startswith("(", self.at + 1):
            self.at += 2
            parts.append(Part("proc", character, body=self.commands(")")))
        elif character == "(" and parts and parts[-1].kind == "lit" and _ARRAY.search(parts[-1].text):
            self._array(parts)
        else:
            return False
        return True

    def _single(self) -> str:
        stop = self.text.find("'", self.at + 1)
        stop = self.end if stop < 0 else stop
        found = self.text[self.at + 1 : stop]
        self.at = stop + 1
        return found

    def double(self, closer: str) -> Word:
        """Read what double quotes hold up to ``closer`` ("" = to the end of the text)."""
        parts: list[Part] = []
        while self.at < self.end:
            plain = _QUOTED.match(self.text, self.at)
            if plain is not None:
                parts.append(Part("lit", plain[0], quoted=True))
                self.at = plain.end()
                continue
            character = self.text[self.at]
            if character == '"':
                self.at += 1
                if closer == '"':
                    break
                parts.append(Part("lit", '"', quoted=True))
            else:
                parts.append(self._in_double(character))
        return tuple(parts)

    def _in_double(self, character: str) -> Part:
        if character == "$":
            return self._dollar(quoted=True)
        if character == "`":
            return self._backtick(quoted=True)
        following = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        return Part(
            "lit", {"\n": ""}.get(following, following if following in '$`"\\' else "\\" + following), quoted=True
        )

    def _array(self, parts: list[Part]) -> None:
        self.at += 1
        first = True
        while self.at < self.end and self.text[self.at] != ")":
            found = self.word()
            if not found:
                self.at += 1
                continue
            parts.extend([*([] if first else [Part("lit", " ", quoted=True)]), *found])
            first = False
        self.at += 1

    def _backtick(self, *, quoted: bool) -> Part:
        stop = self.at + 1
        while stop < self.end and self.text[stop] != "`":
            stop += 2 if self.text[stop] == "\\" else 1
        inner = re.sub(r"\\([`\\$])", r"\1", self.text[self.at + 1 : stop])
        self.at = stop + 1
        return Part("cmd", quoted=quoted, body=self.nested(inner))

    def _dollar(self, *, quoted: bool) -> Part:
        following = self.text[self.at + 1 : self.at + 2]
        if following == "(":
            return self._substitution(quoted=quoted)
        if following == "{":
            return self._braces(quoted=quoted)
        if following == "'" and not quoted:
            return self._ansi()
        name = _NAME.match(self.text, self.at + 1)
        if name is None:
            self.at += 1
            return Part("lit", "" if following == '"' and not quoted else "$", quoted=quoted)
        self.at = name.end()
        return Part("var", name[0], quoted=quoted)

    def _substitution(self, *, quoted: bool) -> Part:
        if self.text.startswith("((", self.at + 1):
            stop = self.text.find("))", self.at)
            if stop > 0 and "$(" not in self.text[self.at + 3 : stop]:
                found = self.text[self.at + 3 : stop]
                self.at = stop + 2
                return Part("arith", found, quoted=quoted)
        self.at += 2
        return Part("cmd", quoted=quoted, body=self.commands(")"))

    def _ansi(self) -> Part:
        stop = self.at + 2
        while stop < self.end and self.text[stop] != "'":
            stop += 2 if self.text[stop] == "\\" else 1
        found = unescape(self.text[self.at + 2 : stop])
        self.at = stop + 1
        return Part("lit", found, quoted=True)

    def _braces(self, *, quoted: bool) -> Part:
        self.at += 2
        prefix = ""
        if self.text.startswith(("!", "#"), self.at) and not self.text.startswith(("!}", "#}"), self.at):
            prefix = self.text[self.at]
            self.at += 1
        name = _NAME.match(self.text, self.at)
        found = name[0] if name else ""
        self.at = name.end() if name else self.at
        index = _INDEX.match(self.text, self.at)
        self.at = index.end() if index else self.at
        operator = re.compile(r":?[-+=?]|:|##?|%%?|//?|\^\^?|,,?|@").match(self.text, self.at)
        self.at = operator.end() if operator else self.at
        argument = self._until_brace()
        return Part("var", found, quoted, prefix or (operator[0] if operator else ""), argument)

    def _until_brace(self) -> Word:
        """Read the argument of ``${name op argument}``."""
        if self.depth > MAX_DEPTH:
            raise TooDeepError
        self.depth += 1
        parts: list[Part] = []
        while self.at < self.end and self.text[self.at] != "}":
            plain = re.compile(r"[^}\\$`\"']+").match(self.text, self.at)
            if plain is not None:
                parts.append(Part("lit", plain[0], quoted=True))
                self.at = plain.end()
            elif not self._special(parts):
                self.at += 1
        self.at += 1
        self.depth -= 1
        return tuple(parts)
