"""Code that does not parse is read by its words in time that grows with its length only."""

from __future__ import annotations

from depscan.facts.python import fallback


def test_a_long_run_of_blanks_holds_no_list_of_codes() -> None:
    assert fallback._CODES.search(" " * 200_000 + "(") is None


def test_a_list_of_codes_is_found_with_blanks_around_its_commas() -> None:
    text = "x = [" + " , ".join(str(c) for c in range(40, 100)) + "]"
    found = fallback._CODES.search(text)
    assert found is not None
    assert found[0].count(",") == 59
