"""Add the edges that pins do not state: parent to child where both are pins of the same graph."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

from depscan.ecosystems.pypi import normalise
from depscan.model.decision import Coverage
from depscan.model.document import Edge
from depscan.model.package import mask
from depscan.resolution.asks import Ask, read_asks, taken
from depscan.resolution.match import Pins
from depscan.resolution.provider import Failed, Requirements

if TYPE_CHECKING:
    from collections.abc import Collection

    from depscan.graph.graph import DependencyGraph
    from depscan.model.package import Package
    from depscan.resolution.provider import Provider
    from depscan.resolution.target import Target

_FEW = 3
_MOST_EXTRAS = 500


class Completion(NamedTuple):
    """What became of the pins without edges.

    Attributes:
        target: what markers were judged for.
        pins: pins that were asked about.
        added, untaken: edges made: those the target takes, and those it does not.
        origins: node id to where its edges come from.
        unknown: node id to why they are not known.
        not_pinned: name to node ids of who asks for it, though no pin of the graph has that name.
        coverage: the same as sentences; what needed to be known and could not be is needed (exit 4).
    """

    target: Target
    pins: int
    added: int
    untaken: int
    origins: dict[str, str]
    unknown: dict[str, str]
    not_pinned: dict[str, tuple[str, ...]]
    coverage: tuple[Coverage, ...]

    def sentence(self) -> str:
        """Return one line: the target, and how many pins got their edges from where."""
        parts = [f"{n} from {origin}" for origin, n in sorted(Counter(self.origins.values()).items())]
        if self.unknown:
            parts.append(f"{len(self.unknown)} unknown")
        told = ", ".join(parts) or "no pin without edges"
        return f"edges completed for {self.target}: {told}; {self.added} taken, {self.untaken} not taken"


def complete(
    graph: DependencyGraph,
    provider: Provider,
    target: Target,
    stated: Collection[str] | None = None,
    *,
    jobs: int = 1,
) -> Completion:
    """Add the edges of PyPI pins from what ``provider`` knows.

    Args:
        graph: changed in place.
        provider: see ``Provider``; thread-safe where ``jobs`` is more than 1.
        target: markers are judged for it; untaken edges are kept and marked so.
        stated: files whose format states edges, which are left alone; None for those that state any edge of a pin.
        jobs: how many pins are asked about at the same time; the result is the same.
    """
    making = _Completing(graph, target, _stating(graph) if stated is None else stated)
    making.ask(provider, jobs)
    return making.run()


def _stating(graph: DependencyGraph) -> set[str]:
    return {e.path for e in graph.edges if graph.nodes[e.parent].ecosystem == "PyPI" and graph.nodes[e.parent].version}


class _Completing:
    """One completion: finds what extras are active, then makes the edges."""

    def __init__(self, graph: DependencyGraph, target: Target, stated: Collection[str]) -> None:
        self._graph = graph
        self._target = target
        self._environment = target.environment()
        self._pins = Pins(graph)
        self._todo = [
            key
            for key, package in graph.nodes.items()
            if package.ecosystem == "PyPI" and package.version and not any(p in stated for p in graph.stated_in(key))
        ]
        self._asks: dict[str, list[Ask]] = {}
        self._found: dict[str, Requirements] = {}
        self._extras: dict[str, set[str]] = {key: set() for key in self._todo}
        self._unknown: dict[str, str] = {}
        self._not_pinned: dict[str, dict[str, None]] = {}
        self._coverage: list[Coverage] = []

    def ask(self, provider: Provider, jobs: int) -> None:
        """Ask for the requirements of every pin."""
        packages = [self._graph.nodes[key] for key in self._todo]
        if jobs > 1 and len(packages) > 1:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(jobs) as pool:
                answers = list(pool.map(lambda package: _answer(provider, package), packages))
        else:
            answers = [_answer(provider, package) for package in packages]
        for key, answer in zip(self._todo, answers, strict=True):
            if isinstance(answer, str):
                self._unknown[key] = answer
            else:
                self._know(key, answer)

    def run(self) -> Completion:
        """Make the edges of what is known."""
        self._activate()
        added, untaken = self._link()
        origins: dict[str, str] = {key: found.origin for key, found in self._found.items() if key not in self._unknown}
        self._tell()
        not_pinned = {name: tuple(keys) for name, keys in sorted(self._not_pinned.items())}
        made = Completion(self._target, len(self._todo), added, untaken, origins, self._unknown, not_pinned, ())
        summary = Coverage("edges", "done", made.sentence(), kind="edges")
        return made._replace(coverage=(summary, *self._coverage))

    def _know(self, key: str, answer: Requirements) -> None:
        """Keep the requirements of one pin."""
        self._found[key] = answer
        if answer.unknown:
            self._unknown[key] = answer.unknown
        asks, wrong = read_asks(answer.requires)
        self._asks[key] = asks
        if wrong:
            why = f"{len(wrong)} requirements in {answer.path} cannot be read, the first is {wrong[0][:120]!r}"
            self._coverage.append(Coverage(_label(self._graph.nodes[key]), "partial", why, needed=True, kind="edges"))

    def _activate(self) -> None:
        """Spread extras from who asks for them until nothing changes."""
        queue = deque(self._todo)
        waiting = set(self._todo)
        for edge in self._graph.edges:
            if edge.taken and edge.requested.startswith("["):
                self._request(edge.child, _extras_of(edge.requested), queue, waiting)
        while queue:
            key = queue.popleft()
            waiting.discard(key)
            for ask in self._asks.get(key, ()):
                if ask.extras and taken(ask, self._extras[key], self._environment)[0]:
                    for child in self._pins.of(ask, key):
                        self._request(child, ask.extras, queue, waiting)

    def _request(self, key: str, extras: Collection[str], queue: deque[str], waiting: set[str]) -> None:
        held = self._extras.get(key)
        if held is None or held.issuperset(extras) or len(held) > _MOST_EXTRAS:
            return
        held.update(extras)
        if key not in waiting:
            waiting.add(key)
            queue.append(key)

    def _link(self) -> tuple[int, int]:
        """Make the edges; one that a comment stated already (``# via``) is made richer, not doubled."""
        held = {(e.parent, e.child): i for i, e in enumerate(self._graph.edges)}
        richer: dict[int, Edge] = {}
        made: dict[tuple[str, str, str, str], Edge] = {}
        for key, found in self._found.items():
            edges = [edge for ask in self._asks[key] for edge in self._edges(key, ask, found)]
            edges += self._build(key, found)
            for edge in edges:
                at = held.get((edge.parent, edge.child))
                if at is not None and edge.taken and at not in richer:
                    old = self._graph.edges[at]
                    richer[at] = edge._replace(at=old.at, path=old.path)
                else:
                    made.setdefault((edge.parent, edge.child, edge.label, edge.marker), edge)
        self._graph.replace(richer)
        for edge in made.values():
            self._graph.link(edge)
        untaken = sum(not edge.taken for edge in made.values())
        return len(made) - untaken + len(richer), untaken

    def _edges(self, key: str, ask: Ask, found: Requirements) -> list[Edge]:
        if ask.name == self._graph.nodes[key].name:
            return []  # an extra made of other extras of the same package
        on, label = taken(ask, self._extras[key], self._environment)
        children = self._pins.of(ask, key)
        if on and not children:
            self._not_pinned.setdefault(ask.name, {})[key] = None
        requested = mask(ask.requested)
        return [Edge(key, child, label, ask.marker, requested, 0, found.path, on) for child in children]

    def _build(self, key: str, found: Requirements) -> list[Edge]:
        """Return the edges to what builds an sdist (PEP 518): it runs when the pin is installed."""
        edges: list[Edge] = []
        asks, _ = read_asks(found.build)
        for ask in asks:
            on, _ = taken(ask, (), self._environment)
            children = self._pins.of(ask, key)
            if on and not children:
                self._not_pinned.setdefault(ask.name, {})[key] = None
            edges += [
                Edge(key, child, "build", ask.marker, mask(ask.requested), 0, found.path, on)
                for child in children
                if child != key
            ]
        return edges

    def _tell(self) -> None:
        """Say for what target, what is not known, per node, and which names nobody pins."""
        for key, why in self._unknown.items():
            failed = isinstance(why, Failed)
            status = "failed" if failed else "partial"
            what = _label(self._graph.nodes[key])
            told = why if why.startswith("edges:") else f"edges unknown: {why}"
            self._coverage.append(Coverage(what, status, told, needed=failed, kind="edges"))
        for name, keys in sorted(self._not_pinned.items()):
            askers = [_label(self._graph.nodes[key]) for key in keys]
            more = f" and {len(askers) - _FEW} more" if len(askers) > _FEW else ""
            why = f"not pinned: {name} asked by {', '.join(askers[:_FEW])}{more}"
            self._coverage.append(Coverage(name, "partial", why, kind="edges"))


def _answer(provider: Provider, package: Package) -> Requirements | str:
    if package.source not in {"registry", "url"}:
        return f"its source is {package.source}: no release states its requirements"
    return provider.requirements(package)


def _label(package: Package) -> str:
    return f"{package.name} {package.version}" if package.version else package.name


def _extras_of(requested: str) -> frozenset[str]:
    return frozenset(normalise(part.strip()) for part in requested[1:].partition("]")[0].split(",") if part.strip())
