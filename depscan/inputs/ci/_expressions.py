"""What ``${{ }}`` expressions put into a workflow: secrets, and texts that strangers write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from depscan.inputs.ci._tables import untrusted

_EXPRESSION = re.compile(r"\$\{\{((?:(?!\$\{\{).){1,2000}?)\}\}", re.DOTALL)
_SECRET = re.compile(r"(?i)(?<![\w.])secrets(?:\.([A-Za-z_]\w*)|\[\s*['\"]([A-Za-z_]\w*)['\"]\s*\])")
_TOKEN = re.compile(r"(?i)(?<![\w.])github\.token\b")
_INDEXED = re.compile(r"\[\s*['\"]([\w-]+)['\"]\s*\]")
_MAX_TEXTS = 5_000


def texts_of(value: Any) -> Iterator[str]:  # noqa: ANN401 - a value of the file
    """Yield the texts in a value of a YAML file, nested ones too (at most 5,000)."""
    todo, count = [value], 0
    while todo and count < _MAX_TEXTS:
        held = todo.pop()
        count += 1
        if isinstance(held, str):
            yield held
        elif isinstance(held, dict):
            todo.extend(reversed(held.values()))
        elif isinstance(held, list):
            todo.extend(reversed(held))


def expressions(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield what stands inside the ``${{ }}`` of a value, with ``a['b']`` written ``a.b``."""
    for text in texts_of(value):
        if "${{" in text:
            for match in _EXPRESSION.finditer(text):
                yield _INDEXED.sub(r".\1", match[1])


def secrets_in(*values: Any) -> list[str]:  # noqa: ANN401
    """Return the sorted names of the secrets that values use; the job's own token is ``GITHUB_TOKEN``."""
    found: set[str] = set()
    for value in values:
        for text in expressions(value):
            found.update((a or b).upper() for a, b in _SECRET.findall(text))
            if _TOKEN.search(text):
                found.add("GITHUB_TOKEN")
            if "tojson(secrets)" in text.lower().replace(" ", ""):
                found.add("*")
    return sorted(found)


def untrusted_in(value: Any) -> list[str]:  # noqa: ANN401
    """Return the sorted expressions in a value that strangers write."""
    return _found(value, untrusted().texts)


def pointers_in(value: Any) -> list[str]:  # noqa: ANN401
    """Return the sorted numbers and addresses in a value under which an agent finds a stranger's text."""
    return _found(value, untrusted().pointers)


def _found(value: Any, pattern: re.Pattern[str]) -> list[str]:  # noqa: ANN401
    return sorted({m[0] for text in expressions(value) for m in pattern.finditer(text)})
