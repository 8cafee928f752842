"""The syntax of yarn 1 lockfiles: blocks of indented ``name value`` lines (yarn's ``lockfile/parse.js``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

_WORD = r'"(?:[^"\\]|\\.)*"|[^\s",:][^\s",]*?'
_KEYS = re.compile(rf"(?:{_WORD})(?:, *(?:{_WORD}))*:\s*").fullmatch
_PAIR = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s",:][^\s",]*):? +("(?:[^"\\]|\\.)*"|[^\s"]+)\s*').fullmatch
_EACH = re.compile(rf"({_WORD})(?=,|:\s*$)")


class Block(NamedTuple):
    """One resolved package: its patterns, its fields, its tables of (range, line) and its line."""

    keys: list[str]
    values: dict[str, str]
    tables: dict[str, dict[str, tuple[str, int]]]
    line: int


def read_blocks(source: SourceFile) -> list[Block]:
    """Return the blocks of a yarn 1 lockfile in order.

    Raises:
        InputError: a line that fits nowhere.
    """
    blocks: list[Block] = []
    inner: dict[str, tuple[str, int]] | None = None
    for number, line in enumerate(source.text.split("\n"), 1):
        body = line.strip()
        if not body or body.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        if indent == 0:
            blocks.append(Block(_keys(source, body, number), {}, {}, number))
            inner = None
        elif indent == 2 and blocks and body.endswith(":") and " " not in body:  # noqa: PLR2004 - one level
            inner = blocks[-1].tables.setdefault(body[:-1].strip('"'), {})
        else:
            _field(source, blocks, inner, (indent, body, number))
    return blocks


def _keys(source: SourceFile, body: str, number: int) -> list[str]:
    if not _KEYS(body):
        raise source.error("invalid yarn.lock: expected 'name@range:'", number)
    return [_plain(word) for word in _EACH.findall(body)]


def _field(
    source: SourceFile, blocks: list[Block], inner: dict[str, tuple[str, int]] | None, line: tuple[int, str, int]
) -> None:
    indent, body, number = line
    found = _PAIR(body)
    if not found or not blocks or indent not in {2, 4} or (indent == 4 and inner is None):  # noqa: PLR2004
        raise source.error("invalid yarn.lock: expected an indented 'name value'", number)
    name, value = _plain(found[1]), _plain(found[2])
    held = blocks[-1].values if indent == 2 else inner  # noqa: PLR2004
    if held is None or name in held:
        raise source.error(f"invalid yarn.lock: duplicate key {name[:80]!r}", number)
    if indent == 2:  # noqa: PLR2004
        blocks[-1].values[name] = value
    elif inner is not None:
        inner[name] = (value, number)


def _plain(word: str) -> str:
    if word[:1] != '"':
        return word
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if "\\" in word else word[1:-1]
