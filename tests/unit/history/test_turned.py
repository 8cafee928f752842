"""What came and went between two nights, where the plain rule has an edge."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from depscan.errors import StoreError
from depscan.history.holders import bits
from depscan.history.read import night_of
from depscan.history.sameness import label, marks, subject
from depscan.history.turned import turned
from depscan.history.turns import Turns, turns
from depscan.model.decision import Coverage
from depscan.model.finding import Finding
from depscan.policy.policy import Policy
from tests.nights import Fleet, Repo, finding

X1, X2 = "pkg:pypi/x@1.0", "pkg:pypi/x@2.0"


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def ask(fleet: Fleet) -> Turns:
    with fleet.open() as store:
        now = night_of(store.database).id
        return turns(store.database, turned(store.database, now - 1, now), Policy(), "2030-01-20")


def repo(*names: str, broken: str = "", findings: tuple[Finding, ...] = ()) -> Repo:
    gaps = (Coverage(broken, "failed", "is no TOML", needed=True),) if broken else ()
    return Repo({} if broken == "uv.lock" else {"uv.lock": [("app", name) for name in names]}, findings, gaps=gaps)


def test_a_version_that_moves_without_a_cure_makes_nothing_new_and_clears_nothing(fleet: Fleet) -> None:
    about = {X1: [finding(X1)], X2: [finding(X2)]}
    fleet.night({"a": repo("x==1.0")}, about)
    fleet.night({"a": repo("x==2.0")}, about)
    assert ask(fleet) == Turns()


def test_another_version_of_what_others_have_reaches_further_and_is_not_new(fleet: Fleet) -> None:
    about = {X1: [finding(X1)], X2: [finding(X2)]}
    fleet.night({"a": repo("x==1.0"), "b": repo("y==1")}, about)
    fleet.night({"a": repo("x==1.0"), "b": repo("x==2.0")}, about)
    found = ask(fleet)
    assert [(t.subject, t.repositories) for t in found.reached] == [(X2, ("b",))]
    assert found.new == ()


def test_what_a_broken_lock_said_is_neither_cleared_nor_new_again(fleet: Fleet) -> None:
    about = {X1: [finding(X1)]}
    fleet.night({"a": repo("x==1.0")}, about)
    fleet.night({"a": repo(broken="uv.lock")}, about)
    assert ask(fleet) == Turns()
    fleet.night({"a": repo("x==1.0")}, about)
    assert ask(fleet) == Turns()


def test_what_a_broken_list_said_counts_although_it_shares_a_graph(fleet: Fleet) -> None:
    about = {X1: [finding(X1)]}
    fleet.night({"a": Repo({"": [("app", "x==1.0")]})}, about)
    fleet.night({"a": Repo({}, gaps=(Coverage("requirements.txt", "failed", "is binary", needed=True),))}, about)
    assert ask(fleet) == Turns()


def test_a_repository_that_left_and_comes_back_unreadable_has_nothing(fleet: Fleet) -> None:
    about = {X1: [finding(X1)]}
    fleet.night({"a": repo("x==1.0"), "b": repo("y==1")}, about)
    fleet.night({"b": repo("y==1")}, about)
    assert [t.subject for t in ask(fleet).cleared] == [X1]
    fleet.night({"a": "closed", "b": repo("y==1")}, about)
    assert ask(fleet) == Turns()
    fleet.night({"a": repo("x==1.0"), "b": repo("y==1")}, about)
    assert [t.subject for t in ask(fleet).new] == [X1]


def test_an_owner_is_a_fleet_of_its_own(fleet: Fleet) -> None:
    about = {X1: [finding(X1)]}
    fleet.night({"a": repo("x==1.0"), "b": repo("y==1")}, about)
    fleet.night({"a": repo("x==1.0"), "b": repo("x==1.0")}, about)
    with fleet.open() as store:
        (own,) = (row[0] for row in store.database.rows("SELECT id FROM repository WHERE name = 'b'"))
        every, mine = turned(store.database, 1, 2), turned(store.database, 1, 2, {own})
    assert (len(every.new), len(every.reached)) == (0, 1)
    assert [list(bits(who)) for who in mine.new.values()] == [[own]]


def test_a_damaged_reading_is_said_to_be_one(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1.0")})
    fleet.night({"a": repo("x==2.0")})
    with sqlite3.connect(fleet.place) as link:
        link.execute("UPDATE reading SET more = x'00'")
    link.close()
    with pytest.raises(StoreError, match="is damaged"):
        ask(fleet)


def test_a_subject_is_known_without_its_version() -> None:
    assert subject("pkg:npm/%40acme/x@1.0?repository_url=r") == ("pkg:npm/%40acme/x?repository_url=r", "1.0")
    assert subject("packages/@acme/x.py") == ("packages/@acme/x.py", "")
    assert label("pkg:npm/%40acme/x@1.0%2Bcpu") == "@acme/x 1.0+cpu"
    assert label("a.py") == "a.py"


def test_without_an_advisory_the_message_without_the_version_tells_findings_apart() -> None:
    old, new = (
        list(finding(s, f"x {v} is loud; 11.0 decibel")._replace(ids=())) for s, v in ((X1, "1.0"), (X2, "2.0"))
    )
    assert marks(old) == marks(new) == [("trust/test", "pkg:pypi/x", "x  is loud; 11.0 decibel")]
