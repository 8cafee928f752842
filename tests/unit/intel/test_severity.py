"""CVSS vectors to words."""

from __future__ import annotations

import pytest

from depscan.intel.severity import from_vector, from_word, rate
from depscan.model.finding import Severity

V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"
V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


@pytest.mark.parametrize(
    ("vector", "score", "word"),
    [
        (V2, 7.5, Severity.HIGH),
        (V3, 9.8, Severity.CRITICAL),
        (V4, 9.3, Severity.CRITICAL),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N", 6.5, Severity.MEDIUM),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, Severity.LOW),
        ("CVSS:3.1/AV:N", -1.0, Severity.UNKNOWN),
        ("CVSS:4.0/what", -1.0, Severity.UNKNOWN),
        ("CVSS:9.0/AV:N", -1.0, Severity.UNKNOWN),
        ("", -1.0, Severity.UNKNOWN),
        ("A" * 10000, -1.0, Severity.UNKNOWN),
    ],
)
def test_a_vector_has_a_score_and_a_word(vector: str, score: float, word: Severity) -> None:
    assert from_vector(vector) == (score, word)


def test_the_highest_score_stands_for_several_vectors() -> None:
    assert rate([V2, V4, V3]) == (9.8, Severity.CRITICAL, (V3, V4, V2))
    assert rate([]) == (-1.0, Severity.UNKNOWN, ())


def test_words_of_databases_are_understood() -> None:
    assert [from_word(w) for w in ("MODERATE", "Critical", "odd")] == [
        Severity.MEDIUM,
        Severity.CRITICAL,
        Severity.UNKNOWN,
    ]
