"""What a worker of a cluster does with a batch, here without a cluster: the processes are real."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path
from typing import Any

import pytest

from depscan.fleet.engines._batch import Order, Told, run_batch, stop
from depscan.fleet.engines._identity import identity, teller
from tests.e2e.cluster_work import Item, work


def order(run: str = "r", *, seconds: float = 60.0, who: str = "", function: bytes = b"") -> Order:
    start = pickle.dumps((function or pickle.dumps(work), 1 << 30, seconds))
    return Order(run, who or identity(), start, seconds)


def batch(made: Order, *items: Any) -> list[Told]:
    return run_batch(made, [pickle.dumps(item) for item in items])


def test_items_are_answered_in_order_and_those_that_fail_say_why() -> None:
    told = batch(order(), Item(0), Item(1, "raise"), Item(2, "eat"), Item(3, "die"), Item(4))
    assert told == [
        ("done", work(Item(0))),
        ("failed", "a defect of depscan stopped the reading: ValueError: no such \N{SNOWMAN}"),
        ("fatal", "reading it takes more than 1024 MiB of memory"),
        ("fatal", "the process that read it ended with status -9"),
        ("done", work(Item(4))),
    ]


def test_an_item_that_takes_too_long_is_ended() -> None:
    told = batch(order(seconds=0.2), Item(0, "hang"))
    assert told == [("fatal", "reading it took more than 0.2 seconds")]


def test_an_item_that_died_once_is_done_in_a_new_process(tmp_path: Path) -> None:
    path = str(tmp_path / "seen")
    assert batch(order(seconds=0.5), Item(0, "hold", path)) == [("done", work(Item(0)))]


def test_a_worker_that_is_another_depscan_does_nothing() -> None:
    assert batch(order(who="depscan 0"), Item(0), Item(1)) == [("differs", f"it is {identity()}")]


def test_a_worker_that_lacks_the_work_says_so() -> None:
    kind, why = batch(order(function=b"cno_such_module\nwork\n."), Item(0))[0]
    assert (kind, why) == ("differs", "it cannot load the work: ModuleNotFoundError: No module named 'no_such_module'")


@pytest.mark.parametrize("late", [False, True])
def test_a_run_that_is_called_off_ends_its_process(tmp_path: Path, *, late: bool) -> None:
    held = tmp_path / "held"
    name = f"called off {late}"

    def call_off() -> None:
        while late and not held.exists():
            pass
        stop(name)

    caller = threading.Thread(target=call_off)
    caller.start()
    if not late:
        caller.join()
    assert batch(order(name), Item(0, "hold", str(held)), Item(1)) == [("stopped", "the run was called off")]
    caller.join()


def test_who_somebody_is_can_be_told_where_it_is_sent() -> None:
    assert teller()() == identity()
    assert identity().startswith("depscan ")
