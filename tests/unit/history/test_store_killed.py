"""Writers that are killed at any moment leave a store that is whole and says what was published last."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from depscan.history import read
from depscan.history.prune import prune
from depscan.history.store import Store
from tests.unit.history.nights import damage, dump, fleet, run

ROOT = Path(__file__).resolve().parents[3]
SIZE = 24


def members(night: int) -> dict[str, int | None]:
    """Return the fleet of a night: a third of its repositories change from one to the next."""
    return fleet(n + (night if n % 3 == night % 3 else 0) * 100 for n in range(SIZE))


WRITER = """\
import sys
from tests.unit.history.nights import run
from tests.unit.history.test_store_killed import members
place, night = sys.argv[1], int(sys.argv[2])
print("ready", flush=True)
while True:
    run(place, members(night), night % 28 + 1, "j" * (night % 3))
    print("published", flush=True)
    night += 1
"""
PRUNER = """\
import sys
from depscan.history.store import Store
from depscan.history.prune import prune
store = Store.open(sys.argv[1], write=True)
print("ready", flush=True)
prune(store.database, int(sys.argv[2]))
"""


def killed(program: str, place: str, number: int, seconds: float, lines: int = 1) -> None:
    """Run a program, and kill it so many seconds after it wrote so many lines."""
    argv = [sys.executable, "-c", program, place, str(number)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline()
        time.sleep(seconds)
        process.kill()


def count(place: str) -> int:
    """Return how many nights there are once a server has ended what it had been sent before its client was killed."""
    with Store.open(place, write=True) as store, store.database.transaction():
        return len(read.nights(store.database))


def test_a_killed_writer_leaves_the_last_night_that_was_published(place: Callable[[], str]) -> None:
    own = random.Random(5)
    where, undisturbed = place(), place()
    run(where, members(1), 2, "j")
    run(undisturbed, members(1), 2, "j")
    done = 1
    for lines in (2, 1, 1, 1, 2, 1, 1):
        killed(WRITER, where, done + 1, own.uniform(0, 0.3), lines)
        before, done = done, count(where)
        assert not damage(where)
        for night in range(before + 1, done + 1):
            run(undisturbed, members(night), night % 28 + 1, "j" * (night % 3))
        assert dump(where) == dump(undisturbed)
    assert done > 1


def test_a_killed_pruning_leaves_a_whole_store_and_the_next_one_goes_on(tmp_path: Path) -> None:
    own = random.Random(6)
    first, wanted = f"{tmp_path}/first.db", f"{tmp_path}/wanted.db"
    for night in range(1, 7):
        run(first, members(night), night, "j" * (night % 3))
    shutil.copy(first, wanted)
    with Store.open(wanted, write=True) as store:
        prune(store.database, 5)
    for at in range(6):
        place = f"{tmp_path}/{at}.db"
        shutil.copy(first, place)
        killed(PRUNER, place, 5, own.uniform(0, 0.04))
        assert not damage(place)
        with Store.open(place, write=True) as store:
            assert len(read.states(store.database, 6)) == SIZE
            prune(store.database, 5)
        assert dump(place) == dump(wanted)
