"""What a store costs: CPU of ``Store.add`` per reading, bytes per reading, and what a night of 60,000 locks comes to.

    python tests/bench/store.py FLEET [READINGS [LEAST MOST]]

FLEET is a folder of repositories with real locks; each is read once (not timed), those of LEAST to MOST nodes are
taken, and variants of them, in which three packages have other versions, are stored until there are READINGS of them;
then a second night in which a tenth of them changed. Times are CPU ms (``time.process_time``) of this process.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from depscan.fleet.sources.source import source_of
from depscan.fleet.unit import Setup, read
from depscan.history.dump import lines
from depscan.history.records import Night, Node, Reading, Repository, Visit
from depscan.history.store import Store
from depscan.history.verify import faults

BATCH = 50
LOCKS = 60_000


def readings(fleet: str, least: int, most: int) -> list[Reading]:
    """Return what the repositories of a folder say, those with one graph of a wanted size."""
    found = []
    for name in sorted(os.listdir(fleet)):
        place = os.path.join(fleet, name)
        said = read(source_of(place).load(place, "", ""), Setup("bench", "2026-01-01"))
        if any(least <= len(graph.nodes) <= most for graph in said.graphs):
            found.append(said)
    return found


def variant(said: Reading, number: int) -> Reading:
    """Return a reading of which three packages have other versions."""
    own = random.Random(number)
    nodes = list(said.nodes)
    for at in own.sample(range(len(nodes)), min(3, len(nodes))):
        minor = own.randrange(10)
        nodes[at] = Node(*nodes[at])._replace(purl=f"{nodes[at].purl}.{minor}", version=f"{nodes[at].version}.{minor}")
    return said._replace(key=f"{number:032x}", nodes=nodes)


def add(store: Store, held: list[Reading], numbers: range) -> float:
    """Store variants and return the CPU ms of storing one."""
    spent = 0.0
    for batch in _batches(numbers):
        made = [variant(held[n % len(held)], n) for n in batch]
        begun = time.process_time()
        store.add(made)
        spent += time.process_time() - begun
    return spent / len(numbers) * 1000


def _batches(numbers: range) -> Iterator[range]:
    for at in range(0, len(numbers), BATCH):
        yield numbers[at : at + BATCH]


def publish(store: Store, keys: list[int]) -> float:
    """Publish a night and return its CPU ms."""
    night = Night(0, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "1", "", {}, "", {})
    visits = [Visit(Repository(f"repo{i}", f"/mirrors/repo{i}"), f"{key:032x}") for i, key in enumerate(keys)]
    begun = time.process_time()
    store.publish(night, visits, {own: [] for own, _ in store.unjudged("j")}, "j")
    return (time.process_time() - begun) * 1000


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main(fleet: str, count: int, least: int, most: int) -> None:
    """Measure and print."""
    held = readings(fleet, least, most)
    graphs = [graph for said in held for graph in said.graphs]
    nodes, edges = (sum(len(part) for part in parts) / len(held) for parts in
                    ([g.nodes for g in graphs], [g.edges[::2] for g in graphs]))  # fmt: skip
    _say(f"{len(held)} real readings of {nodes:.0f} nodes and {edges:.0f} edges; {count} variants")
    with TemporaryDirectory() as folder:
        place = f"{folder}/x.db"
        with Store.open(place, write=True) as store:
            _say(f"add: {add(store, held, range(count)):.2f} ms per reading")
            _say(f"publish: {publish(store, list(range(count))):.0f} ms")
        first = os.path.getsize(place)
        with Store.open(place, write=True) as store:
            changed = range(count, count + count // 10)
            _say(f"add, second night, a new process: {add(store, held, changed):.2f} ms per reading")
            _say(f"publish: {publish(store, [*changed, *range(count // 10, count)]):.0f} ms")
        second = os.path.getsize(place) - first
        for name, size, of in (("first night", first, count), ("second night, a tenth changed", second, count)):
            _say(f"{name}: {size / of:.0f} bytes per reading, {size / of * LOCKS / 1e6:.0f} MB for {LOCKS} locks")
        with Store.open(place) as store:
            sizes = store.database.rows("SELECT SUM(LENGTH(nodes)), SUM(LENGTH(up)), SUM(LENGTH(edges)) FROM graph")[0]
            rows = store.database.rows("SELECT COUNT(*) FROM graph")[0][0]
            told = ", ".join(f"{n / rows:.0f} {what}" for n, what in zip(sizes, ("nodes", "up", "edges"), strict=True))
            _say(f"{rows} graphs, bytes of each: {told}")
            for what, asked in (("verify", faults), ("dump", lines)):
                begun = time.process_time()
                found = sum(1 for _ in asked(store.database))
                _say(f"{what}: {time.process_time() - begun:.1f} s, {found} lines")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:]]
    main(sys.argv[1], *(numbers + [2000, 1, 100_000][len(numbers) :]))
