"""What holds for every name."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from depscan.cli._names_text import RENDERERS
from depscan.intel.name_table import open_table
from depscan.names.edits import compare
from depscan.names.judge import Judge
from depscan.names.points import Scorer, points_of
from depscan.names.protected import Target
from depscan.names.signals import Surroundings, case_of
from depscan.names.spelling import squash, words_of
from depscan.names.words import Words
from depscan.naming import Names, Row
from depscan.text.escape import visible


@cache
def judge(ecosystem: str = "PyPI") -> Judge:
    return Judge(ecosystem, open_table())


popular = st.integers(0, 14_900).map(lambda i: judge().protected.spelled()[i])


@given(popular, st.sampled_from(["", " ", "\t"]))
def test_a_popular_name_never_flags_itself_however_it_is_written(name: str, blank: str) -> None:
    assert judge().judge(f"{blank}{name.upper().replace('-', '_')}{blank}").tier == "none"


@settings(max_examples=300)
@given(st.text(max_size=60), st.sampled_from(["PyPI", "npm", "huggingface", "GitHub Actions"]))
def test_no_text_crashes_or_reaches_the_terminal_as_it_is(text: str, ecosystem: str) -> None:
    verdict = judge(ecosystem).judge(text, explain=True)
    assert verdict.tier in {"none", "warn", "block"}
    answers = Names((Row(verdict),), ecosystem, "a table")
    shown = "".join(RENDERERS["text"](answers)) + "".join(RENDERERS["csv"](answers)).replace("\r\n", "\n")
    assert all(visible(line) == line for line in shown.split("\n"))
    assert "".join(RENDERERS["jsonl"](answers)).isascii()


@given(popular, st.integers(1, 15_000), st.integers(1, 15_000), st.data())
def test_the_score_never_falls_when_the_target_is_more_popular(
    name: str, one: int, other: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    suspect = name[:at] + data.draw(st.sampled_from("abcxyz")) + name[at:]
    edit = compare(squash(suspect), squash(name))
    if edit is None:
        return
    around = Surroundings(judge().protected, Words(open_table()), {})
    ahead, behind = (
        # A scorer of its own each: it remembers the points of a target.
        Scorer(points_of("PyPI"), around).score(
            case_of(words_of(suspect), squash(suspect), Target(name, name, squash(name), rank, ai=False), edit)
        )
        for rank in sorted((one, other))
    )
    assert ahead >= behind


def test_more_known_imitations_never_lower_the_score_and_common_words_never_raise_it() -> None:
    for ecosystem in ("PyPI", "npm"):
        signals = points_of(ecosystem).signals
        rising = ["never", "once", "2-3", "4-7", "8-15", "16 or more"]
        falling = ["0", "1", "2", "3", "4", "5"]
        held = [signals["imitated"].get(label, 0.0) for label in rising]
        assert held == sorted(held)
        held = [signals["typed"].get(label, 0.0) for label in falling]
        assert held == sorted(held, reverse=True)
