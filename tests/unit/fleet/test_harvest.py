"""Readings are made once per content, stored while the run goes on, and one bad repository hides no other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from depscan.fleet.claims import claim
from depscan.fleet.engines.engine import Engine, Failed, Options, open_engine
from depscan.fleet.harvest import Harvest, Step
from depscan.fleet.sources.source import source_of
from depscan.fleet.task import Task
from depscan.fleet.task import work as real_work
from depscan.fleet.unit import Setup, key_of
from depscan.history.records import Night, Repository
from depscan.history.store import Store
from tests.unit.fleet.stored import settled

T = TypeVar("T")
SETUP = Setup("engine", "2026-11-29")


class Here:
    """An engine in this process, as a cluster whose workers cannot read this machine's files would be used."""

    def __init__(self, *, remote: bool) -> None:
        self.remote = remote
        self.sent: list[Any] = []

    def map(self, work: Callable[[T], str], items: Iterable[T]) -> Iterator[tuple[T, str | Failed]]:
        for item in items:
            self.sent.append(item)
            yield item, work(item)

    def close(self) -> None:
        pass


def dying(task: Task) -> str:
    """End this process, as a reader that crashes would: behind its claim."""
    if "bad" not in task.place or task.leave or (task.only and "bad" not in task.only):
        return real_work(task)
    key = key_of(source_of(task.place).load(task.place, "", ""), task.setup)
    if task.heed and not claim(task.room, key, f"{task.place} "):
        return real_work(task)
    os._exit(1)


def silent(task: Task) -> str:
    return f"not JSON of {task.place}"


def fleet(tmp_path: Path, **texts: str) -> list[Repository]:
    found = []
    for name, text in sorted(texts.items()):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "requirements.txt").write_text(text, "utf-8")
        found.append(Repository(name, str(tmp_path / name)))
    return found


def room(tmp_path: Path) -> str:
    made = tmp_path / f"room{len(list(tmp_path.iterdir()))}"
    made.mkdir()
    return str(made)


def harvest(
    tmp_path: Path, repositories: list[Repository], engine: Engine, work: Callable[[Task], str] = real_work
) -> tuple[Harvest, dict[str, str]]:
    told: dict[str, str] = {}

    def note(step: Step) -> None:
        told[step.name] = step.what

    with Store.open(str(tmp_path / "x.db"), write=True) as store:
        made = Harvest(store, engine, SETUP, room(tmp_path), note, work)
        made.run(repositories)
        night = Night(0, "2026-11-29T00:00:00Z", "", "", "", {}, "", {})
        store.publish(night, made.visits.values(), {}, "")
    return made, told


def local() -> Engine:
    return open_engine("local", Options(jobs=2, seconds=30))


@pytest.mark.parametrize("remote", [False, True])
def test_equal_repositories_are_read_once(tmp_path: Path, *, remote: bool) -> None:
    engine = Here(remote=remote)
    made, told = harvest(tmp_path, fleet(tmp_path, a="flask==3.0.0\n", b="flask==3.0.0\n", c="django==5.0\n"), engine)
    assert made.read == 2
    assert made.visits["a"].key == made.visits["b"].key != made.visits["c"].key
    assert told["b"] == "unchanged"
    assert all((one.bundle is not None) == remote for one in engine.sent)


@pytest.mark.parametrize("remote", [False, True])
def test_an_unchanged_repository_costs_a_look_and_a_touched_one_its_bytes(tmp_path: Path, *, remote: bool) -> None:
    repositories = fleet(tmp_path, a="flask==3.0.0\n", b="django==5.0\n")
    settled(tmp_path / "b")
    harvest(tmp_path, repositories, Here(remote=remote))
    engine = Here(remote=remote)
    assert harvest(tmp_path, repositories, engine)[0].read == 0
    assert engine.sent == []
    os.utime(tmp_path / "a" / "requirements.txt", (1, 1))
    again, told = harvest(tmp_path, repositories, engine)
    assert (again.read, told["a"], len(engine.sent)) == (0, "unchanged", 0 if remote else 1)


def test_what_cannot_be_read_is_told_and_hides_no_other(tmp_path: Path) -> None:
    gone = Repository("gone", str(tmp_path / "nowhere"))
    made, told = harvest(tmp_path, [*fleet(tmp_path, a="flask==3.0.0\n"), gone], local())
    assert "no such" in made.visits["gone"].problem
    assert told["gone"].startswith("unreadable: ")
    assert made.visits["a"].key


def test_workers_of_another_depscan_are_not_believed(tmp_path: Path) -> None:
    made, _ = harvest(tmp_path, fleet(tmp_path, a="flask==3.0.0\n"), Here(remote=True), silent)
    assert made.visits["a"].problem.startswith("another depscan answered")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_file_that_kills_its_readers_costs_only_itself_and_only_once(tmp_path: Path) -> None:
    repositories = fleet(tmp_path, bad1="flask==3.0.0\n", bad2="flask==3.0.0\n", good="django==5.0\n")
    for name in ("bad1", "bad2"):
        (tmp_path / name / "bad-requirements.txt").write_text("x==1\n", "utf-8")
    made, _ = harvest(tmp_path, repositories, local(), dying)
    assert [visit.problem for visit in made.visits.values()] == ["", "", ""]
    assert made.read == 2, "equal repositories are mended once"
    with Store.open(str(tmp_path / "x.db")) as store:
        rules = store.database.rows("SELECT rule, subject FROM finding WHERE rule LIKE 'coverage/%'")
    assert rules == [("coverage/crash", "bad-requirements.txt")]
    assert harvest(tmp_path, repositories, local(), dying)[0].read == 0


def test_a_reading_whose_time_is_over_is_made_anew_and_the_old_one_stays(tmp_path: Path) -> None:
    repositories = fleet(tmp_path, a="flask==3.0.0\n")
    harvest(tmp_path, repositories, local())
    with Store.open(str(tmp_path / "x.db"), write=True) as store:
        store.database.run("UPDATE reading SET until = '2026-11-29'")
        store.retire("2026-11-28")
        assert len(store.keys("2026-11-28")) == 1
        store.retire("2026-11-29")
    assert harvest(tmp_path, repositories, local())[0].read == 1
    with Store.open(str(tmp_path / "x.db")) as store:
        assert store.database.rows("SELECT COUNT(*) FROM reading") == [(2,)]
        assert store.database.rows("SELECT first, last, reading FROM state ORDER BY first") == [(1, 1, 1), (2, None, 2)]


@pytest.mark.parametrize("remote", [False, True])
def test_a_repository_that_goes_away_while_it_is_mended_ends_nothing(tmp_path: Path, *, remote: bool) -> None:
    class Losing(Here):
        def map(self, work: Callable[[T], str], items: Iterable[T]) -> Iterator[tuple[T, str | Failed]]:
            for item in items:
                if isinstance(item, Task) and item.place.endswith("bad"):
                    shutil.rmtree(item.place, ignore_errors=True)
                    yield item, Failed("died", fatal=True)
                else:
                    yield item, work(item)

    made, told = harvest(tmp_path, fleet(tmp_path, bad="flask==1\n", good="tomli==2\n"), Losing(remote=remote))
    assert told["bad"].startswith("unreadable: ")
    assert made.visits["good"].key
