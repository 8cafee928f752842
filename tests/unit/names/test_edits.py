"""How spellings differ: kinds, places, and the distance behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from depscan.names.edits import Edit, compare
from depscan.names.keyboard import neighbours

KINDS = [
    ("requests", "requests", "same", ""),
    ("reqeusts", "requests", "swapped", "inner"),
    ("requestss", "requests", "doubled", "last"),
    ("boto", "booto", "undoubled", "inner"),
    ("numppy", "numpy", "doubled", "inner"),
    ("request", "requests", "singular", "last"),
    ("pandass", "pandas", "doubled", "last"),
    ("flasks", "flask", "plural", "last"),
    ("tensorfow", "tensorflow", "dropped", "inner"),
    ("tensrflow", "tensorflow", "dropped-vowel", "inner"),
    ("zequests", "requests", "replaced", "first"),
    ("numoy", "numpy", "replaced-key", "inner"),
    ("djanga", "django", "replaced-vowel", "last"),
    ("nurnpy", "numpy", "two-mixed-near", "inner"),
    ("pi1low", "pillow", "look-alike", "inner"),
    ("urllib4", "urllib3", "version-digit", "last"),
    ("beautifulsoup", "beautifulsoup4", "digit-dropped", "last"),
    ("flask2", "flask", "digit-added", "last"),
    ("requestrs", "requests", "added-key", "inner"),
    ("requestzz", "requests", "two-mixed-near", "last"),
]


@pytest.mark.parametrize(("suspect", "name", "kind", "place"), KINDS)
def test_a_slip_is_named_by_what_was_typed(suspect: str, name: str, kind: str, place: str) -> None:
    found = compare(suspect, name)
    assert found is not None
    assert (found.kind, found.place) == (kind, place)


def test_what_was_typed_and_what_was_meant_are_shown() -> None:
    assert compare("tensofpow", "tensorflow") == Edit("two-mixed-near", "inner", "fp", "rfl")


def test_three_slips_are_no_edit() -> None:
    assert compare("rekwestz", "requests") is None


def test_keys_beside_each_other_are_so_both_ways() -> None:
    keys = "1234567890qwertyuiopasdfghjklzxcvbnm"
    assert all((b in neighbours(a)) == (a in neighbours(b)) for a in keys for b in keys)
    assert {"a", "d", "w", "e", "x", "z"} <= neighbours("s")
    assert "p" not in neighbours("s")
    assert neighbours("é") == frozenset()


words = st.text("abc", max_size=9)


@given(words, words)
def test_it_finds_what_optimal_string_alignment_calls_two_or_less(a: str, b: str) -> None:
    found = compare(a, b)
    slips = 3 if found is None else 0 if found.kind == "same" else 2 if found.kind.startswith("two") else 1
    assert slips == min(3, OSA.distance(a, b))


@given(words, words)
def test_it_is_as_far_there_as_back(a: str, b: str) -> None:
    there, back = compare(a, b), compare(b, a)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert (there.typed, there.meant) == (back.meant, back.typed)
        assert there.kind.startswith("two") == back.kind.startswith("two")
