"""Whoever is killed in a night, and whenever: the next run goes on, and what the store says in the end is the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Installed
from tests.e2e.nights import children, content, is_alive, kills, make_fleet, start

_WITHOUT_POWERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""Root may write everything, whatever the permissions of files say."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")


def command(depscan: Installed, *words: str) -> list[str]:
    return [str(depscan.command), "nightly", "mirrors", "--jobs", "2", *words]


@pytest.fixture
def fleet(depscan: Installed) -> Path:
    make_fleet(depscan.cwd / "mirrors", 60)
    return depscan.cwd


def test_killed_runs_and_workers_leave_the_same_store_as_undisturbed_ones(depscan: Installed, fleet: Path) -> None:
    assert depscan("nightly", "mirrors", "--store", "calm.db").code == 1
    wanted = content(fleet / "calm.db")
    assert [len(wanted["state"]), len(wanted["reading"])] == [60, 54]
    assert kills(command(depscan), fleet, wanted, 8, random.Random(8)) >= 1


@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_so_keeps_what_it_read_and_leaves_nobody_behind(
    depscan: Installed, fleet: Path, polite: signal.Signals
) -> None:
    run = start(command(depscan, "--verbose", "--store", "x.db"), fleet)
    assert run.stderr is not None
    assert b"read" in run.stderr.readline()
    workers = children(run.pid)
    run.send_signal(polite)
    _, told = run.communicate()
    assert run.returncode == 130, told
    assert "is kept; the same command goes on from there" in told.decode()
    assert not any(is_alive(pid) for pid in workers)
    assert not list(fleet.glob("depscan-night-*"))
    again = depscan("nightly", "mirrors", "--store", "x.db")
    assert again.code == 1
    assert "60: 54 read" not in again.out
    depscan("nightly", "mirrors", "--store", "calm.db")
    assert content(fleet / "x.db") == content(fleet / "calm.db")


def test_two_runs_at_once_double_nothing(depscan: Installed, fleet: Path) -> None:
    runs = [start(command(depscan, "--store", "x.db"), fleet) for _ in range(2)]
    for run in runs:
        _, told = run.communicate()
        assert run.returncode == 1, told
    depscan("nightly", "mirrors", "--store", "calm.db")
    assert content(fleet / "x.db") == content(fleet / "calm.db")


def test_a_file_that_nobody_comes_to_the_end_of_costs_only_itself(depscan: Installed) -> None:
    repository = depscan.cwd / "mirrors" / "big"
    repository.mkdir(parents=True)
    entries = {f"node_modules/a{i}": {"version": f"1.{i}", "dependencies": {f"a{i + 1}": "1"}} for i in range(150_000)}
    lock = {"name": "x", "lockfileVersion": 3, "packages": {"": {"dependencies": {"a0": "1"}}, **entries}}
    (repository / "package-lock.json").write_text(json.dumps(lock), "utf-8")
    (repository / "requirements.txt").write_text("jinja2==3.1.4\n", "utf-8")
    run = depscan("nightly", "mirrors", "--seconds", "2", "--format", "json")
    assert run.code == 1
    made = json.loads(run.out)
    crash = next(one for one in made["worst"] if one["rule"] == "coverage/crash")
    assert (crash["subject"], crash["action"]) == ("package-lock.json", "warn")
    assert "took more than 2 seconds" in crash["message"]
    assert any("jinja2" in one["subject"] for one in made["worst"]), "the rest of the repository is judged"
    assert [one["kind"] for one in made["not_looked_at"]] == ["crash"]
    assert depscan("explain", "coverage/crash").code == 0


@pytest.mark.skipif(not shutil.which("prlimit"), reason="needs prlimit")
def test_a_full_disk_is_told_and_what_was_there_can_be_read(depscan: Installed, fleet: Path) -> None:
    small = ["prlimit", f"--fsize={200 << 10}", *command(depscan, "--store", "full.db")]
    run = start(small, fleet)
    _, told = run.communicate()
    assert run.returncode == 4, told
    assert "full.db: the store cannot be used" in told.decode()
    assert b"Traceback" not in told
    assert depscan("nightly", "mirrors", "--store", "full.db").code == 1
    depscan("nightly", "mirrors", "--store", "calm.db")
    assert content(fleet / "full.db") == content(fleet / "calm.db")


@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv")
def test_a_read_only_store_is_told_and_stays_as_it_is(depscan: Installed, fleet: Path) -> None:
    depscan("nightly", "mirrors", "--store", "x.db")
    before = (fleet / "x.db").read_bytes()
    for path in (fleet, *fleet.glob("x.db*")):
        path.chmod(path.stat().st_mode & ~0o222 | 0o555)
    run = start([*_WITHOUT_POWERS, *command(depscan, "--store", "x.db")], fleet)
    _, told = run.communicate()
    fleet.chmod(0o755)
    assert run.returncode == 4, told
    assert b"x.db: the store cannot be used" in told
    assert (fleet / "x.db").read_bytes() == before
    for path in fleet.glob("x.db*"):
        path.chmod(0o644)
    assert depscan("nightly", "mirrors", "--store", "x.db").code == 1
