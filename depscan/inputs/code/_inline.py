"""Python code inside shell text: ``python -c CODE`` and ``python - <<EOF``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from textwrap import dedent

from depscan.inputs.code._shell import commands
from depscan.model.document import Document

_PYTHON = re.compile(r"(?:.*/)?python[\d.]*(?:\.exe)?").fullmatch
_HEREDOC = re.compile(r"<<-?[ \t]*([\"']?)(\w{1,100})\1[^\n]*\n")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_NAMES_PYTHON = re.compile(r"\bpython[\d.]*\b[^|;&]*$").search
_MAX_TEXT = 200_000
_MAX_CODES = 100
_HEAD = 300


def read_inline(text: str, document: Document, line: int) -> None:
    """Add what Python code inside a shell text uses to a document.

    Args:
        text: shell text.
        document: gets nodes and uses; see ``read_code``.
        line: 1-based line of the file on which ``text`` starts.
    """
    if "python" not in text or len(text) > _MAX_TEXT:
        return
    for code, start in _codes(text, line):
        read_python(code, document, start)


def read_python(code: str, document: Document, line: int) -> None:
    """Add what Python code uses that starts on ``line``; code that a shell or template completes may not parse."""
    from depscan.inputs.code._python import read_code

    plain = dedent(_EXPRESSION.sub("None", code))
    problems = len(document.problems)
    read_code(plain, document, lambda number: line + number - 1)
    if "$" in code:
        del document.problems[problems:]


def _codes(text: str, line: int) -> Iterator[tuple[str, int]]:
    for found in islice(_HEREDOC.finditer(text), _MAX_CODES):
        head = text[max(0, found.start() - _HEAD) : found.start()].rpartition("\n")[2]
        end = re.compile(rf"(?m)^[ \t]*{found[2]}[ \t]*$").search(text, found.end())
        if end is not None and "#" not in head and _NAMES_PYTHON(head):
            yield text[found.end() : end.start()], line + text.count("\n", 0, found.end())
    for command in commands(text, line):
        words = command.words
        for i, word in enumerate(words[1:-1], 1):
            if word == "-c" and any(_PYTHON(before) for before in words[:i]):
                yield words[i + 1], command.line
                break
