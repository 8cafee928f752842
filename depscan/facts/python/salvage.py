"""What can be read of a source that does not parse: its top-level pieces, then single lines, then single calls."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable

from depscan.text.memory import unless_nested

MAX_TEXT = 1 << 20
"""Characters that are looked at."""
_MAX_PIECES = 3000
_MAX_LINES = 1500
_MAX_CUTS = 12
_HEAD = re.compile(r"^(?!else\b|elif\b|except\b|finally\b|[\s#)\]}'\"])", re.MULTILINE)
_CALL = re.compile(r"(?<![\w.])(?:exec|eval|__import__|[A-Za-z_][\w.]{0,60})\(")
_BLOCK = "if __unread__:"
_OPEN, _CLOSE = "([{", ")]}"

Repair = Callable[[str], str]


def salvage(text: str, repair: Repair) -> ast.Module | None:
    """Return a tree of the pieces that parse by themselves; None when none holds a call.

    Args:
        text: the source.
        repair: rewrites old syntax; tried where a piece does not parse as it stands.
    """
    text = text[:MAX_TEXT]
    body: list[ast.stmt] = []
    line = 0
    left = _MAX_LINES
    for piece in _pieces(text)[:_MAX_PIECES]:
        tree = _try(piece) or _try(repair(piece)) or _without_bad_lines(piece)
        if tree is None and left > 0:
            left -= piece.count("\n") + 1
            tree = _by_lines(piece)
        if tree is not None:
            ast.increment_lineno(tree, line)
            body.extend(tree.body)
        line += piece.count("\n")
    if not any(isinstance(node, ast.Call) for statement in body for node in ast.walk(statement)):
        return None
    return ast.Module(body, [])


def _try(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        unless_nested(error, text)
        return None


def _pieces(text: str) -> list[str]:
    """Return the text cut at its unindented lines; decorators stay with what they decorate."""
    starts = [match.start() for match in _HEAD.finditer(text)]
    ends = [*starts[1:], len(text)]
    if not starts:
        return [text]
    pieces = [text[: starts[0]]] if starts[0] else []
    waiting = ""
    for start, end in zip(starts, ends, strict=True):
        waiting += text[start:end]
        if not text.startswith("@", start):
            pieces.append(waiting)
            waiting = ""
    return [*pieces, waiting] if waiting else pieces


def _without_bad_lines(piece: str) -> ast.Module | None:
    """Return the tree of a piece after the lines the parser stops at were emptied."""
    lines = piece.split("\n")
    if len(lines) == 1 or len(piece) > MAX_TEXT // 8:
        return None
    for _ in range(_MAX_CUTS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse("\n".join(lines))
        except SyntaxError as error:
            at = (error.lineno or 0) - 1
            if not 0 <= at < len(lines):
                return None
            line = lines[at]
            again = line.strip() in {"", "pass", _BLOCK}
            instead = _BLOCK if line.rstrip().endswith(":") else "pass"
            lines[at] = "" if again else " " * (len(line) - len(line.lstrip())) + instead
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            unless_nested(error, piece)
            return None
    return None


def _by_lines(piece: str) -> ast.Module | None:
    """Return the lines of a piece that parse alone, and the calls of those that do not."""
    body: list[ast.stmt] = []
    for number, line in enumerate(piece.split("\n")):
        code = line.strip()
        if "(" not in code and "import" not in code and "=" not in code:
            continue
        tree = _try(code) or _calls(code)
        if tree is not None:
            ast.increment_lineno(tree, number)
            body.extend(tree.body)
    return ast.Module(body, []) if body else None


def _calls(code: str) -> ast.Module | None:
    """Return the calls in a line whose brackets close."""
    body: list[ast.stmt] = []
    at = 0
    for _ in range(20):
        match = _CALL.search(code, at)
        if match is None:
            break
        end = _closing(code, match.end() - 1)
        tree = _try(code[match.start() : end]) if end else None
        at = end if tree is not None else match.end()
        if tree is not None:
            body.extend(tree.body)
    return ast.Module(body, []) if body else None


def _closing(code: str, start: int) -> int:
    """Return the end of the bracket that opens at ``start``; 0 when it does not close."""
    depth, quote, at = 0, "", start
    while at < len(code):
        char = code[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return 0
