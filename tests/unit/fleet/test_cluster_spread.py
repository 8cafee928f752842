"""How items are spread over a cluster: a fake one that works in this process and dies when it is told to."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from depscan.errors import EngineError, UsageError
from depscan.fleet.engines._batch import Order, Told
from depscan.fleet.engines._spread import PER_SLOT, Bounds, spread
from depscan.fleet.engines.engine import Failed, Options


def double(item: int) -> str:
    """Return twice an item."""
    return str(2 * item)


def unpickled(data: bytes) -> Any:
    """Return what this test pickled."""
    return pickle.loads(data)  # noqa: S301


class Fake:
    """A cluster of two places; ``deaths`` says how often the worker of a batch with an item dies."""

    def __init__(self, deaths: dict[int, int] | None = None, answers: list[Told] | None = None) -> None:
        self.deaths = Counter(deaths or {})
        self.answers = answers
        self.batches: list[list[Any]] = []
        self.waiting: dict[int, list[Any]] = {}
        self.cancelled: list[Any] = []
        self.most = 0
        self._number = count()

    def slots(self) -> int:
        return 2

    def submit(self, order: Order, items: list[bytes]) -> int:
        assert unpickled(unpickled(order.start)[0]) is double
        handle = next(self._number)
        self.waiting[handle] = [unpickled(item) for item in items]
        self.batches.append(self.waiting[handle])
        self.most = max(self.most, len(self.waiting))
        return handle

    def finished(self, handles: list[int], seconds: float) -> list[tuple[int, list[Told] | str]]:
        if not seconds:
            return []
        handle = handles[-1]
        items = self.waiting.pop(handle)
        for item in items:
            if isinstance(item, int) and self.deaths[item]:
                self.deaths[item] -= 1
                return [(handle, "status -9")]
        return [(handle, self.answers or [("done", double(item)) for item in items])]

    def cancel(self, run: str, handles: list[int]) -> None:
        self.cancelled += [run, *handles]


def run(cluster: Fake, items: Any, bounds: Bounds | None = None) -> list[tuple[Any, str | Failed]]:
    return list(spread(cluster, double, items, Options(batch=10), "me", bounds or Bounds()))


def test_every_item_is_told_once_and_batches_are_full_but_the_last() -> None:
    cluster = Fake()
    assert sorted(run(cluster, range(95))) == [(i, str(2 * i)) for i in range(95)]
    assert [len(b) for b in cluster.batches] == [10] * 9 + [5]
    assert cluster.most == 2 * PER_SLOT
    assert run(Fake(), []) == []


def test_a_batch_whose_worker_died_is_sent_again_whole() -> None:
    cluster = Fake(deaths={3: 1})
    assert len(run(cluster, range(20))) == 20
    assert [len(b) for b in cluster.batches] == [10, 10, 10]


def test_a_batch_that_died_twice_is_sent_item_by_item() -> None:
    cluster = Fake(deaths={3: 3})
    assert dict(run(cluster, range(20))) == {i: double(i) for i in range(20)}
    assert [len(b) for b in cluster.batches] == [10, 10, 10, *[1] * 11]


def test_an_item_whose_worker_dies_twice_is_given_up_and_nothing_else() -> None:
    told = dict(run(Fake(deaths={3: 99}), range(20)))
    assert told.pop(3) == Failed("status -9", fatal=True)
    assert told == {i: double(i) for i in range(20) if i != 3}


def test_a_failed_item_says_why_and_whether_it_is_to_blame() -> None:
    answers = [("failed", "ValueError: x"), ("fatal", "late")]
    told = run(Fake(answers=answers), [1, 2])
    assert told == [(1, Failed("ValueError: x")), (2, Failed("late", fatal=True))]


def test_a_worker_of_another_depscan_ends_the_run() -> None:
    with pytest.raises(UsageError, match=r"it is depscan 0.*every worker must be me"):
        run(Fake(answers=[("differs", "it is depscan 0")]), range(20))


def test_items_are_taken_as_places_become_free() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    cluster = Fake()
    results = spread(cluster, double, items(), Options(batch=10), "me")
    next(results)
    assert len(taken) == 10 * 2 * PER_SLOT
    results.close()
    assert len(cluster.cancelled) == 1 + 3, "what was in flight is called off"


def test_large_items_make_small_batches_and_few_are_in_flight() -> None:
    cluster = Fake(answers=[("done", "")] * 3)
    assert len(run(cluster, [b"%04d" % n * 250 for n in range(12)], Bounds(batch=3000, flying=5000))) == 12
    assert [len(b) for b in cluster.batches] == [3] * 4
    assert cluster.most == 2


def test_a_cluster_without_workers_ends_the_run() -> None:
    class Empty(Fake):
        def slots(self) -> int:
            return 0

    with pytest.raises(EngineError, match="no workers"):
        run(Empty(), range(20), Bounds(look=0.0, patience=0.0))
