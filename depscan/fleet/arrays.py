"""The graphs of a repository as arrays: one per lock, and one for everything else together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.graph.graph import DependencyGraph
from depscan.graphs import usages
from depscan.history.records import Graph, Node, Part, Use
from depscan.model.document import claimed_releases, with_origin
from depscan.model.kind import kind_of
from depscan.model.package import quote

if TYPE_CHECKING:
    from depscan.inputs.gather import Gathered
    from depscan.model.document import Document, Edge
    from depscan.model.package import Package


class Arrays(NamedTuple):
    """See ``Reading``."""

    nodes: list[Node]
    graphs: list[Graph]
    parts: list[Part]
    uses: list[Use]


def arrays_of(gathered: Gathered, graph: DependencyGraph) -> Arrays:
    """Return the graphs of what was read, its files and its uses.

    Args:
        gathered: what was read.
        graph: all of it, merged.
    """
    made = _Making(gathered.documents)
    rest = [d for d in gathered.documents if not d.lock]
    for document in gathered.documents:
        if document.lock:
            made.add(document.path, document.format, document.nodes, document.edges)
    if rest:
        if len(rest) < len(gathered.documents):
            graph = DependencyGraph()
            for document in rest:
                graph.merge(document)
        made.add("", "", graph.nodes, graph.edges)
        made.use(graph, gathered)
    return Arrays(made.nodes, made.graphs, made.parts, made.uses)


class _Making:
    """Numbers nodes as they come."""

    def __init__(self, documents: list[Document]) -> None:
        self.nodes: list[Node] = []
        self.graphs: list[Graph] = []
        self.parts: list[Part] = []
        self.uses: list[Use] = []
        self._at: dict[str, int] = {}
        self._claims = claimed_releases(documents)
        self._tools = {u.node for d in documents for u in d.uses if u.get("transport")}
        self._tools |= {e.child for d in documents for e in d.edges if e.label == "runs"}

    def add(self, path: str, form: str, nodes: dict[str, Package], edges: list[Edge]) -> None:
        """Add a graph and the file that states it."""
        place = {key: i for i, key in enumerate(nodes)}
        wants: list[dict[int, None]] = [{} for _ in nodes]
        for edge in edges:
            wants[place[edge.parent]][place[edge.child]] = None
        local = [package.source == "local" for package in nodes.values()]
        order, up = _breadth_first(wants, local)
        numbers = [self._number(key, package) for key, package in nodes.items()]
        self.graphs.append(Graph([numbers[n] for n in order], up, _edges(wants, order)))
        self.parts.append(Part(path, form, len(self.graphs) - 1, len(local) - sum(local)))

    def use(self, graph: DependencyGraph, gathered: Gathered) -> None:
        """Add where nodes are used."""
        for one in usages(graph, gathered):
            if one.node in graph.nodes:
                number = self._number(one.node, graph.nodes[one.node])
                self.uses.append(Use(number, one.path, one.line, one.how, one.facts))

    def _number(self, key: str, package: Package) -> int:
        claim = self._claims.get(key, "") if package.commit else ""
        own = fleet_id(package)
        purl = f"{own}{'&' if '?' in own else '?'}release={quote(claim)}" if claim else own
        at = self._at.get(purl)
        if at is None:
            at = self._at[purl] = len(self.nodes)
            kind = kind_of(package, tool=key in self._tools)
            node = Node(purl, package.ecosystem, package.name, package.version or "", package.source, package.registry,
                        package.url, package.commit, kind, claim)  # fmt: skip
            self.nodes.append(node)
        return at


def fleet_id(package: Package) -> str:
    """Return the purl of a package among those of many repositories: it says all that a package is judged by.

    In the graph of one repository the first package of a name and version has the plain purl, wherever it comes from.
    In a store one repository's own project, or its copy from elsewhere, would so be taken for everybody's package.
    """
    told = with_origin(package)
    extra = [f"commit={quote(package.commit)}"] if package.commit and package.commit not in told else []
    if package.source == "local" and package.ecosystem != "project" and not package.url:
        extra.append("path=.")
    return told + ("&" if "?" in told else "?") + "&".join(extra) if extra else told


def _breadth_first(wants: list[dict[int, None]], local: list[bool]) -> tuple[list[int], list[int]]:
    """Return the nodes as they are met from the roots, and for each the place in that order of the one before it.

    Roots are what nobody else asks for, then one of each cycle that is left, what is local first.
    """
    asked = {child for parent, children in enumerate(wants) for child in children if child != parent}
    roots = [node for node in range(len(wants)) if node not in asked]
    met: set[int] = set()
    order, up = _spread(wants, roots, met)
    if len(met) == len(wants):
        return order, up
    for start in sorted(range(len(wants)), key=lambda n: not local[n]):
        if start not in met:
            roots.append(start)
            _spread(wants, [start], met)
    return _spread(wants, roots, set())


def _spread(wants: list[dict[int, None]], roots: list[int], met: set[int]) -> tuple[list[int], list[int]]:
    """Return what is reached from some nodes, nearest first, and for each the place of the one before it.

    What was ``met`` already is left out; what is found joins it.
    """
    order, up = list(roots), list(range(len(roots)))
    met.update(roots)
    for at, node in enumerate(order):  # grows while it is read
        for child in wants[node]:
            if child not in met:
                met.add(child)
                up.append(at)
                order.append(child)
    return order, up


def _edges(wants: list[dict[int, None]], order: list[int]) -> list[int]:
    """Return each pair of parent and child, those of a node behind those of what it asks for (but for cycles)."""
    place = [0] * len(order)
    for i, node in enumerate(order):
        place[node] = i
    found: list[int] = []
    seen: set[int] = set()
    for start in order:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(wants[start]))]
        while stack:
            node, left = stack[-1]
            following = next((child for child in left if child not in seen), None)
            if following is not None:
                seen.add(following)
                stack.append((following, iter(wants[following])))
                continue
            stack.pop()
            for child in wants[node]:
                found += (place[node], place[child])
    return found
