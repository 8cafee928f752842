"""A repository that ends its readers: the guilty files are found, told and left out; nothing else of it is lost."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from depscan.fleet.bundle import Bundle
from depscan.fleet.crash import mended
from depscan.fleet.engines.engine import Engine, Failed, Options, open_engine
from depscan.fleet.task import Task, answer_of
from depscan.fleet.task import names as real_names
from depscan.fleet.task import work as real_work
from depscan.fleet.unit import Setup

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

SETUP = Setup("engine", "2026-11-29")


def work(task: Task) -> str:
    """End this process for a file of a certain name, as a reader that crashes would."""
    left = {path for path, _ in task.leave}
    for path, _ in (task.bundle or Bundle("", "", ())).files:
        if "killer" in path and path not in left and task.only in {"", path}:
            os.kill(os.getpid(), signal.SIGKILL)
    return real_work(task)


def dying_names(task: Task) -> str:
    del task
    os._exit(1)


def task(*names: str) -> Task:
    files = tuple(sorted((name, b"flask==3.0.0\n") for name in names))
    return Task("repo", "", "", Bundle("t", "", files), SETUP, again="2026-12-06")


@pytest.fixture
def engine() -> Engine:
    return open_engine("local", Options(jobs=2, seconds=30))


def test_guilty_files_become_gaps_and_findings_and_the_others_are_read(engine: Engine) -> None:
    made = mended(
        engine, task("a/requirements.txt", "killer-requirements.txt", "z/killer.txt", "requirements.txt"), work
    )
    assert not isinstance(made, Failed)
    reading = answer_of(made).made()
    assert [part.packages for part in reading.parts] == [1]
    assert [(g.what, g.kind, g.needed) for g in reading.gaps if g.kind == "crash"] == [
        ("killer-requirements.txt", "crash", True),
        ("z/killer.txt", "crash", True),
    ]
    told = [f for f in reading.findings if f.rule == "coverage/crash"]
    assert [(f.subject, f.klass) for f in told] == [
        ("killer-requirements.txt", "coverage"),
        ("z/killer.txt", "coverage"),
    ]
    assert "status -9" in told[0].message
    assert reading.until == "2026-12-06", "tried again after a week"


def test_the_reading_has_the_key_of_all_files(engine: Engine) -> None:
    whole = answer_of(real_work(task("killer.txt", "requirements.txt")))
    made = mended(engine, task("killer.txt", "requirements.txt"), work)
    assert not isinstance(made, Failed)
    assert answer_of(made).key == whole.key == answer_of(made).made().key


def test_where_no_file_does_it_alone_the_whole_is_tried_once_more(engine: Engine) -> None:
    made = mended(engine, task("requirements.txt"), real_work)
    assert not isinstance(made, Failed)
    assert answer_of(made).made().gaps == []


def test_a_repository_that_cannot_even_be_listed_is_told(engine: Engine) -> None:
    made = mended(engine, task("requirements.txt"), work, dying_names)
    assert isinstance(made, Failed)
    assert made.fatal


def test_the_names_of_a_repository_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    assert json.loads(real_names(Task(str(tmp_path / "gone"), "", "", None, SETUP))) == []


def test_a_repository_of_killers_is_given_up_and_so_is_one_that_takes_too_long(engine: Engine) -> None:
    many = mended(engine, task(*(f"killer{i}.txt" for i in range(40))), work)
    assert isinstance(many, Failed)
    assert "killer0.txt among them" in many.why
    ticks = iter(range(1000))
    late = mended(engine, task(*(f"a{i}.txt" for i in range(40))), work, seconds=3, clock=lambda: float(next(ticks)))
    assert isinstance(late, Failed)
    assert "too few to find out" in late.why
