"""Releases younger than the policy allows, from the upload times that the lock carries."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.api import Options, scan
from depscan.checks.check import Before
from depscan.checks.cooldown import CHECK
from depscan.errors import PolicyError
from depscan.model.cooldown import CooldownOptions
from depscan.model.decision import Coverage
from depscan.model.finding import Finding
from depscan.model.package import File, Package
from depscan.policy.policy import load_policy
from tests.unit.checks.facts import context, document, outcome, package
from tests.unit.difference.projects import NOW, OLD, Project, entry, lock, rules

WEEK = CooldownOptions(days=7)
YOUNG = "2026-03-12T23:59:59Z"


def aged(name: str, upload: str, version: str = "1", **more: str) -> Package:
    return package(name, version, files=(File("https://files.example/x", "", -1, upload),), **more)


def run(*packages: Package, options: CooldownOptions = WEEK, now: str = NOW) -> tuple[list[Finding], list[Coverage]]:
    return outcome(CHECK, context(document(*packages))._replace(cooldown=options, now=now))


def test_a_young_release_is_held_until_a_date() -> None:
    [found], _ = run(aged("a", YOUNG))
    assert found.message == "uploaded 3 days ago; held until 2026-03-19 (7 days)"
    assert found.klass == "trust"


def test_the_day_named_is_the_first_that_passes() -> None:
    assert run(aged("a", YOUNG), now="2026-03-18T23:59:59Z")[0] != []
    assert run(aged("a", YOUNG), now="2026-03-19T00:00:00Z")[0] == []


def test_nothing_is_held_unless_the_policy_says_so() -> None:
    assert run(aged("a", YOUNG), package("b"), options=CooldownOptions()) == ([], [])


def test_the_name_decides_before_the_index_and_the_index_before_all() -> None:
    options = CooldownOptions(7, (("My_Own", 0), ("slow", 90)), (("https://own.example/simple/", 0),))
    own = aged("x", YOUNG, registry="https://own.example/simple")
    found, _ = run(aged("my-own", YOUNG), aged("slow", OLD), own, aged("y", YOUNG), options=options)
    assert [f.subject for f in found] == ["pkg:pypi/slow@1", "pkg:pypi/y@1"]


def test_a_file_added_later_makes_an_old_release_young() -> None:
    files = tuple(File("https://files.example/x", "", -1, time) for time in (OLD, YOUNG))
    assert len(run(package("a", files=files))[0]) == 1


def test_an_unknown_age_is_said_and_needed_only_when_the_policy_needs_it() -> None:
    for upload in ("", "yesterday"):
        [], [gap] = run(aged("a", upload))
        assert (gap.kind, gap.needed) == ("age", False)
        assert "no upload time for 1 package (a)" in gap.why
    assert run(package("a"), options=WEEK._replace(needed=True))[1][0].needed


def test_what_has_no_release_has_no_age() -> None:
    assert run(package("a", None), package("b", source="git"), package("c", source="local")) == ([], [])


def test_a_date_beyond_the_calendar_is_no_crash() -> None:
    [found], _ = run(aged("a", "9999-12-31T00:00:00Z"))
    assert "held until the end of time" in found.message


def test_the_newest_version_that_is_old_enough_is_named() -> None:
    before = document(aged("a", OLD, "1.9"), aged("a", OLD, "1.10"), aged("a", YOUNG, "1.11"))
    graph = context(before).graph
    given = context(document(aged("a", YOUNG, "2")))._replace(cooldown=WEEK, now=NOW, before=Before(graph, [before]))
    [found], _ = outcome(CHECK, given)
    assert found.fix == "use a 1.10, which is old enough, until 2026-03-19"


def test_a_policy_with_a_cooldown_blocks_and_the_time_of_the_scan_decides(project: Project) -> None:
    project.policy("[cooldown]\ndays = 7\n")
    (project.base / "uv.lock").write_text(lock(entry("calm", "1", upload=YOUNG)), "utf-8")
    options = Options(db=str(project.folder / "db"), now=NOW)
    assert scan([str(project.base)], options).exit_code == 1
    assert scan([str(project.base)], options._replace(now="2026-04-01T00:00:00Z")).exit_code == 0


def test_a_young_fix_passes_with_a_note(project: Project) -> None:
    project.policy("[cooldown]\ndays = 7\n")
    project.locks(lock(entry("alpha", "1")), lock(entry("alpha", "2", upload=YOUNG)))
    found = project.diff()
    assert (found.result.exit_code, rules(found)) == (0, {})
    [note] = [c for c in found.result.coverage if c.kind == "cooldown"]
    assert "it clears PYSEC-1 and was not compared with the one before" in note.why


def test_a_young_release_after_the_fix_clears_nothing(project: Project) -> None:
    project.policy("[cooldown]\ndays = 7\n")
    project.locks(lock(entry("alpha", "2")), lock(entry("alpha", "3", upload=YOUNG)))
    assert rules(project.diff()) == {"trust/cooldown": "block"}


def test_a_policy_may_hold_fixes_too(project: Project) -> None:
    project.policy('[cooldown]\ndays = 7\nfixes = "hold"\n')
    project.locks(lock(entry("alpha", "1")), lock(entry("alpha", "2", upload=YOUNG)))
    assert rules(project.diff()) == {"trust/cooldown": "block"}


def test_in_a_plain_scan_a_fix_is_the_very_version_that_fixed_something(project: Project) -> None:
    project.policy("[cooldown]\ndays = 7\n")
    options = Options(db=str(project.folder / "db"), now=NOW)
    for version, code in (("2", 0), ("2.0.0", 0), ("2.1", 1)):
        (project.base / "uv.lock").write_text(lock(entry("alpha", version, upload=YOUNG)), "utf-8")
        assert scan([str(project.base)], options).exit_code == code, version


def test_one_young_release_for_another_is_judged_again(project: Project) -> None:
    project.policy("[cooldown]\ndays = 7\n")
    project.locks(lock(entry("calm", "1", upload=YOUNG)), lock(entry("calm", "2", upload=YOUNG)))
    assert rules(project.diff()) == {"trust/cooldown": "block"}
    project.locks(lock(entry("calm", "2", upload=YOUNG)), lock(entry("calm", "2", upload=YOUNG)))
    assert rules(project.diff()) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[cooldown]\ndays = -1\n", "cooldown.days: should be a number of days"),
        ("[cooldown]\nday = 1\n", "cooldown.day: unknown key"),
        ("[cooldown]\npackages = 1\n", "cooldown.packages: should be a table"),
        ('[cooldown.packages]\na = "7"\n', "cooldown.packages.a: should be a number of days"),
        ('[cooldown]\nfixes = "maybe"\n', "cooldown.fixes: is not known"),
        ("[cooldown]\nneeded = 1\n", "cooldown.needed: should be true or false"),
    ],
)
def test_a_wrong_policy_is_an_error_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "depscan.toml").write_text(text, "utf-8")
    with pytest.raises(PolicyError, match=message):
        load_policy(str(tmp_path / "depscan.toml"))


def test_a_whole_policy_is_read(tmp_path: Path) -> None:
    text = (
        '[cooldown]\ndays = 7\nneeded = true\n[cooldown.packages]\na = 0\n[cooldown.indexes]\n"https://i.example" = 1\n'
    )
    (tmp_path / "depscan.toml").write_text(text, "utf-8")
    made = load_policy(str(tmp_path / "depscan.toml")).cooldown
    assert made == CooldownOptions(7, (("a", 0),), (("https://i.example", 1),), "allow", needed=True)
