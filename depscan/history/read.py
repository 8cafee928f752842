"""What a store says of one night: states of repositories, graphs, findings. Queries and reports are made of these."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import StoreError, UsageError
from depscan.history.content import NODE
from depscan.history.database import chunked, holds
from depscan.history.pack import inflated, unpacked
from depscan.history.records import Night, Node, Repository, Use, use_of
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator

    from depscan.history.database import Database


class State(NamedTuple):
    """What a repository said in a night.

    Attributes:
        id: of the repository in the store.
        repository: which.
        first: night since which it says this.
        reading: id of the reading; None where it could not be read.
        revision: full commit id; "" where there is no git.
        problem: why there is no reading.
    """

    id: int
    repository: Repository
    first: int
    reading: int | None
    revision: str
    problem: str


class Arrays(NamedTuple):
    """A stored graph: package ids in breadth-first order, the position before each, and edges (see ``Graph``)."""

    nodes: array[int]
    up: array[int]
    edges: array[int]

    def path(self, at: int) -> list[int]:
        """Return the package ids on a shortest path from a root to the node at a position."""
        found = [self.nodes[at]]
        while self.up[at] != at:
            at = self.up[at]
            found.append(self.nodes[at])
        return found[::-1]


class Holding(NamedTuple):
    """A package in a graph of a reading; ``path`` and ``format`` are those of the ``Part``."""

    package: int
    graph: int
    reading: int
    path: str
    format: str


class More(NamedTuple):
    """What a reading says beside its graphs; see ``Reading``. Uses hold ids of packages."""

    gaps: list[Coverage]
    census: list[Any]
    uses: list[Use]


def nights(database: Database) -> list[Night]:
    """Return every night, the first one first."""
    rows = database.rows("SELECT id, started, finished, tool, shard, snapshot, policy, more FROM night ORDER BY id")
    return [
        Night(own, begun, ended, tool, shard, json.loads(snapshot), policy, json.loads(told))
        for own, begun, ended, tool, shard, snapshot, policy, told in rows
    ]


def kept_from(database: Database) -> int:
    """Return the first night that can be asked about; what ended before it was pruned away."""
    rows = database.rows("SELECT value FROM meta WHERE key = 'kept from'")
    return int(rows[0][0]) if rows else 1


def kept(database: Database) -> list[Night]:
    """Return the nights that can be asked about, the first one first."""
    first = kept_from(database)
    return [night for night in nights(database) if night.id >= first]


def latest(database: Database) -> Night:
    """Return the last night.

    Raises:
        StoreError: there is none.
    """
    found = nights(database)
    if not found:
        raise StoreError("the store holds no night yet", path=database.place, hint="depscan nightly makes one")
    return found[-1]


def night_of(database: Database, text: str = "") -> Night:
    """Return the night that a person means.

    Args:
        database: of the store.
        text: its number, or a day (YYYY-MM-DD): the last night on or before it; "" for the last one.

    Raises:
        UsageError: there is no such night, or it was pruned away.
        StoreError: there is no night at all.
    """
    last = latest(database)
    if not text:
        return last
    every = nights(database)
    if text.isascii() and text.isdigit():
        found = [night for night in every if str(night.id) == text.lstrip("0")]
    elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        found = [night for night in every if night.started[:10] <= text]
    else:
        raise UsageError("is no number of a night and no day as 2026-11-20", path=text)
    if not found:
        hint = f"there {'is' if len(every) == 1 else 'are'} {_span(every)}"
        raise UsageError("there is no such night", path=text, hint=hint)
    if found[-1].id < kept_from(database):
        raise pruned_away(database, f"night {found[-1].id} ({found[-1].started[:10]})")
    return found[-1]


def _span(held: list[Night]) -> str:
    first, last = held[0], held[-1]
    if first.id == last.id:
        return f"night {last.id} ({last.started[:10]})"
    return f"nights {first.id} ({first.started[:10]}) to {last.id} ({last.started[:10]})"


def pruned_away(database: Database, what: str) -> UsageError:
    """Return the error of a question about a night that is not kept."""
    hint = f"{_span(kept(database))} can be asked about"
    return UsageError(f"{what} was pruned away", path=database.place, hint=hint)


def states(database: Database, night: int) -> list[State]:
    """Return what every repository said in a night, sorted by name."""
    return _states(database, holds(), (night, night))


def changed_states(database: Database, before: int, now: int) -> tuple[dict[int, State], dict[int, State]]:
    """Return what changed between two nights: by repository what was said before, and what is said now."""
    over = _states(database, "first <= ? AND last >= ? AND last < ?", (before, before, now))
    begun = _states(database, f"first > ? AND {holds()}", (before, now, now))
    return {state.id: state for state in over}, {state.id: state for state in begun}


def _states(database: Database, condition: str, values: tuple[int, ...]) -> list[State]:
    rows = database.rows(
        "SELECT r.id, r.name, r.place, r.owner, r.team, r.tags, s.first, s.reading, s.revision, s.problem FROM state s"
        f" JOIN repository r ON r.id = s.repository WHERE {condition} ORDER BY r.name",
        values,
    )
    return [
        State(own, Repository(name, place, owner, team, tuple(json.loads(tags))), *said)
        for own, name, place, owner, team, tags, *said in rows
    ]


def arrays(database: Database, graph: int, *, edges: bool = True) -> Arrays:
    """Return a graph; without ``edges`` they are left empty, which is enough for paths.

    Raises:
        StoreError: it is damaged.
    """
    nodes, up = _array(database, graph, "nodes"), _array(database, graph, "up")
    return Arrays(nodes, up, _array(database, graph, "edges") if edges else nodes[:0])


def _array(database: Database, graph: int, column: str) -> array[int]:
    row = database.rows(f"SELECT {column} FROM graph WHERE id = ?", (graph,))
    try:
        return unpacked(row[0][0])
    except (ValueError, IndexError) as error:
        why = f"graph {graph} is damaged: {error}"
        raise StoreError(why, path=database.place, hint="depscan history verify says more") from None


def alike(database: Database, graphs: Iterable[int]) -> Iterator[tuple[int, Arrays]]:
    """Yield graphs, those of one shape behind each other: many repositories differ in nothing but versions.

    Raises:
        StoreError: one is damaged.
    """
    shapes: list[tuple[bytes, int]] = []
    for up, edges, own in chunked(database, "SELECT up, edges, id FROM graph WHERE id", graphs):
        shapes.append((sha256(up).digest() + sha256(edges).digest(), own))
    before, shape = b"", None
    for digest, own in sorted(shapes):
        if shape is None or digest != before:
            before, shape = digest, arrays(database, own)
            yield own, shape
        else:
            yield own, shape._replace(nodes=_array(database, own, "nodes"))


def packages(database: Database, wanted: Iterable[int]) -> dict[int, Node]:
    """Return packages by their id."""
    rows = chunked(database, f"SELECT id, {NODE} FROM package WHERE id", wanted)
    return {row[0]: Node(*row[1:]) for row in rows}


def named(database: Database, names: Iterable[str]) -> dict[int, Node]:
    """Return the packages that have one of some names, by their id and sorted by purl."""
    rows = chunked(database, f"SELECT id, {NODE} FROM package WHERE name", names)
    return {row[0]: Node(*row[1:]) for row in sorted(rows, key=lambda row: row[1])}


def packages_like(database: Database, start: str) -> dict[int, Node]:
    """Return the packages whose name begins with a text, by their id and sorted by purl."""
    # Not by "name >= ?": what that means depends on the collation of the database.
    statement = f"SELECT id, {NODE} FROM package WHERE substr(name, 1, ?) = ? ORDER BY purl"
    rows = database.rows(statement, (len(start), start))
    return {row[0]: Node(*row[1:]) for row in rows}


def holdings(database: Database, wanted: Iterable[int]) -> list[Holding]:
    """Return where packages are, in any night."""
    statement = (
        "SELECT n.package, n.graph, p.reading, p.path, p.format FROM node n JOIN part p ON p.graph = n.graph"
        " WHERE n.package"
    )
    return [Holding(*row) for row in chunked(database, statement, wanted)]


def more(database: Database, reading: int) -> More:
    """Return what a reading says beside its graphs.

    Raises:
        StoreError: it is damaged.
    """
    rows = database.rows("SELECT more FROM reading WHERE id = ?", (reading,))
    held = said(database, reading, rows[0][0] if rows else b"")
    return More([Coverage(*g) for g in held["gaps"]], held["census"], [use_of(u) for u in held["uses"]])


def said(database: Database, reading: int, data: bytes) -> dict[str, Any]:
    """Return gaps, census and uses as the JSON of a reading holds them: faster than ``more`` where few are wanted.

    Raises:
        StoreError: it is damaged.
    """
    try:
        held: dict[str, Any] = json.loads(inflated(data))
    except ValueError as error:
        why = f"reading {reading} is damaged: {error}"
        raise StoreError(why, path=database.place, hint="depscan history verify says more") from None
    return held
