"""What is asked of every engine that connects to a cluster."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from depscan.errors import EngineError, UsageError
from depscan.fleet.engines.engine import Engine, Failed, Options, open_engine
from tests.e2e.cluster_work import Item, work
from tests.e2e.clusters import Cluster, dask_cluster, free_port, ray_cluster

__all__ = ["Cluster", "dask_cluster", "ray_cluster"]


def gives_what_one_process_gives(engine: Engine) -> None:
    """200 items with bytes, each told once; and again, on the same connection."""
    items = [Item(number, data=os.urandom(1000)) for number in range(200)]
    assert engine.remote
    for _ in range(2):
        told = list(engine.map(work, iter(items)))
        assert len(told) == len(items)
        assert dict(told) == {item: work(item) for item in items}
    large = Item(1, data=bytes(12 << 20))
    assert list(engine.map(work, [large])) == [(large, work(large))]


def failing_items_lose_nothing_else(cluster: Cluster) -> None:
    """An item that raises, eats memory, ends its process or hangs."""
    bad = {7: "raise", 21: "eat", 22: "die", 39: "hang"}
    engine = open_engine(cluster.name, Options(seconds=2, batch=10))
    told = dict(engine.map(work, (Item(number, bad.get(number, "")) for number in range(60))))
    engine.close()
    lost = {item.number: result for item, result in told.items() if isinstance(result, Failed)}
    assert lost == {
        7: Failed("a defect of depscan stopped the reading: ValueError: no such \N{SNOWMAN}"),
        21: Failed("reading it takes more than 2048 MiB of memory", fatal=True),
        22: Failed("the process that read it ended with status -9", fatal=True),
        39: Failed("reading it took more than 2 seconds", fatal=True),
    }
    assert len(told) == 60


def an_item_that_ends_workers_is_given_up_alone(engine: Engine) -> None:
    """What escapes its process and ends the worker of the cluster."""
    told = dict(engine.map(work, (Item(number, "kill the worker" if number == 5 else "") for number in range(60))))
    lost = [(item.number, result) for item, result in told.items() if isinstance(result, Failed)]
    assert [(number, failed.fatal) for number, failed in lost] == [(5, True)]
    assert lost[0][1].why.startswith("the worker that did it is gone: ")
    assert len(told) == 60


def a_killed_worker_loses_nothing(engine: Engine, folder: Path) -> None:
    """A worker of the cluster gets SIGKILL while it works on a batch."""
    held = folder / "worker"

    def kill() -> None:
        while not held.exists():
            time.sleep(0.01)
        os.kill(int(held.read_text("utf-8")), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    items = [Item(number, "hold" if number == 30 else "", str(held)) for number in range(100)]
    told = dict(engine.map(work, items))
    killer.join()
    assert told == {item: work(item) for item in items}


def stopping_leaves_no_work(engine: Engine, cluster: Cluster) -> None:
    """Ctrl-C between two items: the processes of the run end, long before they would be done, and nothing waits."""
    results: Any = engine.map(work, (Item(number, "hang" if number > 40 else "") for number in range(1000)))

    def interrupted() -> Iterator[object]:
        yield next(results)
        results.throw(KeyboardInterrupt)

    with pytest.raises(KeyboardInterrupt):
        list(interrupted())
    end = time.monotonic() + 30
    while left := children(cluster):
        assert time.monotonic() < end, left
        time.sleep(0.05)
    assert len(dict(engine.map(work, [Item(1), Item(2)]))) == 2, "the cluster goes on"


def children(cluster: Cluster) -> list[int]:
    """Return the processes of the cluster in which items are done."""
    return [pid for pid in cluster.processes.alive() if b"engines._child" in cluster.processes.words(pid)]


def refuses_what_is_not_there(scheme: str) -> None:
    """Nobody listens; or it is no address at all."""
    with pytest.raises(UsageError, match=f"no {scheme} cluster answers at 127.0.0.1:"):
        open_engine(f"{scheme}://127.0.0.1:{free_port()}", Options())
    for wrong in ("", "a b", "h:0", "h:70000", "h:1/path", "user@h:1"):
        with pytest.raises(UsageError, match="not the address of a cluster"):
            open_engine(f"{scheme}://{wrong}", Options())


def a_lost_cluster_is_an_error(cluster: Cluster) -> None:
    """All processes of the cluster end during a run."""
    engine = open_engine(cluster.name, Options(batch=1))
    results = engine.map(work, (Item(number, "hang" if number else "") for number in range(9)))
    assert next(results) == (Item(0), work(Item(0)))
    cluster.processes.end()
    with pytest.raises(EngineError, match="is gone"):
        next(results)
    engine.close()
