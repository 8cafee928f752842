"""The way around argparse says what argparse says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depscan.cli import scan
from depscan.cli._main import parser_of
from depscan.cli._plain import plain

WORDS = st.one_of(
    st.sampled_from(["-", "uv.lock", ".", "a b", "ü", "", "=", "@file", "scan", "why", "--", "-v", "-x", "--db", "-1"]),
    st.text(max_size=6),
)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_plain_words_give_exactly_what_argparse_gives(words: list[str]) -> None:
    made = plain(words, scan)
    if made is not None:
        assert vars(made) == vars(parser_of("scan", scan).parse_args(words))


@pytest.mark.parametrize("words", [["uv.lock"], ["-"], ["a", "b", "-"], [""], ["scan"]])
def test_paths_alone_need_no_argparse(words: list[str]) -> None:
    made = plain(words, scan)
    assert made is not None
    assert vars(made) == vars(parser_of("scan", scan).parse_args(words))


@pytest.mark.parametrize("words", [[], ["-v", "x"], ["x", "--format", "json"], ["--", "x"], ["-1"], ["--db=x", "y"]])
def test_everything_else_is_left_to_argparse(words: list[str]) -> None:
    assert plain(words, scan) is None
