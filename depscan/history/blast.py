"""Who would inherit a compromise of a package: repositories, what brings it into them, and what would free them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.history.asked import Asked, asked, label
from depscan.history.read import alike, holdings, more, night_of, packages, states
from depscan.history.ways import Group, Shapes, Ways, chokes, ways
from depscan.history.who import Unread, unread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database
    from depscan.history.read import State
    from depscan.history.records import Night, Node


class Victim(NamedTuple):
    """A repository that would inherit it.

    Attributes:
        repository, owner, team: which.
        direct: whether it asks for it itself.
        through: names of what the repository asks for itself and that leads there.
        paths: files whose graphs hold it; "" for everything without a lock.
    """

    repository: str
    owner: str
    team: str
    direct: bool
    through: tuple[str, ...]
    paths: tuple[str, ...]


class Between(NamedTuple):
    """A package that pulls it in, in any of its versions.

    Attributes:
        ecosystem, name, kind: which.
        brings: how many repositories have it on some way from a root to what is asked for.
        frees: how many of all would be free of what is asked for without it, as every way leads over it.
    """

    ecosystem: str
    name: str
    kind: str
    brings: int
    frees: int


class Used(NamedTuple):
    """A place that uses a model, service, tool or action of those asked for."""

    repository: str
    package: str
    path: str
    line: int
    how: str


class Blast(NamedTuple):
    """Everything that would inherit it.

    Attributes:
        night: which one was looked at.
        asked: what was meant.
        searched: how many repositories were looked at.
        unread: those that could not be.
        versions: packages asked for (purls) to how many repositories have them; only those that somebody has.
        victims: by owner and name.
        between: those that would free most first, then those that bring it into most.
        used: by repository, file and line.
    """

    night: Night
    asked: Asked
    searched: int
    unread: tuple[Unread, ...]
    versions: dict[str, int]
    victims: tuple[Victim, ...]
    between: tuple[Between, ...]
    used: tuple[Used, ...]


def blast(database: Database, text: str, night: str = "") -> Blast:
    """Return everything that would inherit a compromise of what a text means.

    A version that cannot be compared with the one asked for is taken for it: better one too many than one too few.

    Raises:
        UsageError, StoreError: as ``asked`` and ``night_of`` say.
    """
    when = night_of(database, night)
    meant = asked(database, text)
    wanted = {**meant.packages, **meant.undecided}
    every = states(database, when.id)
    by_reading: dict[int, list[State]] = {}
    for state in every:
        if state.reading is not None:
            by_reading.setdefault(state.reading, []).append(state)
    held: dict[int, dict[str, int]] = {}
    versions: dict[int, set[int]] = {}
    places = holdings(database, wanted)
    for one in places:
        if one.reading in by_reading:
            held.setdefault(one.reading, {})[one.path] = one.graph
            versions.setdefault(one.package, set()).update(state.id for state in by_reading[one.reading])
    graphs = _Graphs(database, set(wanted), {graph for paths in held.values() for graph in paths.values()})
    hit = [(state, held[reading]) for reading in held for state in by_reading[reading]]
    return Blast(
        when,
        meant,
        sum(state.reading is not None for state in every),
        tuple(unread(database, when.id, every, {one.reading for one in places})),
        {wanted[own].purl: len(versions[own]) for own in sorted(versions, key=lambda own: wanted[own].purl)},
        tuple(sorted((graphs.victim(*one) for one in hit), key=lambda one: (one.owner, one.repository))),
        graphs.between([frozenset(paths.values()) for _, paths in hit]),
        _used(database, hit, wanted),
    )


class _Graphs:
    """The graphs that hold what is asked for, each read once."""

    def __init__(self, database: Database, wanted: set[int], numbers: Iterable[int]) -> None:
        shapes: Shapes = {}
        self._ways = {number: ways(graph, wanted, shapes) for number, graph in alike(database, numbers)}
        self._wanted = wanted
        named = packages(database, {own for way in self._ways.values() for own in way.before})
        self._labels = {own: label(node) for own, node in named.items()}
        self._projects = {own for own, node in named.items() if node.kind == "project"}
        self._groups = {own: (n.ecosystem, n.name) for own, n in named.items() if n.kind != "project"}
        self._kinds = {(n.ecosystem, n.name): n.kind for n in named.values()}
        self._asks = {number: self._asked_for(way) for number, way in self._ways.items()}

    def _asked_for(self, way: Ways) -> tuple[bool, frozenset[str]]:
        """Return whether it is asked for directly, and what is asked for that leads there."""
        through = {own for own in way.roots if own not in way.tops and own not in self._projects}
        direct = bool(way.tops)
        for parent, child in way.edges:
            if parent in self._projects and child not in self._projects:
                direct = direct or child in self._wanted
                through.add(child)
        return direct, frozenset(self._labels[own] for own in through if own in way.before)

    def victim(self, state: State, paths: dict[str, int]) -> Victim:
        """Return what is told of a repository, given files and their graphs."""
        said = [self._asks[number] for number in paths.values()]
        through = sorted(frozenset().union(*(names for _, names in said)))
        whose = state.repository
        direct = any(directly for directly, _ in said)
        return Victim(whose.name, whose.owner, whose.team, direct, tuple(through), tuple(sorted(paths)))

    def between(self, held: list[frozenset[int]]) -> tuple[Between, ...]:
        """Return the packages between, over repositories given by the graphs that hold what is asked for there."""
        groups = self._groups
        members = {n: {groups[own] for own in way.before if own in groups} for n, way in self._ways.items()}
        free = {number: chokes(way, self._groups, self._wanted) for number, way in self._ways.items()}
        brings: dict[Group, int] = {}
        frees: dict[Group, int] = {}
        for graphs in held:
            for group in set[Group]().union(*(members[number] for number in graphs)):
                brings[group] = brings.get(group, 0) + 1
            for group in frozenset.intersection(*(free[number] for number in graphs)):
                frees[group] = frees.get(group, 0) + 1
        found = [Between(*group, self._kinds[group], count, frees.get(group, 0)) for group, count in brings.items()]
        return tuple(sorted(found, key=lambda one: (-one.frees, -one.brings, one.name, one.ecosystem)))


def _used(database: Database, hit: list[tuple[State, dict[str, int]]], wanted: dict[int, Node]) -> tuple[Used, ...]:
    """Return who uses it where: packages are imported anywhere, so only of other kinds."""
    special = {own: label(node) for own, node in wanted.items() if node.kind not in {"package", "project"}}
    if not special:
        return ()
    found = []
    for state, _ in hit:
        uses = () if state.reading is None else more(database, state.reading).uses
        for own, path, line, how, _ in uses:
            if own in special:
                found.append(Used(state.repository.name, special[own], path, line, how))
    return tuple(sorted(set(found)))
