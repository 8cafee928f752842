"""Who has a package: repositories, files, shortest paths, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError
from depscan.history.asked import Asked, asked, label
from depscan.history.database import chunked
from depscan.history.read import arrays, holdings, kept_from, more, night_of, nights, packages, states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database
    from depscan.history.read import Arrays, Holding, State
    from depscan.history.records import Night, Node, Repository


class Filter(NamedTuple):
    """Which repositories are looked at; "" for all."""

    owner: str = ""
    tag: str = ""

    def takes(self, one: Repository) -> bool:
        """Return whether a repository is looked at."""
        return (not self.owner or self.owner in {one.owner, one.team}) and (not self.tag or self.tag in one.tags)


class Reach(NamedTuple):
    """A package in a file of a repository.

    Attributes:
        repository: its name.
        owner, team, tags: as the configuration says.
        package: the purl; ``ecosystem``, ``name`` and ``version`` are its.
        path: file below the repository's top; "" for everything that has no lock of its own.
        format: id of the file's format.
        direct: whether the repository asks for it itself: only projects of its own are before it.
        via: names with versions on a shortest path from a root to it.
        since: day (YYYY-MM-DD) of the first night of its unbroken presence; a night on which the repository could
            not be read breaks nothing, as nobody looked.
        before: whether it was there on the first night that the store can be asked about: then it may be older than
            ``since``.
    """

    repository: str
    owner: str
    team: str
    tags: tuple[str, ...]
    package: str
    ecosystem: str
    name: str
    version: str
    path: str
    format: str
    direct: bool
    via: tuple[str, ...]
    since: str
    before: bool


class Unread(NamedTuple):
    """A repository that could not be read, why, and whether it had the package when it was read last (day)."""

    repository: str
    owner: str
    problem: str
    had: bool
    last: str


class Answer(NamedTuple):
    """Who has it.

    Attributes:
        night: which one was looked at.
        asked: what was meant.
        reaches: by owner, repository, file and package; of the first repositories only where that was wanted.
        undecided: the same for packages whose version cannot be compared.
        found, unsure: how many repositories those are of, all told.
        searched: how many repositories were looked at.
        unread: those that could not be.
        partly: repositories where something was not looked at; counted only where nobody has it.
        others: versions of the same name that were not asked for, to how many repositories have them.
    """

    night: Night
    asked: Asked
    reaches: tuple[Reach, ...]
    undecided: tuple[Reach, ...]
    found: int
    unsure: int
    searched: int
    unread: tuple[Unread, ...]
    partly: int
    others: dict[str, int]


def who(database: Database, text: str, night: str = "", only: Filter | None = None, limit: int = 0) -> Answer:
    """Return which repositories contain or reach what a text means.

    Args:
        database: of the store.
        text: see ``asked``.
        night: see ``night_of``.
        only: which repositories are looked at.
        limit: how many repositories' paths are worked out; 0 for all.

    Raises:
        UsageError, StoreError: as ``asked`` and ``night_of`` say.
    """
    when = night_of(database, night)
    meant = asked(database, text)
    only = only or Filter()
    seen = _taken(states(database, when.id), only)
    holding = _Holding(database, when, seen, [*meant.packages, *meant.undecided])
    rows, unsure = holding.rows(meant.packages), holding.rows(meant.undecided)
    others = _Holding(database, when, seen, meant.others).counts(meant.others)
    nobody = not rows and not unsure
    return Answer(
        when,
        meant,
        holding.reaches(rows, limit),
        holding.reaches(unsure, limit),
        len({state.id for state, _ in rows}),
        len({state.id for state, _ in unsure}),
        sum(state.reading is not None for state in seen),
        tuple(unread(database, when.id, seen, holding.readings())),
        sum(bool(more(database, s.reading).gaps) for s in seen if s.reading is not None) if nobody else 0,
        others,
    )


def _taken(every: list[State], only: Filter) -> list[State]:
    """Return what a filter takes; a name that nobody has is a mistake and no answer."""
    owners = {name for s in every for name in (s.repository.owner, s.repository.team) if name}
    tags = {tag for s in every for tag in s.repository.tags}
    for wanted, known, what, word in (
        (only.owner, owners, "belongs to", "owners and teams"),
        (only.tag, tags, "is tagged", "tags"),
    ):
        if wanted and wanted not in known:
            names = ", ".join(sorted(known)[:20]) or "none"
            raise UsageError(f"no repository {what} {wanted} in this night", hint=f"{word}: {names}")
    return [state for state in every if only.takes(state.repository)]


class _Holding:
    """Packages in the states of a night."""

    def __init__(self, database: Database, night: Night, seen: list[State], wanted: Iterable[int]) -> None:
        self._database = database
        self._night = night
        self._every = nights(database)
        self._first = kept_from(database)
        self._states: dict[int, list[State]] = {}
        for state in seen:
            if state.reading is not None:
                self._states.setdefault(state.reading, []).append(state)
        self._held: dict[int, set[int]] = {}
        self._now: list[Holding] = []
        for one in holdings(database, wanted):
            self._held.setdefault(one.package, set()).add(one.reading)
            if one.reading in self._states:
                self._now.append(one)
        self._graphs: dict[int, Arrays] = {}

    def rows(self, wanted: dict[int, Node]) -> list[tuple[State, Holding]]:
        """Return who has one of some packages, in the order in which it is told."""
        found = [(state, one) for one in self._now if one.package in wanted for state in self._states[one.reading]]
        return sorted(found, key=lambda pair: _place(pair[0], pair[1], wanted[pair[1].package]))

    def counts(self, wanted: dict[int, Node]) -> dict[str, int]:
        """Return versions to how many repositories have them, by their text."""
        held: dict[str, set[int]] = {}
        for state, one in self.rows(wanted):
            held.setdefault(wanted[one.package].version, set()).add(state.id)
        return {version: len(held[version]) for version in sorted(held)}

    def reaches(self, rows: list[tuple[State, Holding]], limit: int) -> tuple[Reach, ...]:
        """Return the rows of the first repositories (0: of all) with paths and days."""
        if limit:
            first = set(list(dict.fromkeys(state.id for state, _ in rows))[:limit])
            rows = [row for row in rows if row[0].id in first]
        ways = {(one.graph, one.package): self._way(one) for _, one in rows}
        named = packages(self._database, {own for way in ways.values() for own in way})
        labels = {own: label(node) for own, node in named.items()}
        since = self._since({(state.id, one.package): state for state, one in rows})
        found = []
        for state, one in rows:
            way, whose, node = ways[one.graph, one.package], state.repository, named[one.package]
            first_night = since[state.id, one.package]
            direct = all(named[own].kind == "project" for own in way[:-1])
            names, before = tuple(labels[own] for own in way), first_night <= self._first
            found.append(
                Reach(whose.name, whose.owner, whose.team, whose.tags, node.purl, node.ecosystem, node.name,
                      node.version, one.path, one.format, direct, names, self._day(first_night), before)
            )  # fmt: skip
        return tuple(found)

    def _way(self, one: Holding) -> list[int]:
        graph = self._graphs.get(one.graph)
        if graph is None:
            graph = self._graphs[one.graph] = arrays(self._database, one.graph, edges=False)
        return graph.path(graph.nodes.index(one.package))

    def _since(self, wanted: dict[tuple[int, int], State]) -> dict[tuple[int, int], int]:
        """Return the first night of the unbroken presence of packages (repository, package)."""
        past = _past(self._database, {s.id: s for s in wanted.values() if s.first > self._every[0].id}, self._night.id)
        found = {}
        for (own, package), state in wanted.items():
            first = known = state.first
            for begun, last, reading in past.get(own, ()):
                if last != first - 1 or (reading is not None and reading not in self._held[package]):
                    break
                first = begun
                known = begun if reading is not None else known
            found[own, package] = known
        return found

    def _day(self, night: int) -> str:
        return next((one.started[:10] for one in self._every if one.id >= night), "")

    def readings(self) -> set[int]:
        """Return the readings that hold anything that was asked for, of any night."""
        return set().union(*self._held.values())


def unread(database: Database, night: int, seen: Iterable[State], readings: set[int]) -> list[Unread]:
    """Return the repositories that could not be read, with whether one of some readings was their last one."""
    lost = {state.id: state for state in seen if state.reading is None}
    past = _past(database, lost, night) if lost else {}
    days = {one.id: one.started[:10] for one in nights(database)} if lost else {}
    found = []
    for own, state in lost.items():
        last, reading = next(((last, reading) for _, last, reading in past.get(own, ()) if reading), (0, 0))
        whose = state.repository
        found.append(Unread(whose.name, whose.owner, state.problem, reading in readings, days.get(last, "")))
    return sorted(found, key=lambda one: (one.owner, one.repository))


def _past(database: Database, wanted: dict[int, State], night: int) -> dict[int, list[tuple[int, int, int | None]]]:
    """Return first night, last night and reading of what repositories said before, the latest first."""
    found: dict[int, list[tuple[int, int, int | None]]] = {}
    statement = "SELECT repository, first, last, reading FROM state WHERE repository"
    for own, first, last, reading in chunked(database, statement, wanted, "ORDER BY repository, first DESC"):
        if last is not None and last < night:
            found.setdefault(own, []).append((first, last, reading))
    return found


def _place(state: State, one: Holding, node: Node) -> tuple[str, ...]:
    return (state.repository.owner, state.repository.name, one.path, node.name, node.purl)
