"""Names of private packages, as the policy lists them: ``acme-*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def private_pattern(name: str, patterns: Sequence[str]) -> str:
    """Return the first pattern that a normalised name fits, "" for none.

    Args:
        name: normalised.
        patterns: names in which ``*`` stands for anything; compared in lower case, ``_`` and ``.`` as ``-``.
    """
    return next((p for p in patterns if _fits(name, p.lower().replace("_", "-").replace(".", "-"))), "")


def _fits(name: str, pattern: str) -> bool:
    if "*" not in pattern:
        return name == pattern
    from fnmatch import fnmatchcase

    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))
