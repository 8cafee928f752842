"""Measure engines: 2,000 trivial items and 200 items of 20 ms CPU, one process against clusters on this machine.

    python tests/bench/engines.py [sequential] [local] [dask] [ray]

Prints a row per engine: seconds to connect, then seconds on the clock and of CPU (this process and the cluster's) of
both runs, and the memory of this process and of the cluster. Not a test: figures depend on the machine.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from depscan.fleet.engines.engine import Options, open_engine
from tests.e2e.cluster_work import busy, trivial
from tests.e2e.clusters import Processes, dask_cluster, ray_cluster

JOBS = 2
TICK = os.sysconf("SC_CLK_TCK")


class Sequential:
    """No engine: one after another, here."""

    remote = False

    def map(self, work: Callable[[Any], str], items: Iterable[Any]) -> Iterator[tuple[Any, str]]:
        """Yield each item with its result."""
        return ((item, work(item)) for item in items)

    def close(self) -> None:
        """Do nothing."""


def main(names: list[str]) -> None:
    """Measure the engines named, or all that are known here."""
    write = sys.stdout.write
    write("| engine | connect s | 2,000 trivial, s | CPU s | 200 of 20 ms, s | CPU s | MB here | MB of the cluster |\n")
    write("| --- | --- | --- | --- | --- | --- | --- | --- |\n")
    for name in names or ["sequential", "local", "dask", "ray"]:
        with started(name) as (address, processes):
            write(f"| {name} | {row(address, processes)} |\n")
            sys.stdout.flush()


@contextmanager
def started(name: str) -> Iterator[tuple[str, Processes | None]]:
    """Yield the name of an engine and the processes of the cluster that was started for it."""
    clusters = {"dask": dask_cluster, "ray": ray_cluster}
    if name not in clusters:
        yield name, None
        return
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder, clusters[name](Path(folder), JOBS) as cluster:
        yield cluster.name, cluster.processes


def row(address: str, processes: Processes | None) -> str:
    """Run both measures and return the cells."""
    begun = time.monotonic()
    engine: Any = Sequential() if address == "sequential" else open_engine(address, Options(jobs=JOBS))
    cells = [f"{time.monotonic() - begun:.1f}"]
    for work, count in ((trivial, 2000), (busy, 200)):
        begun, before = time.monotonic(), used(processes)
        assert len(dict(engine.map(work, iter(range(count))))) == count
        cells += [f"{time.monotonic() - begun:.2f}", f"{used(processes) - before:.1f}"]
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    theirs = sum(resident(pid) for pid in processes.alive()) // 1024 if processes else 0
    engine.close()
    return " | ".join([*cells, str(here), str(theirs or "-")])


def used(processes: Processes | None) -> float:
    """Return the CPU seconds of this process, its children that ended, and a cluster (with its ended children)."""
    own = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own + sum(cpu(pid) for pid in (processes.alive() if processes else []))


def cpu(pid: int) -> float:
    """Return the CPU seconds of a process and of its children that ended."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / TICK


def resident(pid: int) -> int:
    """Return the memory of a process in KB, without what it shares."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("utf-8").split()
    except OSError:
        return 0
    return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE") // 1024


if __name__ == "__main__":
    main(sys.argv[1:])
