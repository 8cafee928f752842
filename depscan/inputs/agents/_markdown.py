"""Instruction files as text: front matter, code blocks, inline commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*\{?\.?([\w+-]*)")
_SHELLS = frozenset([
    "", "bash", "sh", "shell", "zsh", "fish", "console", "terminal", "shellscript", "powershell", "ps1", "pwsh", "cmd",
    "bat", "batch", "text", "txt", "shell-session", "sh-session",
])  # fmt: skip
_PROMPT = re.compile(r"^[ \t]*(?:\$|>|%|#(?=\s*(?:npx|uvx|pip|curl|npm|apt))|PS[^>]*>)[ \t]+")
_BANG = re.compile(r"!`([^`\n]+)`")
_INLINE = re.compile(r"(?<![`!])`([^`\n]{3,500})`(?!`)")
_STARTS = re.compile(
    r"(?:sudo\s+|[A-Z_]\w*=\S+\s+)*(?:npx|bunx|pnpx|uvx|pipx|pip3?|uv|npm|pnpm|yarn|bun|docker|podman|deno|go|curl|wget|bash|sh|iex|irm|iwr|python3?)\s"
).match
_FORBIDS = re.compile(
    r"(?i)(?:\b(?:never|(?:do|must|should|shall|may|can)\s*not|don['\u2019]t|cannot|can['\u2019]t|mustn['\u2019]t"
    r"|shouldn['\u2019]t|avoid|forbidden|prohibited|instead\s+of|rather\s+than)\b"
    r"(?:[\s*_,/:\u2014-]|`[^`]*`|\b(?:run|running|use|using|call|calling|execute|executing|try|install|start|with|via|the"
    r"|a|any|ever|just|directly|to|or|and|nor|command|commands|plain|bare|please|suggest|type|invoke|do)\b)*)$"
).search
"""The words in front of a command say that it is not to be run; a new sentence ends them."""
_KEY = re.compile(r"([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)")
_MOST_LINES = 50_000


class Command(NamedTuple):
    """Shell text in an instruction file; ``kind`` is code, inline, or context (its output goes to the agent)."""

    line: int
    text: str
    kind: str


class FrontMatter(NamedTuple):
    """One entry of the head between ``---`` lines, lists joined by commas."""

    line: int
    key: str
    value: str


def front_matter(lines: list[str]) -> list[FrontMatter]:
    """Return the entries at the top level of the head; [] without a head. Tolerant: no YAML is needed for it."""
    if not lines or lines[0].strip() != "---":
        return []
    found: list[FrontMatter] = []
    for number, line in enumerate(lines[1:500], 2):
        if line.strip() in {"---", "..."}:
            return found
        match = _KEY.match(line)
        if match:
            found.append(FrontMatter(number, match[1].lower(), match[2].strip()))
        elif found and line.strip():
            last = found[-1]
            value = line.strip().removeprefix("- ").strip("\"'")
            found[-1] = last._replace(value=f"{last.value}, {value}" if last.value.strip("|>-") else value)
    return []


def commands(lines: list[str]) -> Iterator[Command]:
    """Yield the shell text of code blocks (logical lines joined), of ``!`` lines, and of inline code that begins so."""
    fence, shell = "", False
    held: list[str] = []
    for number, line in enumerate(lines[:_MOST_LINES], 1):
        mark = _FENCE.match(line)
        if mark and (not fence or (line.strip().startswith(fence) and not mark[2])):
            fence, shell = ("", False) if fence else (mark[1], mark[2].lower() in _SHELLS)
            held = []
        elif fence and shell:
            held.append(_PROMPT.sub("", line))
            if line.endswith(("\\", "`", "^")) and len(held) < 50:  # noqa: PLR2004 - more is no command any more
                continue
            yield Command(number - len(held) + 1, "\n".join(held), "code")
            held = []
        elif not fence:
            yield from _prose(number, line)


def _prose(number: int, line: str) -> Iterator[Command]:
    for match in _BANG.finditer(line):
        yield Command(number, match[1], "context")
    if line.startswith("!") and not line.startswith(("![", "!`")):
        yield Command(number, line[1:].strip(" `"), "context")
    for match in _INLINE.finditer(line):
        if _STARTS(match[1]) and not _FORBIDS(line[: match.start()]):
            yield Command(number, match[1], "inline")
