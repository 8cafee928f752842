"""Readings and nights of a small fleet, made by number: the same number gives the same reading."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from depscan.history.dump import lines
from depscan.history.records import Graph, Night, Node, Part, Reading, Repository, Use, Visit
from depscan.history.store import Store
from depscan.history.verify import Fault, faults
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location


def node(number: int, kind: str = "package") -> Node:
    name, version = f"pack-{number % 40}", f"{number % 7}.0"
    return Node(f"pkg:pypi/{name}@{version}", "PyPI", name, version, "registry", "https://index.example", kind=kind)


def reading(number: int, *, until: str = "", nodes: Sequence[Node] = ()) -> Reading:
    """Return a reading with two graphs of up to 30 nodes, two findings, a gap and a use."""
    own = random.Random(number)
    held = [*nodes] or list({n.purl: n for n in (node(own.randrange(280)) for _ in range(30))}.values())
    graphs = [_graph(own, len(held)), _graph(own, max(1, len(held) // 2))]
    parts = [Part("uv.lock", "uv-lock", 0, len(held)), Part("", "", 1, len(held) // 2)]
    told = [finding(number % 5, held[0].purl), finding(number % 5 + 100, "setup.py")]
    gaps = [Coverage(f"lock {number % 3}", "partial", "not said", needed=True, line=3)]
    uses = [Use(graphs[0].nodes[-1], "app.py", number % 9, "loads", (("pinned", "yes"),))]
    return Reading(f"key {number}", held, graphs, parts, told, gaps, [["x", 1]], uses, until, 2, 300, 0.1)


def finding(number: int, subject: str) -> Finding:
    evidence = Evidence(Location("setup.py", number, f"os.system({number})", ("a.zip",), 4))
    return Finding(f"rule/{number}", "behaviour", Severity.HIGH, Confidence.HIGH, subject, "it starts a shell",
                   ids=("X-1",), evidence=(evidence,), via=((subject,),))  # fmt: skip


def _graph(own: random.Random, size: int) -> Graph:
    """Return a graph over the first nodes in which every node is reached, breadth first."""
    pairs = {(own.randrange(i), i) for i in range(1, size)} | {
        (own.randrange(size), own.randrange(1, size)) for _ in range(size if size > 1 else 0)
    }
    children: dict[int, list[int]] = {}
    for parent, child in sorted(pairs):
        children.setdefault(parent, []).append(child)
    order, before = [0], {0: 0}
    for at in order:
        for child in children.get(at, ()):
            if child not in before:
                before[child] = at
                order.append(child)
    place = {n: i for i, n in enumerate(order)}
    edges = [place[n] for pair in sorted(pairs) for n in pair]
    return Graph(order, [place[before[n]] for n in order], edges)


def night(day: int = 1, shard: str = "", tool: str = "1.0", snapshot: str = "ab") -> Night:
    started = f"2026-11-{day:02}T01:00:00Z"
    return Night(0, started, started, tool, shard, {"sha256": snapshot, "age_days": day}, "", {"seconds": 1})


def visit(name: str, number: int | None) -> Visit:
    """Return what is found at a repository: a reading by its number, or that it cannot be read."""
    one = Repository(name, f"/mirrors/{name}", "team", "", ("ml",))
    return Visit(one, "", problem="gone") if number is None else Visit(one, f"key {number}", "c0ffee", f"mark {number}")


def judge(store: Store, judged: str) -> dict[int, list[Finding]]:
    """Judge packages as a matcher does: every third name is bad by these advisories."""
    return {
        own: [finding(int(one.name[5:]) % 3, one.purl)] if (int(one.name[5:]) + len(judged)) % 3 == 0 else []
        for own, one in store.unjudged(judged)
    }


def run(place: str, fleet: dict[str, int | None], day: int = 1, judged: str = "j", batch: int = 3) -> int:
    """Store the readings of a fleet and publish the night."""
    with Store.open(place, write=True) as store:
        numbers = [n for n in fleet.values() if n is not None]
        for at in range(0, len(numbers), batch):
            store.add([reading(n) for n in numbers[at : at + batch]])
        visits = [visit(name, n) for name, n in fleet.items()]
        return store.publish(night(day), visits, judge(store, judged), judged)


def dump(place: str) -> str:
    with Store.open(place) as store:
        return "\n".join(lines(store.database))


def damage(place: str) -> list[Fault]:
    with Store.open(place) as store:
        return list(faults(store.database))


def fleet(numbers: Iterable[int]) -> dict[str, int | None]:
    return {f"repo{i}": n for i, n in enumerate(numbers)}
