"""The engine of this machine: a killed, crashed or hanging worker loses nothing, and what kills twice is told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.fleet.engines.engine import Failed, Options, open_engine

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")


def work(item: str) -> str:
    """Do what an item says: ``die once PATH`` dies where there is no such file yet."""
    kind, _, rest = item.partition(" ")
    if kind == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "once" and not os.path.exists(rest):
        Path(rest).touch()
        os._exit(1)
    if kind == "hang":
        time.sleep(600)
    if kind == "spin":
        while True:
            pass
    if kind == "flood":
        _ = bytearray(4 << 30)
    if kind == "raise":
        raise KeyError(rest)
    if kind == "pid":
        return str(os.getpid())
    return item.upper()


def results(items: list[str], **options: float) -> dict[str, str | Failed]:
    engine = open_engine("local", Options(jobs=int(options.pop("jobs", 2)), **options))  # type: ignore[arg-type]
    made = list(engine.map(work, items))
    engine.close()
    assert len(made) == len(items), "each item once"
    return dict(made)


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_item_has_its_result(jobs: int) -> None:
    items = [f"a{i}" for i in range(20)]
    assert results(items, jobs=jobs) == {item: item.upper() for item in items}


def test_an_item_whose_worker_dies_once_is_worked_on_again(tmp_path: Path) -> None:
    item = f"once {tmp_path / 'met'}"
    assert results(["a", item, "b"]) == {"a": "A", item: item.upper(), "b": "B"}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("die", "status -9"),
        ("hang", "more than 1 seconds"),
        ("spin", "more than 1 seconds"),
        ("flood", "MiB of memory"),
    ],
)
def test_an_item_that_kills_twice_is_told_and_no_other_is_lost(bad: str, why: str, jobs: int) -> None:
    made = results(["a", bad, "b", "c"], jobs=jobs, seconds=1, memory=1 << 30)
    failed = made.pop(bad)
    assert isinstance(failed, Failed)
    assert failed.fatal
    assert why in failed.why
    assert made == {name: name.upper() for name in "abc"}


def test_an_item_that_raises_is_told_and_its_worker_goes_on() -> None:
    made = results(["raise x", "a"], jobs=1)
    assert made["raise x"] == Failed("a defect of depscan stopped the reading: KeyError: 'x'", fatal=False)
    assert made["a"] == "A"


def test_a_worker_that_is_ended_while_it_has_nothing_to_do_loses_nothing() -> None:
    engine = open_engine("local", Options(jobs=1))

    def items() -> Iterator[str]:
        yield "pid 1"
        yield "pid 2"

    made = engine.map(work, items())
    _, pid = next(made)
    os.kill(int(str(pid)), signal.SIGKILL)
    while os.path.exists(f"/proc/{pid}/exe"):
        time.sleep(0.01)
    assert [item for item, result in made if not isinstance(result, Failed)] == ["pid 2"]
    engine.close()


def test_items_are_taken_as_workers_become_free() -> None:
    engine, taken = open_engine("local", Options(jobs=1)), []

    def items() -> Iterator[str]:
        for number in range(100):
            taken.append(number)
            yield str(number)

    made = engine.map(work, items())
    next(made)
    assert len(taken) <= 4
    engine.close()
    assert list(made) == []


def test_closing_ends_the_workers() -> None:
    engine = open_engine("local", Options(jobs=2))
    made = engine.map(work, ["pid", "hang", "hang"])
    _, pid = next(made)
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(pid)), 0)


def test_the_engine_of_this_machine_has_no_address() -> None:
    with pytest.raises(UsageError, match="no address"):
        open_engine("local://somewhere", Options())
