"""Gaps of a fleet: what differs only by counts or names is one row with everybody it is about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from depscan.fleet.gaps import Gap, Gaps
from depscan.model.decision import Coverage


def rows(*said: tuple[str, Coverage]) -> tuple[Gap, ...]:
    gaps = Gaps(None, ())
    for repository, item in said:
        gaps.add([repository], [item], [])
    return gaps.gaps()


def lacks(why: str, what: str = "conda") -> Coverage:
    return Coverage(what, "skipped", why, needed=True, kind="ecosystem")


def test_counts_become_a_range_and_different_names_in_brackets_are_left_out() -> None:
    made = rows(
        ("a", lacks("no data for its 287 packages (x, y and 3 more) since 2020-04-27")),
        ("b", lacks("no data for its 1,608 packages (z) since 2020-04-27")),
        ("c", lacks("no data for its 1 package (z) since 2020-04-27")),
    )
    assert [(g.what, g.why, g.repositories) for g in made] == [
        ("conda", "no data for its 1 to 1,608 packages since 2020-04-27", ("a", "b", "c"))
    ]


def test_what_is_said_of_another_ecosystem_or_in_other_words_is_another_row() -> None:
    why = "no data for its 2 packages (x)"
    made = rows(("a", lacks(why)), ("b", lacks(why, "JSR")), ("b", lacks("nothing is known of its 2 packages (x)")))
    assert len(made) == 3
    assert {g.why for g in made} == {why, "nothing is known of its 2 packages (x)"}


def test_of_dependencies_one_is_named() -> None:
    made = rows(
        *((name, Coverage("Cargo.lock", "failed", f"dependency {what} is not in the lock", needed=True))
          for name, what in (("a", "time 0.3.1"), ("b", "rand"), ("c", "ndarray 0.13.1")))
    )  # fmt: skip
    assert [g.why for g in made] == ["dependency ndarray 0.13.1 (and 2 others) is not in the lock"]


def test_repositories_that_cannot_be_read_for_one_reason_are_one_row() -> None:
    gaps = Gaps(None, ())
    gaps.add_unread("a", "the clone is broken")
    (one,) = gaps.gaps()
    assert (one.what, one.repositories) == ("a", ("a",))
    gaps.add_unread("b", "the clone is broken")
    gaps.add_unread("c", "too big")
    assert [(g.what, g.repositories) for g in gaps.gaps()] == [("repositories", ("a", "b")), ("c", ("c",))]


def test_what_the_policy_does_not_need_can_be_left_out() -> None:
    gaps = Gaps(None, ("conda",), every=False)
    gaps.add(["a"], [lacks("no data for its 2 packages")], [])
    assert gaps.gaps() == ()


words = st.sampled_from(
    ["dependency", "7zip-bin", "1,2", "12", "packages", "package", "(x)", "(y", ")", "5.2", "rand", "is"]
)
texts = st.one_of(st.text(max_size=40), st.lists(words, max_size=6).map(" ".join))


@given(st.lists(texts, min_size=1, max_size=8))
def test_every_repository_is_in_one_row_whatever_the_sentences_are(whys: list[str]) -> None:
    made = rows(*((f"r{at}", lacks(why)) for at, why in enumerate(whys)))
    assert sorted(name for gap in made for name in gap.repositories) == sorted(f"r{at}" for at in range(len(whys)))


def test_a_number_too_long_to_be_one_is_a_word() -> None:
    assert len(rows(("a", lacks("its " + "9" * 5000)), ("b", lacks("its 1")))) == 2
