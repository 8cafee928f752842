"""Shell text as simple commands with their line numbers: enough to see what installs and downloads.

No expansion takes place: ``$NAME`` and ``$(...)`` stay in the words as written.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<glue>\\\n)"
    r"|(?P<space>[ \t\r]+)"
    r"|(?P<comment>(?<![^\s;&|()])\#[^\n]*)"
    r"|(?P<process><\()"
    r"|(?P<operator>&&|\|\||;;|[;&|\n()])"
    r"|(?P<redirect>\d?(?:>>|>&|&>|<<<|<<-?|>|<)(?:&?\d)?)"
    r"|(?P<single>'[^']*')"
    r'|(?P<double>"(?:[^"\\]|\\.)*")'
    r"|(?P<inner>\$\{\{[^{}\n]*\}\}|\$\([^()\n]*\)|`[^`\n]*`)"
    r"|(?P<plain>(?:\\.|[^\s;&|()<>'\"\\`$]|\$(?!\(|\{\{))+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUOTED_ESCAPE = re.compile(r'\\(["\\$`])|\\\n')
SUBSTITUTED = "<("
"""Last word of a command that reads the output of the next one like a file (``bash <(curl ...)``)."""
MAX_COMMANDS = 2_000
"""Simple commands read of one text."""


class Command(NamedTuple):
    """A simple command.

    Attributes:
        words: unquoted words; redirections and their targets are left out.
        line: 1-based line of its first word.
        piped: whether it reads what the command before it wrote.
    """

    words: list[str]
    line: int
    piped: bool = False


def commands(text: str, line: int) -> list[Command]:
    """Return the simple commands of a shell text that starts on ``line``; never raises."""
    reader = _Reader(line)
    for match in _TOKEN.finditer(text):
        if len(reader.found) >= MAX_COMMANDS:
            break
        reader.take(match.lastgroup or "", match[0])
    reader.end(piped=False)
    return reader.found


class _Reader:
    def __init__(self, line: int) -> None:
        self.line = line
        self.found: list[Command] = []
        self.words: list[str] = []
        self.start = line
        self.piped = False
        self.word: str | None = None
        self.skip = False

    def take(self, kind: str, text: str) -> None:
        """Add one token."""
        if kind in {"space", "glue", "comment", "operator", "redirect", "process"}:
            self.end_word()
        if kind == "operator":
            self.end(piped=text == "|")
        elif kind == "process":
            self.words.append(SUBSTITUTED)
            self.end(piped=False)
        elif kind == "redirect":
            self.skip = not text[-1].isdigit() or "&" not in text
        elif kind not in {"space", "glue", "comment"}:
            if self.word is None and not self.words:
                self.start = self.line
            self.word = (self.word or "") + _plain(kind, text)
        self.line += text.count("\n")

    def end_word(self) -> None:
        """Close the word that is open, if any."""
        if self.word is not None:
            if not self.skip:
                self.words.append(self.word)
            self.skip = False
        self.word = None

    def end(self, *, piped: bool) -> None:
        """Close the command that is open, if any; ``piped`` is for the next one."""
        self.end_word()
        if self.words:
            self.found.append(Command(self.words, self.start, self.piped))
            self.piped = piped
        elif not piped:
            self.piped = False
        self.words, self.skip = [], False


def _plain(kind: str, text: str) -> str:
    if kind == "single":
        return text[1:-1]
    if kind == "double":
        return _QUOTED_ESCAPE.sub(r"\1", text[1:-1])
    return _ESCAPED.sub(r"\1", text) if kind == "plain" else text
