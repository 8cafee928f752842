"""DependencyGraph: plain adjacency over node ids, merged from documents."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from depscan.model.document import claim
from depscan.model.location import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from depscan.model.document import Document, Edge
    from depscan.model.location import Route
    from depscan.model.package import Package

    Locate = Callable[[str, Route], Location]


def _no_lines(path: str, route: Route) -> Location:
    return Location(path, route if isinstance(route, int) else 0)


class DependencyGraph:
    """Packages and who asks for whom, over any number of documents.

    Node keys are purl texts. Places are kept as (path, route) and made into lines only when asked for.

    Args:
        locate: turns a path and a route into a location with a line.

    Attributes:
        nodes: node id to package, in the order met.
        edges: every request, in the order met; those not taken for the target are only here, no path uses them.
    """

    def __init__(self, locate: Locate = _no_lines) -> None:
        self.nodes: dict[str, Package] = {}
        self.edges: list[Edge] = []
        self._places: dict[str, list[tuple[str, Route]]] = {}
        self._out: dict[str, list[Edge]] = {}
        self._in: dict[str, list[Edge]] = {}
        self._locate = locate
        self._distance: dict[str, int] | None = None
        self._roots: list[str] = []

    def merge(self, document: Document) -> dict[str, str]:
        """Add the facts of a document; return its node ids mapped to the graph's."""
        self._distance = None
        ids: dict[str, str] = {}
        for key, package in document.nodes.items():
            own = claim(self.nodes, package)
            ids[key] = own
            held = self.nodes.get(own)
            if held is None:
                self.nodes[own] = package
                self._places[own] = [(document.path, document.at[key])]
            else:
                if len(package.hashes) > len(held.hashes):
                    self.nodes[own] = package
                self._places[own].append((document.path, document.at[key]))
        for edge in document.edges:
            parent, child = ids[edge.parent], ids[edge.child]
            moved = edge if (parent, child) == (edge.parent, edge.child) else edge._replace(parent=parent, child=child)
            self.edges.append(moved)
            self._out.setdefault(parent, []).append(moved)
            self._in.setdefault(child, []).append(moved)
        return ids

    def link(self, edge: Edge) -> None:
        """Add one more request between nodes that are already here; one not taken leads nowhere."""
        self.edges.append(edge)
        if not edge.taken:
            return
        self._distance = None
        self._out.setdefault(edge.parent, []).append(edge)
        self._in.setdefault(edge.child, []).append(edge)

    def places(self, key: str) -> tuple[Location, ...]:
        """Return where a node stands, one location per file that states it."""
        return tuple(self._locate(path, route) for path, route in self._places.get(key, ()))

    def first_place(self, key: str) -> tuple[str, Route]:
        """Return path and route of the first statement of a node, without looking up the line."""
        held = self._places.get(key)
        return held[0] if held else ("", 0)

    def stated_in(self, key: str) -> list[str]:
        """Return the files that state a node, without looking up lines."""
        return [path for path, _ in self._places.get(key, ())]

    def replace(self, edges: dict[int, Edge]) -> None:
        """Put richer edges between the same nodes in place of those at some positions of ``edges``."""
        for at, edge in edges.items():
            held = self.edges[at]
            self.edges[at] = edge
            for listed in (self._out[edge.parent], self._in[edge.child]):
                listed[listed.index(held)] = edge

    def edge_place(self, edge: Edge) -> Location:
        """Return where a request stands."""
        return self._locate(edge.path, edge.at) if edge.at else Location(edge.path)

    def requests(self, key: str) -> list[Edge]:
        """Return the edges from ``key`` to what it asks for."""
        return self._out.get(key, [])

    def requested_by(self, key: str) -> list[Edge]:
        """Return the edges to ``key`` from those who ask for it."""
        return self._in.get(key, [])

    @property
    def roots(self) -> list[str]:
        """Return where paths start: nodes nobody asks for, then one per remaining cycle (local first)."""
        self._measure()
        return self._roots

    def _measure(self) -> dict[str, int]:
        """Breadth-first distances from the roots, computed once per change."""
        if self._distance is not None:
            return self._distance
        roots = [key for key in self.nodes if not any(e.parent != key for e in self._in.get(key, ()))]
        distance = dict.fromkeys(roots, 0)
        self._spread(distance, roots)
        rest = [key for key in self.nodes if key not in distance]
        for key in sorted(rest, key=lambda k: self.nodes[k].source != "local"):
            if key not in distance:
                roots.append(key)
                distance[key] = 0
                self._spread(distance, [key])
        if rest:  # from all roots at once: what lies behind one cycle may be nearer to another
            distance = dict.fromkeys(roots, 0)
            self._spread(distance, roots)
        self._distance, self._roots = distance, roots
        return distance

    def _spread(self, distance: dict[str, int], start: list[str]) -> None:
        queue = deque(start)
        while queue:
            key = queue.popleft()
            for edge in self._out.get(key, ()):
                if edge.child not in distance:
                    distance[edge.child] = distance[key] + 1
                    queue.append(edge.child)

    def why(self, key: str, limit: int = 10) -> list[list[str]]:
        """Return up to ``limit`` shortest paths of node ids from a root to ``key``, both included.

        Raises:
            KeyError: no such node.
        """
        if key not in self.nodes:
            raise KeyError(key)
        distance = self._measure()
        paths = [[key]]
        for _ in range(distance[key]):
            longer = []
            for path in paths:
                parents = dict.fromkeys(e.parent for e in self._in[path[0]])
                nearer = distance[path[0]] - 1
                longer += [[p, *path] for p in parents if distance[p] == nearer]
                if len(longer) >= limit:
                    break
            paths = longer[:limit]
        return paths

    def closure(self, keys: Iterable[str], *, up: bool = False) -> set[str]:
        """Return everything reached from ``keys`` (by them, or with ``up`` everything that reaches them)."""
        seen = set(keys)
        todo = list(seen)
        while todo:
            key = todo.pop()
            edges = self._in.get(key, ()) if up else self._out.get(key, ())
            for edge in edges:
                other = edge.parent if up else edge.child
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    def dependents(self, key: str) -> set[str]:
        """Return every node that reaches ``key``."""
        return self.closure([key], up=True) - {key}

    def find(self, text: str) -> list[str]:
        """Return the ids of nodes a user may mean by a purl, a name or ``name==version`` / ``name@version``."""
        if text in self.nodes:
            return [text]
        name, version = _split(text)
        lowered = name.lower().replace("_", "-").replace(".", "-")
        return [
            key
            for key, package in self.nodes.items()
            if (package.name == name or package.name.lower().replace("_", "-").replace(".", "-") == lowered)
            and version in ("", package.version)
        ]

    def to_networkx(self) -> Any:  # noqa: ANN401 - networkx.MultiDiGraph, imported only here
        """Return a networkx.MultiDiGraph with packages and edges as data, for algorithms we do not have."""
        import networkx as nx

        made = nx.MultiDiGraph()
        for key, package in self.nodes.items():
            made.add_node(key, package=package)
        for edge in self.edges:
            made.add_edge(edge.parent, edge.child, request=edge)
        return made


def _split(text: str) -> tuple[str, str]:
    if "==" in text:
        name, _, version = text.partition("==")
        return name, version
    head, at, version = text.rpartition("@")
    return (head, version) if at and head else (text, "")
