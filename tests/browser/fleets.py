"""Overviews of big fleets, made of any dependency graphs."""

from __future__ import annotations

import json
import random
from collections import deque
from pathlib import Path
from typing import NamedTuple

from depscan.overview.records import Deed, Hit, Member, Moved, Overview, Todo, Told, Tree
from tests.browser.overviews import points, three, told


class Graph(NamedTuple):
    """Dependencies of one lock: names with versions, children by position, and what the project asks for itself."""

    names: list[str]
    children: list[list[int]]
    roots: list[int]

    def ways(self) -> dict[str, tuple[str, ...]]:
        """Return a shortest way from a root to every name."""
        found: dict[int, tuple[str, ...]] = {root: (self.names[root],) for root in self.roots}
        waiting = deque(self.roots)
        while waiting:
            at = waiting.popleft()
            for child in self.children[at]:
                if child not in found:
                    found[child] = (*found[at], self.names[child])
                    waiting.append(child)
        return {self.names[at]: way for at, way in found.items()}


def made_graphs(count: int = 24, size: int = 250) -> list[Graph]:
    """Return graphs of made-up packages whose names are shared between them."""
    dice = random.Random(8)
    first = [
        "torch",
        "numpy",
        "vector",
        "async",
        "model",
        "open",
        "data",
        "tensor",
        "chat",
        "cloud",
        "json",
        "fast",
        "tiny",
        "deep",
        "flow",
    ]
    last = [
        "core",
        "utils",
        "client",
        "server",
        "types",
        "http",
        "cache",
        "runtime",
        "extra",
        "tools",
        "lib",
        "kit",
        "py",
        "io",
        "sdk",
    ]
    pool = [
        f"{a}-{b}{n or ''} {dice.randrange(5)}.{dice.randrange(30)}.{dice.randrange(9)}"
        for n in range(8)
        for a in first
        for b in last
    ]
    graphs = []
    for _ in range(count):
        names = dice.sample(pool, size)
        children = [
            sorted({dice.randrange(i + 1, size) for _ in range(dice.randrange(5))}) if i < size - 1 else []
            for i in range(size)
        ]
        graphs.append(Graph(names, children, list(range(25))))
    return graphs


def real_graphs(folder: Path) -> list[Graph]:
    """Return the graphs of ``expected/*.json`` of the real dependency files, those with at least 30 packages."""
    graphs = []
    for path in sorted(folder.glob("expected/*.json")):
        read = json.loads(path.read_text("utf-8"))
        keys = [f"{p['name']}@{p['version']}" for p in read["packages"] if p["version"]]
        at = {key: i for i, key in enumerate(keys)}
        if len(keys) < 30:
            continue
        children: list[list[int]] = [[] for _ in keys]
        for parent, child, _ in read["edges"]:
            if parent in at and child in at and at[child] not in children[at[parent]]:
                children[at[parent]].append(at[child])
        asked = {kid for kids in children for kid in kids}
        names = [key.replace("@", " ") if key[0] != "@" else "@" + key[1:].replace("@", " ") for key in keys]
        graphs.append(Graph(names, children, [i for i in range(len(keys)) if i not in asked] or [0]))
    return graphs


_OWNERS = (
    "team-inference",
    "team-search",
    "team-vision",
    "data-platform",
    "ml-infra",
    "growth",
    "research",
    "payments",
    "risk",
    "mobile",
    "",
)
_TITLES = (
    ("vulnerability", "deserialization of untrusted data", "loads a pickle from the network when a worker starts"),
    ("vulnerability", "path traversal", "serves files outside its folder when a path holds an encoded slash"),
    ("vulnerability", "denial of service", "a crafted header makes the parser take time in the square of its length"),
    (
        "behaviour",
        "reads secrets and opens connections",
        "reads environment variables and sends them when it is imported",
    ),
    (
        "name",
        "name close to a popular package",
        "its name is one letter away from a package with a thousand times its downloads",
    ),
)


def fleet(graphs: list[Graph], repositories: int = 1000, findings: int = 500) -> Overview:
    """Return a big night: repositories share the graphs, findings are about packages that many of them hold."""
    dice = random.Random(8)
    ways = [graph.ways() for graph in graphs]
    groups = ("chat", "search", "vision", "train", "apps", "platform", "labs", "edge")
    members = [
        (
            f"{groups[i % 8]}/{graphs[i % len(graphs)].names[i % 25].split()[0].strip('@').replace('/', '-')}-{i}",
            _OWNERS[i % 11 if i % 3 else i % 5],
            i % len(graphs),
        )
        for i in range(repositories)
    ]
    held: dict[str, list[int]] = {}
    for number, found in enumerate(ways):
        for name in found:
            held.setdefault(name, []).append(number)
    names = sorted(held, key=lambda n: (-len(held[n]), n))
    picked = dice.sample(names[: max(findings * 3, 1)], min(findings, len(names)))
    made = []
    for number, name in enumerate(picked):
        word = "malicious" if number < 2 else dice.choices(("critical", "high", "medium", "low"), (8, 30, 45, 17))[0]
        hits = tuple(
            Hit(
                repository,
                owner,
                ("uv.lock", "poetry.lock", "services/api/uv.lock", "package-lock.json")[number % 4],
                40 + (place * 13) % 9000,
                ways[g][name],
                f"2026-{9 + place % 3:02d}-{1 + place % 27:02d}",
            )
            for place, (repository, owner, g) in enumerate(members)
            if name in ways[g] and dice.random() > 0.1
        )
        klass, title, message = (
            ("malicious", "malicious package", _TITLES[3][2]) if word == "malicious" else _TITLES[number % 5]
        )
        bare, _, version = name.rpartition(" ")
        made.append(
            told(
                number,
                bare,
                version,
                word,
                hits,
                klass=klass,
                title=title,
                message=f"{bare} {version} {message}",
                new=number % 37 == 0,
                since=f"2026-11-{1 + number % 29:02d}",
            )
        )
    order = ("malicious", "critical", "high", "medium", "low")
    made.sort(key=lambda f: order.index(f.severity))
    night = three()
    every = {name: i for i, name in enumerate(names)}
    children: list[set[int]] = [set() for _ in names]
    for graph, found in zip(graphs, ways, strict=True):
        for at, kids in enumerate(graph.children):
            if graph.names[at] in found:
                children[every[graph.names[at]]] |= {every[graph.names[kid]] for kid in kids}
    tree = Tree(
        tuple(names),
        ("package",) * len(names),
        tuple(tuple(sorted(kids)) for kids in children),
        {r: tuple(every[graphs[g].names[root]] for root in graphs[g].roots) for r, _, g in members},
    )
    return night._replace(
        findings=tuple(made),
        cleared=tuple(made[:3]),
        todo=_todo(made),
        tree=tree,
        moved=_moved(members, graphs),
        stock=night.stock * 30,
        gaps=night.gaps * 6,
        members=_members(members, made, ways),
        points=tuple(
            p._replace(
                repositories=repositories,
                packages=p.packages + len(names),
                blocked=p.blocked * 40,
                reached=p.reached * 60,
            )
            for p in points()
        ),
    )


def _todo(findings: list[Told]) -> tuple[Todo, ...]:
    found: dict[str, list[Deed]] = {}
    for finding in findings:
        for owner in {h.owner for h in finding.hits} if finding.action == "block" else ():
            where = tuple(h.repository for h in finding.hits if h.owner == owner)
            found.setdefault(owner, []).append(Deed(finding.fix, finding.severity, (finding.id,), where, finding.new))
    return tuple(
        Todo(owner, tuple(deeds)) for owner, deeds in sorted(found.items(), key=lambda item: (not item[0], item[0]))
    )


def _moved(members: list[tuple[str, str, int]], graphs: list[Graph]) -> tuple[Moved, ...]:
    return tuple(
        Moved(
            repository,
            owner,
            "changed",
            tuple(graphs[g].names[5:8]),
            (),
            tuple((n.split()[0], "1.0", "1.1") for n in graphs[g].names[:3]),
        )
        for repository, owner, g in members[::9]
    )


def _members(
    members: list[tuple[str, str, int]], findings: list[Told], ways: list[dict[str, tuple[str, ...]]]
) -> tuple[Member, ...]:
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        for hit in finding.hits:
            key = (hit.repository, finding.action)
            counts[key] = counts.get(key, 0) + 1
    return tuple(
        Member(
            r,
            owner,
            owner,
            ("prod",),
            "4a9447d344847f1d",
            3,
            len(ways[g]),
            counts.get((r, "block"), 0),
            counts.get((r, "warn"), 0),
            "",
        )
        for r, owner, g in members
    )
