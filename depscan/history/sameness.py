"""When two findings are one: what makes a row of a night, and what is the same from night to night.

docs/explanation/nightly.md says why. A *statement* is counted: the same said of the same subject in the same words, in
whichever repositories and at whichever line. A *mark* tells whether somebody had a finding before: it has no version,
so that a move that clears nothing makes nothing new, and there is one for each alias, so that a new alias does not.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import unquote

_SAYS = (0, 2, 3, 4, 5, 6, 7, 9, 10)
"""Fields of a stored finding that make a statement: all but where it shows and what comes with the advisory."""
_RULE, _SUBJECT, _MESSAGE, _IDS = 0, 4, 5, 6

Mark = tuple[str, str, str]


class Subject(NamedTuple):
    """A subject without its version, and that version; "" where it has none."""

    bare: str
    version: str


def statement(row: list[Any], waived: str = "") -> tuple[Any, ...]:
    """Return what is equal for stored findings that are one row of a night.

    Args:
        row: the finding as the store's JSON holds it.
        waived: fingerprint of a finding that an exception names by it; "" for others.
    """
    return (waived, *(tuple(row[i]) if isinstance(row[i], list) else row[i] for i in _SAYS))


def subject(text: str) -> Subject:
    """Return the parts of a subject; only a package URL has a version."""
    if not text.startswith("pkg:"):
        return Subject(text, "")
    path, mark, rest = text.partition("?")
    name, at, version = path.rpartition("@")
    return Subject(name + mark + rest, unquote(version)) if at else Subject(text, "")


def label(text: str) -> str:
    """Return a subject as a person calls it: ``torch 2.4.0`` for a package URL, others as they are."""
    if not text.startswith("pkg:"):
        return text
    bare, version = subject(text)
    name = unquote(bare.partition("?")[0].partition("/")[2]) or bare
    return f"{name} {version}" if version else name


def marks(row: list[Any]) -> list[Mark]:
    """Return by what a stored finding is known again: findings that share one are the same from night to night."""
    bare, version = subject(row[_SUBJECT])
    texts = row[_IDS] or [_without(row[_MESSAGE], version)]
    return [(row[_RULE], bare, text) for text in texts]


def _without(message: str, version: str) -> str:
    return re.sub(rf"(?<![\w.]){re.escape(version)}(?!\w|\.\w)", "", message) if version else message
