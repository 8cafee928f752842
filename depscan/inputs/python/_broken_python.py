"""Requirement lists of a setup.py that does not parse: Python 2, a template, a file cut off.

Only a keyword followed by a whole bracketed expression is read; everything around it stays unknown.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from depscan.text.memory import unless_nested

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 50
"""Keywords looked at: a setup.py has at most a handful."""

_PART = re.compile(
    r"#[^\n]*"
    r"|(?P<q>'''|\"\"\")(?:[^\\]|\\.)*?(?P=q)"
    r"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
    r"|(?P<open>[\[({])|(?P<shut>[\])}])"
    r"|(?P<unclosed>['\"])",
    re.DOTALL,
)
_LONGEST = 100_000
"""Characters read for one keyword."""


def read_lists(text: str, keywords: Iterable[str]) -> ast.Module | None:
    """Return a module of calls ``setup(keyword=expression)`` on their own lines; None when none can be read.

    Args:
        text: the file.
        keywords: names of the keywords to look for.
    """
    starts = re.compile(rf"\b({'|'.join(map(re.escape, keywords))})\s*=\s*(?=[\[({{])")
    found: list[ast.stmt] = []
    for count, match in enumerate(starts.finditer(text)):
        if count >= _MOST:
            break
        if "#" in text[text.rfind("\n", 0, match.start()) + 1 : match.start()]:
            continue
        end = _end(text, match.end())
        padding = "\n" * text.count("\n", 0, match.end())
        if end:
            found += _parse(f"{padding}setup({match[1]}={text[match.end() : end]})")
    return ast.Module(found, []) if found else None


def _end(text: str, start: int) -> int:
    """Return where the bracket that opens at ``start`` is closed, or 0."""
    depth = 0
    for part in _PART.finditer(text, start, start + _LONGEST):
        depth += bool(part["open"]) - bool(part["shut"])
        if part["unclosed"]:
            return 0
        if depth == 0 and part["shut"]:
            return part.end()
    return 0


def _parse(text: str) -> list[ast.stmt]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        unless_nested(error, text)
        return []
