"""An overview of small stores: what is new, what is cleared, since when, and what is never claimed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.errors import StoreError, UsageError
from depscan.history.read import night_of
from depscan.history.store import Store
from depscan.model.decision import Coverage
from depscan.model.finding import Severity
from depscan.overview.gather import gather, made_of
from depscan.policy.policy import Policy
from tests.unit.overview.made_nights import Fleet, brief, lock, reading, vulnerable

TORCH, JINJA = vulnerable("torch 2.4.0", fixed="2.6.0"), vulnerable("jinja2 3.0.0", "CVE-2")


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path)
    yield made
    made.store.close()


def test_on_the_first_night_nothing_is_new_and_nothing_moved(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("torch 2.4.0")}, TORCH)
    made = fleet.overview()
    assert (made.previous, made.moved, made.cleared) == ("", (), ())
    assert [brief(t) for t in made.findings] == [("pkg:pypi/torch@2.4.0", ("CVE-1",), False, "2030-01-01", ["a", "b"])]
    assert made.findings[0].hits[0].via == ("app", "torch 2.4.0")
    assert not any(h.new for h in made.findings[0].hits)
    assert (made.verdict, made.exit_code) == ("blocked", 1)


def test_a_new_advisory_is_new_and_what_was_known_is_not(fleet: Fleet) -> None:
    both = {"a": lock("torch 2.4.0", "jinja2 3.0.0")}
    fleet.night(both, TORCH)
    fleet.night(both, TORCH, JINJA)
    made = fleet.overview()
    assert {(t.name, t.new, t.since, t.hits[0].new) for t in made.findings} == {
        ("torch", False, "2030-01-01", False),
        ("jinja2", True, "2030-01-02", True),
    }
    assert made.moved == ()


def test_a_known_finding_that_reaches_one_more_repository_is_known_and_its_hit_is_new(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("x 1")}, TORCH)
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("torch 2.4.0")}, TORCH)
    (told,) = fleet.overview().findings
    assert not told.new
    assert [(h.repository, h.new, h.since) for h in told.hits] == [
        ("a", False, "2030-01-01"),
        ("b", True, "2030-01-02"),
    ]


def test_what_a_move_clears_is_cleared_and_the_move_is_told(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0", "x 1"), "gone": lock("y 1")}, TORCH)
    fleet.night({"a": lock("torch 2.6.0", "z 1"), "come": lock("y 1")})
    made = fleet.overview()
    assert [brief(t)[0] for t in made.cleared] == ["pkg:pypi/torch@2.4.0"]
    assert made.cleared[0].hits[0].via == ("app", "torch 2.4.0")
    assert [(m.repository, m.what, m.added, m.removed, m.moved) for m in made.moved] == [
        ("a", "changed", ("z 1",), ("x 1",), (("torch", "2.4.0", "2.6.0"),)),
        ("come", "new", (), (), ()),
        ("gone", "gone", (), (), ()),
    ]
    assert (made.verdict, made.exit_code, made.todo) == ("clean", 0, ())


def test_a_repository_that_cannot_be_read_clears_nothing_and_makes_the_night_incomplete(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("x 1")}, TORCH)
    fleet.night({"a": "no such folder", "b": lock("x 1")}, TORCH)
    made = fleet.overview()
    assert (made.findings, made.cleared) == ((), ())
    assert (made.verdict, made.exit_code) == ("incomplete", 4)
    assert [(g.what, g.needed, g.repositories) for g in made.gaps] == [("a", True, ("a",))]
    assert [(m.repository, m.what, m.problem) for m in made.moved] == [("a", "unreadable", "no such folder")]
    assert [m.problem for m in made.members] == ["no such folder", ""]


def test_what_was_known_before_a_repository_was_unreadable_is_not_new_when_it_is_read_again(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0")}, TORCH)
    fleet.night({"a": "broken"}, TORCH)
    fleet.night({"a": "gone away"}, TORCH)
    fleet.night({"a": lock("torch 2.4.0")}, TORCH)
    made = fleet.overview()
    (told,) = made.findings
    assert (told.new, told.since, told.hits[0].new) == (False, "2030-01-01", False)
    assert [m.what for m in made.moved] == ["readable"]


def test_a_package_that_left_and_came_back_is_reached_since_it_came_back(fleet: Fleet) -> None:
    for label in ("torch 2.4.0", "torch 2.6.0", "torch 2.4.0"):
        fleet.night({"a": lock(label)}, TORCH)
    (told,) = fleet.overview().findings
    assert (told.since, told.new) == ("2030-01-03", True)


def test_new_words_and_new_aliases_are_no_new_finding(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0")}, TORCH)
    again = TORCH._replace(ids=("GHSA-1", "CVE-1"), message="said otherwise", severity=Severity.CRITICAL)
    fleet.night({"a": lock("torch 2.4.0")}, again)
    made = fleet.overview()
    (told,) = made.findings
    assert (told.new, told.since, told.message, told.hits[0].new) == (False, "2030-01-01", "said otherwise", False)
    assert made.cleared == ()


def test_ids_are_equal_from_night_to_night_and_unique(fleet: Fleet) -> None:
    other = TORCH._replace(message="the same id, said twice")
    for _ in range(2):
        fleet.night({"a": lock("torch 2.4.0")}, TORCH, other, JINJA)
    first, second = fleet.overview(1), fleet.overview(2)
    ids = [t.id for t in first.findings]
    assert ids == [t.id for t in second.findings]
    assert len(set(ids)) == 2
    assert all(one.isalnum() for one in ids)


def test_each_file_of_a_repository_has_its_own_hit_with_the_path_in_it(fleet: Fleet) -> None:
    locks = {"a/uv.lock": {"app": ["torch 2.4.0"]}, "b/uv.lock": {"web": ["x 1"], "x 1": ["torch 2.4.0"]}}
    fleet.night({"a": reading("k", locks)}, TORCH)
    (told,) = fleet.overview().findings
    assert [(h.path, h.via) for h in told.hits] == [
        ("a/uv.lock", ("app", "torch 2.4.0")),
        ("b/uv.lock", ("web", "x 1", "torch 2.4.0")),
    ]


def test_an_older_night_is_shown_as_it_was(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0")}, TORCH)
    fleet.night({"a": lock("torch 2.6.0")})
    then = fleet.overview(1)
    assert (then.night[:10], len(then.findings), len(then.points)) == ("2030-01-01", 1, 1)
    assert then.findings == fleet.overview(1).findings


def test_a_night_is_named_by_number_or_day(fleet: Fleet) -> None:
    for _ in range(2):
        fleet.night({"a": lock("x 1")})
    database = fleet.store.database
    assert [night_of(database, text).id for text in ("1", "2030-01-01", "2030-02-09", "")] == [1, 1, 2, 2]
    for text in ("3", "2029-12-31"):
        with pytest.raises(UsageError, match=r"there are nights 1 \(2030-01-01\) to 2"):
            night_of(database, text)
    for text in ("2030-01", "yesterday", "٣"):
        with pytest.raises(UsageError, match="no number of a night and no day"):
            night_of(database, text)


def test_a_store_without_a_night_is_told(fleet: Fleet) -> None:
    with pytest.raises(StoreError, match="no night yet"):
        gather(fleet.store, Policy(), "2030-01-01")
    with pytest.raises(StoreError, match="no night yet"):
        made_of(fleet.place, today="2030-01-01", night="1")


def test_a_store_is_opened_by_its_name(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0")}, TORCH)
    made = made_of(fleet.place, today="2030-01-02")
    assert [t.name for t in made.findings] == ["torch"]
    with Store.open(fleet.place) as again:
        assert gather(again, Policy(), "2030-01-02").findings == made.findings


def test_a_lock_that_cannot_be_read_any_more_clears_nothing_and_is_not_new_when_it_can(fleet: Fleet) -> None:
    gap = Coverage("uv.lock", "failed", "not TOML", needed=True)
    broken = reading("broken", {"other.lock": {"app": ["y 2"]}}, gaps=[gap])
    whole = reading("whole", {"uv.lock": {"app": ["torch 2.4.0"]}, "other.lock": {"app": ["y 1"]}})
    fleet.night({"a": whole}, TORCH)
    fleet.night({"a": broken}, TORCH)
    made = fleet.overview()
    assert (made.findings, made.cleared, made.exit_code) == ((), (), 2)
    assert [(m.what, m.removed, m.moved, m.problem) for m in made.moved] == [
        ("changed", (), (("y", "1", "2"),), "cannot be read any more: uv.lock")
    ]
    fleet.night({"a": broken}, TORCH)
    assert fleet.overview().moved == ()
    fleet.night({"a": whole}, TORCH)
    made = fleet.overview()
    assert [brief(t) for t in made.findings] == [("pkg:pypi/torch@2.4.0", ("CVE-1",), False, "2030-01-01", ["a"])]
    assert not made.findings[0].hits[0].new
    assert [(m.added, m.moved) for m in made.moved] == [((), (("y", "2", "1"),))]


def test_a_file_that_never_could_be_read_hides_nothing_that_is_cleared_elsewhere(fleet: Fleet) -> None:
    gap = Coverage("samples/bad.lock", "failed", "not TOML", needed=True)
    fleet.night({"a": lock("torch 2.4.0", gaps=[gap])}, TORCH)
    fleet.night({"a": lock("torch 2.6.0", gaps=[gap])}, TORCH)
    assert [t.name for t in fleet.overview().cleared] == ["torch"]


def test_of_two_findings_that_share_an_alias_one_may_end_before_the_other(fleet: Fleet) -> None:
    both = (TORCH, TORCH._replace(ids=("GHSA-1", "CVE-1")))
    fleet.night({"a": lock("torch 2.4.0")}, *both)
    fleet.night({"a": lock("torch 2.4.0")}, TORCH)
    made = fleet.overview()
    assert [brief(t)[1:4] for t in made.findings] == [(("CVE-1",), False, "2030-01-01")]
    assert made.cleared == ()
