"""A night from folders to exit code: what is new, what is gone, what could not be judged, what is not asked twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from depscan.cli._nightly_text import as_json, as_text
from depscan.errors import PolicyError, UsageError
from depscan.fleet.match import unmatched
from depscan.fleet.shard import Shard
from depscan.history import read
from depscan.history.ruling import policy_of
from depscan.history.store import Store
from depscan.intel.store import open_index
from depscan.nightly import Done, Plan, nightly
from depscan.overview.gather import made_of
from depscan.policy.policy import load_policy

VULNERABLE = "jinja2==3.1.4\n"
CLEAN = "tomli==2.2.1\n"


def write(folder: Path, **texts: str) -> str:
    for name, text in texts.items():
        (folder / "mirrors" / name).mkdir(parents=True, exist_ok=True)
        (folder / "mirrors" / name / "requirements.txt").write_text(text, "utf-8")
    return str(folder / "mirrors")


def run(folder: Path, day: int = 1, **more: Any) -> Done:
    plan = Plan(store=str(folder / "x.db"), now=f"2026-11-{day:02}T01:00:00Z")
    return nightly([str(folder / "mirrors")], plan._replace(**more))


def states(folder: Path) -> dict[str, bool]:
    with Store.open(str(folder / "x.db")) as store:
        last = read.latest(store.database).id
        return {s.repository.name: s.reading is not None for s in read.states(store.database, last)}


def test_a_vulnerable_package_is_new_once_and_then_cleared(tmp_path: Path) -> None:
    write(tmp_path, c=CLEAN)
    before = run(tmp_path)
    assert (before.digest.previous, before.digest.new) == (0, 0)
    write(tmp_path, a=VULNERABLE, b=VULNERABLE)
    first = run(tmp_path)
    assert (first.repositories, first.read, first.unchanged, first.digest.exit_code) == (3, 1, 2, 1)
    assert first.digest.new == first.digest.blocked + first.digest.warned > 0
    assert {one.repositories for one in first.digest.news} == {2}
    second = run(tmp_path, 2)
    assert (second.read, second.digest.exit_code, second.digest.new) == (0, 1, 0)
    assert run(tmp_path, 3, new_only=True).digest.exit_code == 0
    write(tmp_path, c=VULNERABLE)
    further = run(tmp_path, 3, new_only=True).digest
    assert (further.exit_code, further.new, further.reached) == (1, 0, first.digest.new)
    write(tmp_path, c=CLEAN)
    assert run(tmp_path, 3).digest.freed == first.digest.new
    write(tmp_path, a=CLEAN, b=CLEAN)
    last = run(tmp_path, 4)
    assert (last.digest.exit_code, last.digest.blocked, last.digest.cleared) == (0, 0, first.digest.new)
    assert {one.repositories for one in last.digest.gone} == {2}


def test_what_nobody_reaches_any_more_blocks_nobody(tmp_path: Path) -> None:
    write(tmp_path, a=VULNERABLE)
    run(tmp_path)
    write(tmp_path, a=CLEAN)
    run(tmp_path, 2)
    assert run(tmp_path, 3).digest.exit_code == 0


def test_packages_are_judged_again_only_when_what_judges_them_changes(tmp_path: Path) -> None:
    write(tmp_path, a="my-own==1\n")
    policy = tmp_path / "depscan.toml"
    policy.write_text("", "utf-8")
    run(tmp_path, config=str(policy))
    marks = judged(tmp_path)
    run(tmp_path, 2, config=str(policy))
    assert judged(tmp_path) == marks
    policy.write_text("[names]\nprivate = ['my-own']\nprivate-indexes = ['https://index.example/simple']\n", "utf-8")
    third = run(tmp_path, 3, config=str(policy))
    assert judged(tmp_path) != marks
    assert third.read == 0
    assert [one.rule for one in third.digest.news] == ["name/private-from-elsewhere"]
    policy.write_text("[checks]\ndisable = ['names']\n", "utf-8")
    fourth = run(tmp_path, 4, config=str(policy))
    assert fourth.digest.cleared == 1


def judged(folder: Path) -> set[str]:
    with Store.open(str(folder / "x.db")) as store:
        return {row[0] for row in store.database.rows("SELECT judged FROM package")}


@pytest.mark.parametrize("trouble", [{"db": "missing.idx"}, {"max_db_age": 1}, {"names": "missing.idx"}])
def test_without_usable_data_a_night_is_published_and_earlier_findings_stay(
    tmp_path: Path, trouble: dict[str, object]
) -> None:
    write(tmp_path, a=VULNERABLE)
    first = run(tmp_path)
    write(tmp_path, b="flask==0.5\n")
    second = run(tmp_path, 2, **trouble)
    assert second.unjudged
    assert (second.digest.blocked, second.digest.exit_code) == (first.digest.blocked, 1)
    assert states(tmp_path) == {"a": True, "b": True}
    third = run(tmp_path, 3)
    assert not third.unjudged
    assert third.digest.blocked > first.digest.blocked


def test_a_first_night_without_usable_data_is_incomplete(tmp_path: Path) -> None:
    write(tmp_path, a=VULNERABLE)
    done = run(tmp_path, db="missing.idx")
    assert (done.digest.exit_code, done.snapshot) == (4, {})
    text = as_text(done)
    assert text.startswith("INCOMPLETE: night 1, 2026-11-01 01:00:00 UTC\n")
    assert "missing.idx" in text
    assert "Packages were not judged in this night" in text


def test_shards_of_one_store_leave_each_other_alone(tmp_path: Path) -> None:
    write(tmp_path, **{f"r{i}": f"tomli==2.{i}\n" for i in range(12)})
    counts = [run(tmp_path, at, shard=f"{at}/3").repositories for at in (1, 2, 3)]
    assert sum(counts) == 12
    assert states(tmp_path) == {f"r{i}": True for i in range(12)}
    assert run(tmp_path, 4).read == 0


def test_a_part_without_repositories_is_clean_and_a_fleet_without_packages_is_nothing(tmp_path: Path) -> None:
    write(tmp_path, a="")
    empty = next(at for at in (1, 2) if not Shard(at, 2).has("a"))
    assert run(tmp_path, shard=f"{empty}/2").digest.exit_code == 0
    assert run(tmp_path, 2).digest.exit_code == 3


def test_a_repository_that_is_gone_ends_and_one_that_cannot_be_read_makes_the_night_incomplete(tmp_path: Path) -> None:
    write(tmp_path, a=CLEAN, b=CLEAN, c=CLEAN)
    run(tmp_path)
    (tmp_path / "mirrors" / "c" / "requirements.txt").unlink()
    (tmp_path / "mirrors" / "c").rmdir()
    assert run(tmp_path, 2).digest.exit_code == 0
    assert states(tmp_path) == {"a": True, "b": True}


def test_a_fleet_without_repositories_is_no_night(tmp_path: Path) -> None:
    (tmp_path / "mirrors").mkdir()
    with pytest.raises(UsageError, match="no repositor"):
        run(tmp_path)
    assert not (tmp_path / "x.db").exists()


def test_a_night_is_looked_at_by_its_policy_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a=VULNERABLE)
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "fleet.toml").write_text("", "utf-8")  # another one of that name
    policy = tmp_path / "fleet.toml"
    policy.write_text('fail-on = ["malicious"]\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    run(tmp_path, config="fleet.toml")
    with Store.open(str(tmp_path / "x.db")) as store:
        night = read.latest(store.database)
    assert policy_of(night).path == "fleet.toml"
    for folder in ("else", "mirrors"):
        monkeypatch.chdir(tmp_path / folder)
        assert policy_of(night) == load_policy(str(policy))
    policy.unlink()
    with pytest.raises(PolicyError, match="it is the policy of the night"):
        policy_of(night)
    monkeypatch.chdir(tmp_path / "else")  # a store from another machine: as it was named
    assert policy_of(night).path == "fleet.toml"


def test_an_unused_exception_counts_the_same_in_the_figures_and_in_the_trend(tmp_path: Path) -> None:
    write(tmp_path, a=VULNERABLE)
    policy = tmp_path / "depscan.toml"
    policy.write_text('[[exception]]\nid = "CVE-1"\npackage = "x"\nreason = "r"\nowner = "o"\nexpires = "2027-01-01"\n')
    warned = run(tmp_path, config=str(policy)).digest.warned
    made = made_of(str(tmp_path / "x.db"), today="2026-11-01")
    assert any(one.rule == "policy/unused-exception" for one in made.findings)
    assert [point.warned for point in made.points] == [warned]


def test_an_expired_exception_blocks_where_the_policy_says_so(tmp_path: Path) -> None:
    write(tmp_path, a=CLEAN)
    policy = tmp_path / "depscan.toml"
    policy.write_text(
        "fail-on = ['policy']\n[[exception]]\nid = 'X-1'\nreason = 'r'\nowner = 'o'\nexpires = '2026-01-01'\n", "utf-8"
    )
    assert run(tmp_path, config=str(policy)).digest.exit_code == 1


def test_what_advisories_cannot_be_compared_with_comes_from_the_stored_census(tmp_path: Path) -> None:
    write(tmp_path, a="flask\n")
    done = run(tmp_path)
    assert [(one.kind, one.repositories) for one in done.digest.left] == [("unpinned", ("a",))]
    assert done.digest.exit_code == 4
    with Store.open(str(tmp_path / "x.db")) as store, open_index() as index:
        state = read.states(store.database, 1)[0]
        assert state.reading is not None
        gaps = unmatched(index, read.more(store.database, state.reading).census)
    assert [(gap.kind, gap.needed) for gap in gaps] == [("unpinned", True)]


def test_the_account_of_a_night_is_for_people_and_programs(tmp_path: Path) -> None:
    write(tmp_path, a=VULNERABLE, b=CLEAN)
    done = run(tmp_path)
    lines = as_text(done).splitlines()
    assert lines[0] == "BLOCKED: night 1, 2026-11-01 01:00:00 UTC"
    assert "  repositories  2: 2 read, 0 unchanged or alike, 0 unreadable" in lines
    assert "  findings      3 blocked, 0 warned of; the first night: there is none to compare it with" in lines
    assert [line for line in lines if line.startswith("  block ")] == [
        "  block high      jinja2 3.1.4: 3 advisories; move to jinja2 3.1.6; 1 repository"
    ]
    made = json.loads(as_json(done))
    assert (made["schema_version"], made["verdict"], made["exit_code"]) == (1, "blocked", 1)
    assert made["repositories"] == {"all": 2, "visited": 2, "read": 2, "unchanged": 0, "unreadable": []}
    assert made["new"] == []
    assert (made["worst"][0]["findings"], made["worst"][0]["repositories"]) == (3, 1)
    write(tmp_path, b="flask==0.5\n")
    text = as_text(run(tmp_path, 2))
    assert "New, the worst first:" in text
    assert "first night" not in text


def test_the_account_of_a_night_does_not_show_the_password_of_its_store(tmp_path: Path) -> None:
    write(tmp_path, a=CLEAN)
    done = run(tmp_path)._replace(store="postgresql://me:s3cret@db.example/nights")
    assert json.loads(as_json(done))["store"] == "postgresql://me:***@db.example/nights"
    assert "s3cret" not in as_text(done)


def test_advisories_of_yesterday_are_a_day_old(tmp_path: Path) -> None:
    write(tmp_path, a=CLEAN)
    done = run(tmp_path)
    assert ", 1 day old" in as_text(done._replace(snapshot={**done.snapshot, "age_days": 1}))


def test_names_of_strangers_are_harmless_on_a_terminal(tmp_path: Path) -> None:
    write(tmp_path, **{"a\x1b[31m": "flask==3.0.0\n"})
    (tmp_path / "mirrors" / "a\x1b[31m" / "poetry.lock").write_text("[[package\x1b", "utf-8")
    done = run(tmp_path)
    done = done._replace(digest=done.digest._replace(unreadable=(("a\x1b[31m", "\x1b]0;x\x07"),)))
    assert "\x1b" not in as_text(done)
    assert json.loads(as_json(done))["repositories"]["unreadable"][0]["name"] == "a\x1b[31m"
