"""Measure 3: edges completed from a wheelhouse against those of a uv.lock, for one target.

    python tests/bench/edges.py uv.lock WHEELHOUSE PINS.txt [PYTHON PLATFORM]

Writes the pins that the target takes of the lock to PINS.txt (with the extras that the project itself asks for),
completes them, and lists every difference with who asks for the extra behind it.
"""

from __future__ import annotations

import re
import sys
import time
from collections import deque

from packaging.markers import Marker

from depscan.api import GraphOptions, read_completed_graph, read_graph
from depscan.graph.graph import DependencyGraph
from depscan.model.document import Edge
from depscan.resolution.target import Target, target_of


class Taken:
    """What a target takes of a lock, from its project with all its extras and groups."""

    def __init__(self, graph: DependencyGraph, target: Target) -> None:
        self.graph = graph
        self._environment = target.environment()
        self.root = next(k for k, p in graph.nodes.items() if p.source == "local" and p.url == ".")
        self.extras: dict[str, set[str]] = {key: set() for key in graph.nodes}
        self.nodes = {self.root}
        queue = deque([self.root])
        while queue:
            for edge in graph.requests(queue.popleft()):
                if self.holds(edge):
                    new = extras_of(edge) - self.extras[edge.child]
                    self.extras[edge.child] |= new
                    if new or edge.child not in self.nodes:
                        self.nodes.add(edge.child)
                        queue.append(edge.child)

    def holds(self, edge: Edge) -> bool:
        """Whether the target takes an edge of the lock."""
        if edge.marker and not Marker(edge.marker).evaluate({**self._environment, "extra": ""}):
            return False
        extra = edge.label.removeprefix("extra:")
        return edge.parent == self.root or extra == edge.label or extra in self.extras[edge.parent]

    def askers(self, edge: Edge) -> list[str]:
        """Return who asks for the extra that an edge belongs to."""
        extra = edge.label.removeprefix("extra:")
        return [e.parent for e in self.graph.requested_by(edge.parent) if extra in extras_of(e) and self.holds(e)]


def extras_of(edge: Edge) -> set[str]:
    """Return the extras a request names."""
    found = re.match(r"\[([^\]]*)\]", edge.requested)
    return set(found[1].split(",")) if found else set()


def write_pins(taken: Taken, path: str) -> int:
    """Write a pins file and return how many there are."""
    asked: dict[str, set[str]] = {}
    for edge in taken.graph.requests(taken.root):
        if taken.holds(edge):
            asked.setdefault(edge.child, set()).update(extras_of(edge))
    pins = [key for key in sorted(taken.nodes) if taken.graph.nodes[key].source == "registry"]
    with open(path, "w", encoding="utf-8") as stream:
        for key in pins:
            package, extras = taken.graph.nodes[key], ",".join(sorted(asked.get(key, ())))
            stream.write(f"{package.name}{f'[{extras}]' if extras else ''}=={package.version}\n")
    return len(pins)


def main(lock: str, wheelhouse: str, pins: str, python: str = "3.11", platform: str = "linux_x86_64") -> None:
    """Print the comparison."""
    target = target_of(python, platform)
    taken = Taken(read_graph([lock])[0], target)
    count = write_pins(taken, pins)
    begin = time.process_time()
    made = read_completed_graph([pins], GraphOptions((wheelhouse,), (), python, platform))
    spent = time.process_time() - begin
    assert made.completion is not None
    print(f"{len(taken.graph.nodes)} packages in the lock, {count} pins for {target}")  # noqa: T201
    print(f"{made.completion.sentence()} ({spent:.2f} CPU s)")  # noqa: T201
    known = made.completion.origins
    ours = {(e.parent, e.child) for e in made.graph.edges if e.taken and e.parent in known}
    locked = {(e.parent, e.child): e for e in taken.graph.edges if e.parent in known and taken.holds(e)}
    print(f"of {len(known)} known: {len(ours)} edges, the lock has {len(locked)}, {len(ours & set(locked))} equal")  # noqa: T201
    for pair in sorted(set(locked) - ours):
        askers = [f"{a} ({'known' if a in known else 'unknown'})" for a in taken.askers(locked[pair])]
        print(f"only in the lock: {' -> '.join(pair)} ({locked[pair].label}, asked by {', '.join(askers)})")  # noqa: T201
    for pair in sorted(ours - set(locked)):
        print(f"only completed: {' -> '.join(pair)}")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
