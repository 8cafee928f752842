from __future__ import annotations

import pytest

from depscan.text.count import counted


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "day", "1 day"),
        (0, "day", "0 days"),
        (2000, "repository", "2,000 repositories"),
        (2, "more owner", "2 more owners"),
    ],
)
def test_a_number_stands_with_its_noun(number: int, noun: str, text: str) -> None:
    assert counted(number, noun) == text


def test_a_plural_that_no_rule_makes_is_named() -> None:
    assert [counted(n, "is", "are") for n in (1, 3)] == ["1 is", "3 are"]
