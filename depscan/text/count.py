"""Numbers with their nouns."""

from __future__ import annotations

_VOWELS = frozenset("aeiou")


def counted(number: int, noun: str, many: str = "") -> str:
    """Return ``1 day``, ``2,000 repositories``; ``many`` is a plural that no rule makes."""
    if number == 1:
        return f"1 {noun}"
    ending = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in _VOWELS else f"{noun}s"
    return f"{number:,} {many or ending}"
