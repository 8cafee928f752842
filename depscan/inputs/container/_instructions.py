"""Instructions of a Dockerfile: continuations, comments, here-documents, parser directives.

Source: Dockerfile reference, "Format", "Parser directives", "Here-Documents".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_DIRECTIVE = re.compile(r"\s*#\s*(\w+)\s*=\s*(\S+)\s*$").match
_HEREDOC = re.compile(r"<<(-?)([\"']?)([A-Za-z_][\w.-]*)\2")
_WITH_HEREDOC = frozenset({"RUN", "COPY", "ADD"})


class Instruction(NamedTuple):
    """One instruction.

    Attributes:
        word: its name in upper case; ``ONBUILD`` is left out.
        text: what stands behind the name; a continued line ends with a backslash, so that lines can be counted.
        line: 1-based line of its name.
        body: text of its here-document; "" without one.
        body_line: line on which the body starts.
    """

    word: str
    text: str
    line: int
    body: str = ""
    body_line: int = 0


def directives(text: str) -> dict[str, tuple[str, int]]:
    """Return the parser directives at the top: name in lower case to (value, line)."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _DIRECTIVE(line)
        if match is None or match[1].lower() in found:
            break
        found[match[1].lower()] = (match[2], number)
    return found


def instructions(text: str) -> Iterator[Instruction]:
    """Yield the instructions of a Dockerfile, in order."""
    escape = directives(text).get("escape", ("\\", 0))[0]
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        if not lines[at].strip() or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        start = at
        parts, at = _continued(lines, at, "`" if escape == "`" else "\\")
        word, _, rest = "\n".join(parts).lstrip().partition(" ")
        if "\n" in word or "\t" in word:
            word, rest = re.split(r"\s", "\n".join(parts).lstrip(), maxsplit=1)
        word = word.upper()
        if word == "ONBUILD":
            word, _, rest = rest.lstrip().partition(" ")
            word = word.upper()
        body, after = _body(lines, at, rest) if word in _WITH_HEREDOC and "<<" in rest else ("", at)
        yield Instruction(word, rest, start + 1, body, at + 1 if body else 0)
        at = after


def _continued(lines: list[str], at: int, escape: str) -> tuple[list[str], int]:
    """Return the lines of an instruction, comments and blank lines inside it emptied, and the index behind it."""
    parts: list[str] = []
    while at < len(lines):
        line = lines[at].rstrip()
        at += 1
        if parts and (not line or line.lstrip().startswith("#")):
            parts.append("\\")
            continue
        if not line.endswith(escape):
            parts.append(line)
            break
        parts.append(line[:-1] + "\\")
    return parts, at


def _body(lines: list[str], at: int, text: str) -> tuple[str, int]:
    """Return the text of the first here-document that ``text`` opens, and the index behind the last."""
    first: list[str] | None = None
    for dash, _, mark in _HEREDOC.findall(text):
        held: list[str] = []
        while at < len(lines):
            line = lines[at].lstrip("\t") if dash else lines[at]
            at += 1
            if line == mark:
                break
            held.append(line)
        first = held if first is None else first
    return "\n".join(first or ()), at
