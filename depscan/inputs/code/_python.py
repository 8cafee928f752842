"""Python code as text to the uses in it; what does not parse is left out statement by statement, and said."""

from __future__ import annotations

import ast
import gc
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from depscan.inputs.code._modules import WALKS, Modules
from depscan.inputs.code._scopes import Walk
from depscan.inputs.code._table import table
from depscan.inputs.code._uses import Uses
from depscan.inputs.code._values import Evaluator
from depscan.text.memory import unless_nested

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from depscan.model.document import Document
    from depscan.text.source import SourceFile

MAX_CODE = 4 << 20
"""Characters of code parsed in one file: a parse tree takes about 100 times as much memory."""
_TRIES = 12


def read_code(
    text: str, document: Document, line: Callable[[int], int] = int, source: SourceFile | None = None
) -> None:
    """Add what Python code uses to a document.

    Args:
        text: the code.
        document: gets nodes, edges, uses, and a problem for what could not be parsed.
        line: line of ``text`` to line of the file.
        source: the file, for constants of other modules of the project.
    """
    if len(text) > MAX_CODE:
        document.problem(f"more than {MAX_CODE >> 20} MB of code: not read for models and services", line(1))
        return
    with _no_collection():
        _read(text, document, line, source)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold back the garbage collector: it goes through a growing parse tree again and again, a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _read(text: str, document: Document, line: Callable[[int], int], source: SourceFile | None) -> None:
    tree = parse(text, document, line)
    if tree is None:
        return
    walk = Walk(tree)
    if not walk.whole:
        document.problem("the code is too large to be read to its end for models and services", line(1))
    outside = Modules(source, walk.module, frozenset(table().modules)).find if source is not None else None
    path = document.path.removeprefix("./") if document.path.endswith((".py", ".pyw")) else ""
    try:
        Uses(document, Evaluator(walk, outside, path), table(), line).run()
    finally:
        walk.close()
        WALKS.trim()


def parse(text: str, document: Document, line: Callable[[int], int]) -> ast.Module | None:
    """Return the parse tree; top-level statements that do not parse are made empty and reported once."""
    first = 0
    why = ""
    for _ in range(_TRIES):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            at = getattr(error, "lineno", 0) or 0
            why = why or f"Python code that does not parse: {getattr(error, 'msg', error)}"
            first = first or at
            shorter = _without(text, at)
            if shorter is None:
                break
            text = shorter
        except (RecursionError, MemoryError) as error:
            unless_nested(error, text)
            why, first = "Python code that is nested too deeply to be parsed", first or 1
            break
        else:
            if why:
                document.problem(why[:200], line(max(first, 1)))
            return tree
    document.problem(why[:200], line(max(first, 1)))
    return None


def _without(text: str, at: int) -> str | None:
    """Return the code with the top-level statement around line ``at`` emptied; None when there is nothing to empty."""
    lines = text.split("\n")
    if not 0 < at <= len(lines):
        return None
    start = at - 1
    while start > 0 and (not lines[start].strip() or lines[start][:1] in " \t)]}#"):
        start -= 1
    end = at
    while end < len(lines) and (not lines[end].strip() or lines[end][:1] in " \t)]}"):
        end += 1
    if not any(part.strip() for part in lines[start:end]):
        return None
    return "\n".join([*lines[:start], *[""] * (end - start), *lines[end:]])
