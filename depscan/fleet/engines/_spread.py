"""Spread items over a cluster in batches: what is in flight is bounded, what is lost is sent again, nothing twice told.

A batch whose worker died is sent once more, then its items one by one; an item whose worker dies twice is given up.
"""

from __future__ import annotations

import pickle
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import uuid4

from depscan.errors import EngineError, UsageError
from depscan.fleet.engines._batch import Order
from depscan.fleet.engines.engine import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from depscan.fleet.engines._batch import Told
    from depscan.fleet.engines.engine import Options

T = TypeVar("T")

PER_SLOT = 2
"""Batches per place of work: one that is worked on and one that waits."""


class Bounds(NamedTuple):
    """What a run may have under way.

    Attributes:
        batch: bytes at which a batch is full, however few its items.
        flying: bytes sent and not yet answered; this process keeps them to send them again.
        tick: seconds that are waited for a batch before the cluster is looked at again.
        look: seconds between counts of the workers: clusters grow and shrink.
        patience: seconds without any worker after which the run ends.
    """

    batch: int = 8 << 20
    flying: int = 256 << 20
    tick: float = 1.0
    look: float = 5.0
    patience: float = 120.0


_BOUNDS = Bounds()


class Cluster(Protocol):
    """What an adapter knows of its cluster. Handles are whatever it takes for a batch that was sent."""

    def slots(self) -> int:
        """Return how many batches can be worked on at a time."""

    def submit(self, order: Order, items: list[bytes]) -> Any:  # noqa: ANN401 - the adapter's own
        """Send a batch to ``run_batch``; return its handle."""

    def finished(self, handles: list[Any], seconds: float) -> list[tuple[Any, list[Told] | str]]:
        """Wait for one of the batches; return those that are done, with their results or with how their worker died.

        Raises:
            EngineError: the cluster is gone.
        """

    def cancel(self, run: str, handles: list[Any]) -> None:
        """End the work on batches; raises nothing."""


class _Batch(NamedTuple, Generic[T]):
    items: list[T]
    size: int
    deaths: int = 0


def spread(
    cluster: Cluster,
    work: Callable[[T], str],
    items: Iterable[T],
    options: Options,
    identity: str,
    bounds: Bounds = _BOUNDS,
) -> Generator[tuple[T, str | Failed]]:
    """Yield each item with its result once: see ``Engine.map``.

    Raises:
        UsageError: a worker is not what it must be.
        EngineError: the cluster is gone, or has been without workers for too long.
    """
    start = pickle.dumps((pickle.dumps(work), options.memory, options.seconds))
    run = _Run(cluster, Order(uuid4().hex, identity, start, options.seconds), iter(items), options.batch, bounds)
    try:
        while True:
            sent = run.send()
            if not run.flying:
                return
            for handle, answer in cluster.finished(list(run.flying), 0.0 if sent else bounds.tick):
                yield from run.settle(handle, answer)
    finally:
        cluster.cancel(run.order.run, list(run.flying))


class _Run(Generic[T]):
    """What is in flight, what is to be sent again, what has not been taken yet."""

    def __init__(self, cluster: Cluster, order: Order, items: Iterator[T], batch: int, bounds: Bounds) -> None:
        self.order = order
        self.flying: dict[Any, _Batch[T]] = {}
        self._cluster = cluster
        self._items = items
        self._count = max(1, batch)
        self._bounds = bounds
        self._again: deque[_Batch[T]] = deque()
        self._slots = 1
        self._looked = self._alive = time.monotonic() - bounds.look

    def send(self) -> bool:
        """Send one batch if there is a place for one; return whether there may be a place for another."""
        if len(self.flying) >= PER_SLOT * self._places():
            return False
        if sum(b.size for b in self.flying.values()) >= self._bounds.flying:
            return False
        batch, data = self._next()
        if not batch.items:
            return False
        self.flying[self._cluster.submit(self.order, data)] = batch
        return True

    def settle(self, handle: Any, answer: list[Told] | str) -> Iterator[tuple[T, str | Failed]]:  # noqa: ANN401
        """Yield the results of a batch; keep what has to be sent again."""
        batch = self.flying.pop(handle)
        if isinstance(answer, str):
            yield from self._died(batch, answer)
            return
        if answer[0][0] == "differs":
            hint = f"every worker must be {self.order.identity}"
            raise UsageError(f"a worker of the cluster cannot do this: {answer[0][1]}", hint=hint)
        if len(answer) != len(batch.items):
            yield from self._died(batch, answer[0][1])
            return
        for item, (kind, text) in zip(batch.items, answer, strict=True):
            yield item, text if kind == "done" else Failed(text, fatal=kind == "fatal")

    def _died(self, batch: _Batch[T], why: str) -> Iterator[tuple[T, str | Failed]]:
        if batch.deaths == 0:
            self._again.append(batch._replace(deaths=1))
        elif len(batch.items) > 1:
            self._again.extend(_Batch([item], 0) for item in batch.items)
        else:
            yield batch.items[0], Failed(why, fatal=True)

    def _next(self) -> tuple[_Batch[T], list[bytes]]:
        if self._again:
            batch = self._again.popleft()
            data = [pickle.dumps(item) for item in batch.items]
            return batch._replace(size=sum(map(len, data))), data
        taken: list[T] = []
        data = []
        size = 0
        while len(taken) < self._count and size < self._bounds.batch:
            try:
                taken.append(next(self._items))
            except StopIteration:
                break
            data.append(pickle.dumps(taken[-1]))
            size += len(data[-1])
        return _Batch(taken, size), data

    def _places(self) -> int:
        now = time.monotonic()
        if now - self._looked >= self._bounds.look:
            self._looked = now
            self._slots = self._cluster.slots()
            if self._slots:
                self._alive = now
            elif now - self._alive > self._bounds.patience:
                raise EngineError(f"the cluster has had no workers for {self._bounds.patience:g} seconds")
        return max(1, self._slots)
