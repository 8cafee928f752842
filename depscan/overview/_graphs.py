"""Stored graphs, each decoded once: who is in them, by which path, and who asks for whom over the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.history.database import chunked
from depscan.history.read import arrays

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from depscan.history.database import Database
    from depscan.history.read import Arrays

MOST_EDGES = 60_000
"""Edges of the tree: about 1 MB of a page."""


class Part(NamedTuple):
    """A file with a graph of its own, or everything else of a repository together (``path`` "" then)."""

    path: str
    graph: int


class Seen(NamedTuple):
    """A graph as far as the report needs it.

    Attributes:
        members: every package id.
        paths: package id of those that are asked for to the ids on a shortest path from a root to it.
        roots: ids of what the repository asks for itself.
        drawn: whether its edges are in the tree.
    """

    members: array[int]
    paths: dict[int, tuple[int, ...]]
    roots: tuple[int, ...]
    drawn: bool


class Graphs:
    """The graphs of a night, each decoded once.

    Args:
        database: of the store.
        wanted: package ids whose paths are shown.
        projects: package ids of projects: who asks, not what is asked for.
        room: how many edges the tree may have.

    Attributes:
        edges: the tree: pairs of package ids, of the graphs that were seen first.
    """

    def __init__(
        self, database: Database, wanted: AbstractSet[int], projects: frozenset[int], room: int = MOST_EDGES
    ) -> None:
        self.edges: set[tuple[int, int]] = set()
        self._database = database
        self._wanted = wanted
        self._projects = projects
        self._room = room
        self._seen: dict[int, Seen] = {}

    def see(self, graph: int) -> Seen:
        """Return what a graph says; its edges join the tree where there is room for all of them."""
        found = self._seen.get(graph)
        if found is None:
            held = arrays(self._database, graph)
            found = Seen(held.nodes, self._paths(held), self._roots(held), self._draw(held))
            self._seen[graph] = found
        return found

    def _draw(self, held: Arrays) -> bool:
        if len(self.edges) >= self._room:
            return False
        ids = [held.nodes[at] for at in held.edges]
        new = set(zip(ids[::2], ids[1::2], strict=True)) - self.edges
        if len(self.edges) + len(new) > self._room:
            return False
        self.edges |= new
        return True

    def _paths(self, held: Arrays) -> dict[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        if not self._wanted.isdisjoint(held.nodes):
            for at, package in enumerate(held.nodes):
                if package in self._wanted and package not in found:
                    found[package] = tuple(held.path(at))
        return found

    def _roots(self, held: Arrays) -> tuple[int, ...]:
        """Return what stands first: roots, and for a project what it asks for."""
        first = dict.fromkeys(n for at, n in enumerate(held.nodes) if held.up[at] == at)
        asking = self._projects.intersection(first)
        found = dict.fromkeys(n for n in first if n not in asking)
        if asking:
            for at in range(0, len(held.edges), 2):
                if held.nodes[held.edges[at]] in asking:
                    found[held.nodes[held.edges[at + 1]]] = None
        return tuple(found)


def parts_of(database: Database, readings: Iterable[int]) -> dict[int, list[Part]]:
    """Return the parts of readings, sorted by path."""
    found: dict[int, list[Part]] = {}
    for reading, path, graph in chunked(
        database, "SELECT reading, path, graph FROM part WHERE reading", readings, "ORDER BY reading, path"
    ):
        found.setdefault(reading, []).append(Part(path, graph))
    return found
