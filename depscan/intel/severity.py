"""CVSS vectors to a score and a word, with the ``cvss`` library.

Used when the index is built: the rows carry the result, so that a scan never imports the library.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from depscan.model.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = {
    "none": Severity.LOW,
    "negligible": Severity.LOW,
    "low": Severity.LOW,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "critical": Severity.CRITICAL,
}

UNKNOWN = -1.0
_LONGEST = 400
"""A full CVSS 4 vector with every optional metric has less than 250 characters."""


def from_word(word: str) -> Severity:
    """Return the severity a database states in words; UNKNOWN for a word that is none."""
    return _WORDS.get(word.strip().lower(), Severity.UNKNOWN)


def from_score(score: float, version: int = 3) -> Severity:
    """Return the word for a base score of 0.0 to 10.0.

    Source: CVSS 3.1 section 5 and CVSS 4.0 section 6 (none, low, medium, high, critical; none is shown as
    low); for CVSS 2 the rating of the NVD, which knows no critical.
    """
    if not 0.0 <= score <= 10.0:  # noqa: PLR2004 - the scale
        return Severity.UNKNOWN
    bounds: tuple[tuple[float, Severity], ...] = (
        (9.0, Severity.CRITICAL),
        (7.0, Severity.HIGH),
        (4.0, Severity.MEDIUM),
    )
    if version == 2:  # noqa: PLR2004
        bounds = bounds[1:]
    return next((word for bound, word in bounds if score >= bound), Severity.LOW)


@lru_cache(maxsize=4096)
def from_vector(vector: str) -> tuple[float, Severity]:
    """Return base score and word of one vector; (-1.0, UNKNOWN) for what the library cannot read.

    The vector's own prefix says which version it is (``CVSS:3.1/``, ``CVSS:4.0/``; none for CVSS 2).
    """
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    if len(vector) > _LONGEST:
        return UNKNOWN, Severity.UNKNOWN
    reader: Any
    if vector.startswith("CVSS:4"):
        version, reader = 4, CVSS4
    elif vector.startswith("CVSS:3"):
        version, reader = 3, CVSS3
    else:
        version, reader = 2, CVSS2
    try:
        score = float(reader(vector).base_score)
    except (CVSSError, ValueError, KeyError, ArithmeticError):  # the library's own and its slips on odd metrics
        return UNKNOWN, Severity.UNKNOWN
    return score, from_score(score, version)


def rate(vectors: Iterable[str]) -> tuple[float, Severity, tuple[str, ...]]:
    """Return the highest score, its word, and the vectors with the one behind it first."""
    rated = sorted(((from_vector(v), v) for v in dict.fromkeys(vectors)), key=lambda r: (-r[0][0], r[1]))
    if not rated:
        return UNKNOWN, Severity.UNKNOWN, ()
    score, word = rated[0][0]
    return score, word, tuple(v for _, v in rated)
