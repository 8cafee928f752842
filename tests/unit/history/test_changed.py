"""What changed between nights: repositories, packages, findings, and what only seems to have changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.history.asked import label
from depscan.history.changed import Changes, changed
from depscan.history.read import night_of
from depscan.model.finding import Finding
from tests.nights import Fleet, Repo, finding


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def ask(fleet: Fleet, night: str = "", since: str = "") -> Changes:
    with fleet.open() as store:
        before = night_of(store.database, since) if since else None
        return changed(store.database, night_of(store.database, night), before)


def repo(*names: str, findings: tuple[Finding, ...] = ()) -> Repo:
    return Repo({"uv.lock": [("app", name) for name in names]}, findings)


def test_the_first_night_has_nothing_to_be_compared_with(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1")})
    assert ask(fleet)[0] is None


def test_a_night_that_says_the_same_changes_nothing(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1"), "b": "closed"})
    fleet.night({"a": repo("x==1"), "b": "closed for other reasons"})
    found = ask(fleet)
    assert (found.repositories, found.arrived, found.left) == ((), (), ())
    assert not any(found.findings)


def test_each_kind_of_change_of_a_repository_has_its_name(fleet: Fleet) -> None:
    same = repo("x==1")
    fleet.night({"gone": same, "lost": same, "back": "closed", "moved": same, "touched": same, "same": same})
    now: dict[str, Repo | str] = {"new": same, "lost": "closed", "back": same, "moved": repo("x==2"), "same": same}
    fleet.night({**now, "touched": same._replace(revision="2" * 40)})
    found = ask(fleet)
    told = [(one.what, one.repository.name, one.problem) for one in found.repositories]
    assert told == [
        ("new", "new", ""),
        ("gone", "gone", ""),
        ("unreadable", "lost", "closed"),
        ("readable", "back", ""),
        ("changed", "moved", ""),
        ("revision", "touched", ""),
    ]
    assert found.repositories[-1].revisions == ("1" * 40, "2" * 40)


def test_versions_that_moved_are_told_apart_from_packages_that_came_and_went(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1", "y==9", "y==10", "out==1", "z==1", "z==2")})
    fleet.night({"a": repo("x==2", "y==11", "y==12", "in==1", "z==3")})
    (one,) = ask(fleet).repositories
    moved = [(m.name, m.before, m.now) for m in one.moved]
    assert moved == [("x", "1", "2"), ("y", "9", "11"), ("y", "10", "12")]
    assert list(map(label, one.added)) == ["in 1", "z 3"]
    assert list(map(label, one.removed)) == ["out 1", "z 1", "z 2"]


def test_a_package_is_new_only_when_nobody_had_it(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1"), "b": repo("y==1"), "c": repo("old==1")})
    fleet.night({"a": repo("x==1"), "b": repo("y==1"), "c": repo("x==1")})
    fleet.night({"a": repo("y==1", "z==1"), "b": repo("y==1"), "c": repo("x==1", "old==1")})
    found = ask(fleet)
    assert [(label(one.package), one.again, one.repositories) for one in found.arrived] == [
        ("old 1", True, ("c",)),
        ("z 1", False, ("a",)),
    ]
    assert found.left == ()
    assert [label(node) for node in ask(fleet, "2").left] == ["old 1"]


def test_what_an_unreadable_repository_had_has_neither_left_nor_is_it_new_again(fleet: Fleet) -> None:
    says = (finding("a.py"),)
    about = {"pkg:pypi/x@1": [finding("pkg:pypi/x@1", mark="X-2")]}
    fleet.night({"a": repo("x==1", findings=says), "b": repo("x==1")}, about)
    fleet.night({"a": "closed", "b": repo("y==1")}, about)
    lost = ask(fleet)
    assert (lost.left, lost.findings.cleared) == ((), ())
    assert [one.repositories for one in lost.findings.freed] == [("b",)]
    fleet.night({"a": repo("x==1", "z==1", findings=says), "b": repo("y==1")}, about)
    back = ask(fleet)
    assert [label(one.package) for one in back.arrived] == ["z 1"]
    assert (back.findings.new, back.findings.reached) == ((), ())
    assert list(map(label, back.repositories[0].added)) == ["z 1"]


def test_what_became_known_while_a_repository_could_not_be_read_is_new_when_it_is_back(fleet: Fleet) -> None:
    about = {"pkg:pypi/x@1": [finding("pkg:pypi/x@1")]}
    fleet.night({"a": repo("x==1")})
    fleet.night({"a": "closed"}, about)
    assert ask(fleet).findings.new == ()
    fleet.night({"a": repo("x==1")}, about)
    assert [(one.subject, one.repositories) for one in ask(fleet).findings.new] == [("pkg:pypi/x@1", ("a",))]


def test_what_was_never_told_is_not_cleared(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1"), "b": repo("w==1")})
    fleet.night({"a": "closed", "b": repo("w==1")}, {"pkg:pypi/x@1": [finding("pkg:pypi/x@1")]})
    fleet.night({"b": repo("w==1")})
    assert ask(fleet).findings.cleared == ()


def test_a_finding_is_new_for_the_fleet_or_only_reaches_further(fleet: Fleet) -> None:
    about = {"pkg:pypi/x@1": [finding("pkg:pypi/x@1")], "pkg:pypi/y@1": [finding("pkg:pypi/y@1")]}
    fleet.night({"a": repo("x==1"), "b": repo("w==1")}, about)
    fleet.night({"a": repo("x==1"), "b": repo("x==1", "y==1")}, about)
    found = ask(fleet).findings
    assert [(one.subject, one.repositories, one.cause) for one in found.new] == [
        ("pkg:pypi/y@1", ("b",), "repositories")
    ]
    assert [(one.subject, one.repositories) for one in found.reached] == [("pkg:pypi/x@1", ("b",))]


def test_a_new_advisory_names_everybody_it_reaches(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1"), "b": repo("x==1"), "c": repo("y==1")})
    fleet.night({"a": repo("x==1"), "b": repo("x==1"), "c": repo("y==1")}, {"pkg:pypi/x@1": [finding("pkg:pypi/x@1")]})
    (one,) = ask(fleet).findings.new
    assert (one.subject, one.repositories, one.cause) == ("pkg:pypi/x@1", ("a", "b"), "advisories")
    fleet.night({"a": repo("x==1"), "b": repo("x==1"), "c": repo("y==1")})
    (gone,) = ask(fleet).findings.cleared
    assert (gone.subject, gone.repositories, gone.cause) == ("pkg:pypi/x@1", ("a", "b"), "advisories")


def test_a_finding_about_a_package_that_nobody_has_is_not_told(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1")})
    fleet.night({"a": repo("y==1")})
    fleet.night({"a": repo("y==1")}, {"pkg:pypi/x@1": [finding("pkg:pypi/x@1")]})
    assert not any(ask(fleet).findings)


def test_a_reworded_advisory_is_no_new_finding(fleet: Fleet) -> None:
    fleet.night({"a": repo("x==1")}, {"pkg:pypi/x@1": [finding("pkg:pypi/x@1", "is bad")]})
    fleet.night({"a": repo("x==1")}, {"pkg:pypi/x@1": [finding("pkg:pypi/x@1", "is very bad")]})
    assert not any(ask(fleet).findings)


def test_findings_of_files_are_compared_by_fingerprint_and_subject(fleet: Fleet) -> None:
    first, second = finding("a.py"), finding("b.py", mark="X-9")
    fleet.night({"a": repo("x==1", findings=(first,)), "b": repo("x==1", findings=(first,))})
    fleet.night({"a": repo("x==1", findings=(second,)), "b": repo("x==1", findings=(first,))})
    found = ask(fleet).findings
    assert [(one.subject, one.repositories) for one in found.new] == [("b.py", ("a",))]
    assert [(one.subject, one.repositories) for one in found.freed] == [("a.py", ("a",))]
    assert (found.reached, found.cleared) == ((), ())


def test_a_whole_week_can_be_looked_at_together(fleet: Fleet) -> None:
    for version in "123":
        fleet.night({"a": repo(f"x=={version}")})
    (one,) = ask(fleet, since="2030-01-01").repositories
    assert [(m.before, m.now) for m in one.moved] == [("1", "3")]
    (last,) = ask(fleet).repositories
    assert [(m.before, m.now) for m in last.moved] == [("2", "3")]


def test_what_came_and_went_in_between_is_no_change(fleet: Fleet) -> None:
    for names in (("x==1",), ("x==2",), ("x==1",)):
        fleet.night({"a": repo(*names)})
    assert ask(fleet, since="1").repositories == ()
