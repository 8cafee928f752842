"""Nights made by hand: repositories with locks of a few packages, and what is found of each package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from depscan.history.records import Graph, Night, Node, Part, Reading, Repository, Use, Visit
from depscan.history.store import Store
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity
from depscan.overview.gather import gather
from depscan.overview.records import Overview, Told
from depscan.policy.policy import Policy

SNAPSHOT = {"origin": "embedded", "built": "2030-01-01T00:00:00Z", "newest": "2030-01-01T00:00:00Z", "age_days": 1,
            "counts": {}, "sha256": "ab"}  # fmt: skip
Asks = Mapping[str, Sequence[str]]


def node(label: str, *, kind: str = "package") -> Node:
    """Return the node of ``torch 2.4.0``; a label without a version is a project unless ``kind`` says otherwise."""
    name, _, version = label.partition(" ")
    if not version and kind == "package":
        return Node(f"pkg:generic/{name}", "project", name, "", "local", kind="project")
    return Node(purl(label), "PyPI", name, version, "registry", kind=kind)


def purl(label: str) -> str:
    name, _, version = label.partition(" ")
    return f"pkg:pypi/{name}@{version}" if version else f"pkg:pypi/{name}"


def graph(asks: Asks, nodes: list[Node]) -> Graph:
    """Return the graph of who asks for whom; who nobody asks for is a root. Nodes join ``nodes``."""
    children = {c for asked in asks.values() for c in asked}
    order = [name for name in asks if name not in children] or list(asks)[:1]
    up = {name: name for name in order}
    for name in order:  # grows while it is read
        for child in asks.get(name, ()):
            if child not in up:
                up[child] = name
                order.append(child)
    at = {name: i for i, name in enumerate(order)}
    numbers = []
    for name in order:
        if node(name) not in nodes:
            nodes.append(node(name))
        numbers.append(nodes.index(node(name)))
    edges = [at[n] for parent in order for child in asks.get(parent, ()) for n in (parent, child)]
    return Graph(numbers, [at[up[name]] for name in order], edges)


def reading(key: str, locks: Mapping[str, Asks], **more: Any) -> Reading:
    """Return a reading of locks (path to who asks for whom)."""
    nodes: list[Node] = []
    graphs = [graph(asks, nodes) for asks in locks.values()]
    parts = [Part(path, "uv-lock" if path else "", i, len(graphs[i].nodes)) for i, path in enumerate(locks)]
    made = Reading(key, nodes, graphs, parts, [], [], [], [], files=len(locks))
    return made._replace(**more)


def lock(*labels: str, key: str = "", **more: Any) -> Reading:
    """Return a reading of one uv.lock in which an app asks for every label."""
    return reading(key or " ".join(labels), {"uv.lock": {"app": labels}}, **more)


def use(made: Reading, kind: str, label: str, facts: tuple[tuple[str, str], ...], line: int = 3) -> Reading:
    """Return a reading whose code uses a node of some kind."""
    at, used = len(made.nodes), [u.node for u in made.uses]
    every = [*used, at]
    rest = Graph(every, list(range(len(every))), [])
    locks = [(graph, part) for graph, part in zip(made.graphs, made.parts, strict=True) if part.path]
    return made._replace(
        nodes=[*made.nodes, node(label, kind=kind)],
        graphs=[*(graph for graph, _ in locks), rest],
        parts=[*(part for _, part in locks), Part("", "", len(locks), len(every))],
        uses=[*made.uses, Use(at, "app.py", line, "call", facts)],
    )


def vulnerable(label: str, name: str = "CVE-1", *, fixed: str = "", severity: Severity = Severity.HIGH) -> Finding:
    fix = f"move to {label.partition(' ')[0]} {fixed}" if fixed else "no release is known that clears it"
    return Finding("advisory/vulnerable", "vulnerability", severity, Confidence.HIGH, purl(label),
                   f"{label} is affected by {name}", (name,), "affected", (), fix, fixed)  # fmt: skip


def malicious(label: str) -> Finding:
    return Finding("advisory/malicious", "malicious", Severity.MALICIOUS, Confidence.HIGH, purl(label),
                   f"{label} is malicious", ("MAL-1",), "affected", (), "Do not install it.")  # fmt: skip


class Fleet:
    """A store that nights are added to."""

    def __init__(self, folder: Path, owners: Mapping[str, str] | None = None) -> None:
        self.place = str(folder / "depscan.db")
        self.store = Store.open(self.place, write=True)
        self._owners = owners or {}
        self._day = 0

    def night(self, visits: Mapping[str, Reading | str], *found: Finding, gaps: Sequence[Coverage] = ()) -> int:
        """Publish a night: repository to its reading, or to why there is none; the day goes on by one."""
        self._day += 1
        started = f"2030-01-{self._day:02d}T01:00:00Z"
        made = []
        for name, said in visits.items():
            repository = Repository(name, f"/mirrors/{name}", self._owners.get(name, ""))
            if isinstance(said, str):
                made.append(Visit(repository, "", problem=said))
            else:
                self.store.add([said])
                made.append(Visit(repository, said.key, f"{self._day:040d}"))
        judged = f"advisories of day {self._day}"
        told = {own: [f for f in found if f.subject == one.purl] for own, one in self.store.unjudged(judged)}
        more = {"gaps": list(gaps)}
        return self.store.publish(Night(0, started, started, "9.9", "", SNAPSHOT, "", more), made, told, judged)

    def overview(self, night: int | None = None, policy: Policy | None = None, owner: str = "") -> Overview:
        return gather(self.store, policy or Policy(), "2030-01-20", night, owner=owner)


def brief(told: Told) -> tuple[str, tuple[str, ...], bool, str, list[str]]:
    """Return subject, ids, whether it is new, since when, and the repositories."""
    return told.subject, told.ids, told.new, told.since, [h.repository for h in told.hits]
