"""The graphs of a repository as arrays: one per lock, and one for everything else together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.checks._action_version import claimed_releases
from depscan.graph.graph import DependencyGraph
from depscan.graphs import usages
from depscan.history.records import Graph, Node, Part, Use
from depscan.model.package import quote
from depscan.reports._inventory import kind_of

if TYPE_CHECKING:
    from depscan.inputs.gather import Gathered
    from depscan.model.document import Document


class Arrays(NamedTuple):
    """See ``Reading``."""

    nodes: list[Node]
    graphs: list[Graph]
    parts: list[Part]
    uses: list[Use]


def arrays_of(gathered: Gathered) -> Arrays:
    """Return the graphs of what was read, its files and its uses."""
    made = _Making(gathered)
    for document in gathered.documents:
        if document.lock:
            made.add(document.path, document.format, [document])
    rest = [d for d in gathered.documents if not d.lock]
    if rest:
        graph = made.add("", "", rest)
        made.use(graph)
    return Arrays(made.nodes, made.graphs, made.parts, made.uses)


class _Making:
    """Numbers nodes as they come."""

    def __init__(self, gathered: Gathered) -> None:
        self.nodes: list[Node] = []
        self.graphs: list[Graph] = []
        self.parts: list[Part] = []
        self.uses: list[Use] = []
        self._gathered = gathered
        self._at: dict[str, int] = {}
        self._claims = claimed_releases(gathered.documents)
        self._tools = {u.node for d in gathered.documents for u in d.uses if u.get("transport")}
        self._tools |= {e.child for d in gathered.documents for e in d.edges if e.label == "runs"}

    def add(self, path: str, form: str, documents: list[Document]) -> DependencyGraph:
        graph = DependencyGraph()
        for document in documents:
            graph.merge(document)
        order, up = _breadth_first(graph)
        place = {key: i for i, key in enumerate(order)}
        numbers = [self._number(graph, key) for key in order]
        self.graphs.append(Graph(numbers, [place[key] for key in up], _edges(graph, order, place)))
        packages = sum(p.source != "local" for p in graph.nodes.values())
        self.parts.append(Part(path, form, len(self.graphs) - 1, packages))
        return graph

    def use(self, graph: DependencyGraph) -> None:
        """Add where nodes are used."""
        for one in usages(graph, self._gathered):
            if one.node in graph.nodes:
                self.uses.append(Use(self._number(graph, one.node), one.path, one.line, one.how, one.facts))

    def _number(self, graph: DependencyGraph, key: str) -> int:
        package = graph.nodes[key]
        claim = self._claims.get(key, "") if package.commit else ""
        purl = f"{key}{'&' if '?' in key else '?'}release={quote(claim)}" if claim else key
        at = self._at.get(purl)
        if at is None:
            at = self._at[purl] = len(self.nodes)
            kind = kind_of(package, tool=key in self._tools)
            node = Node(purl, package.ecosystem, package.name, package.version or "", package.source, package.registry,
                        package.url, package.commit, kind, claim)  # fmt: skip
            self.nodes.append(node)
        return at


def _breadth_first(graph: DependencyGraph) -> tuple[list[str], list[str]]:
    """Return the nodes as they are met from the roots, and for each the one before it (a root: itself)."""
    order = list(graph.roots)
    before = {key: key for key in order}
    for key in order:  # grows while it is read
        for edge in graph.requests(key):
            if edge.child not in before:
                before[edge.child] = key
                order.append(edge.child)
    return order, list(before.values())


def _edges(graph: DependencyGraph, order: list[str], place: dict[str, int]) -> list[int]:
    """Return each pair of parent and child once, those of a node behind those of what it asks for (but for cycles)."""
    found: list[int] = []
    seen: set[str] = set()
    for start in order:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(graph.requests(start)))]
        while stack:
            key, left = stack[-1]
            following = next((e.child for e in left if e.child not in seen), None)
            if following is not None:
                seen.add(following)
                stack.append((following, iter(graph.requests(following))))
                continue
            stack.pop()
            for child in dict.fromkeys(e.child for e in graph.requests(key)):
                found += (place[key], place[child])
    return found
