"""Which repositories have which findings in a night. A set of repositories is a number: the id of one is its bit.

Two sets are told apart. *Read*: the repositories that were read in the night and say so. *Held*: these, and those that
could not be read, or whose file could not be, with what they said when it was read last: not looked at is not gone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from depscan.history.database import chunked, holds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from depscan.history.broken import Broken
    from depscan.history.database import Database

_EVIDENCE = 8


class Sets(NamedTuple):
    """Repositories that have something: as it was read, and with what could not be read counted in."""

    read: int = 0
    held: int = 0
    late: int = 0
    """Those of the held that could not be read since a finding is known: nobody was told that they have it."""

    @property
    def told(self) -> int:
        """Return the held of whom it was told."""
        return self.held & ~self.late

    def __or__(self, other: Sets) -> Sets:
        return Sets(
            self.read | other.read, self.held | other.held, (self.late | other.late) & ~(self.told | other.told)
        )


NOBODY = Sets()


class Whose(NamedTuple):
    """Ids of the repositories that have a reading or a graph, sorted: nearly always one, and 60,000 bits take 8 kB."""

    read: tuple[int, ...] = ()
    held: tuple[int, ...] = ()


class Holders:
    """Who has what in a night.

    Args:
        database: of the store.
        night: id of the night.
        broken: what readings could not read.
        only: ids of the repositories that are looked at; None for all.

    Attributes:
        night: id of the night.
        readings: reading id to the repositories that have it.
        graphs: the same of graphs.
        files: id of a finding to those that had it in a file that cannot be read now.
    """

    def __init__(self, database: Database, night: int, broken: Broken, only: AbstractSet[int] | None = None) -> None:
        self.night = night
        self.files: dict[int, int] = {}
        self._database, self._broken = database, broken
        self._seen: dict[int, int] = {}
        rows = database.rows(f"SELECT repository, first, reading FROM state WHERE {holds()}", (night, night))
        states = [row for row in rows if only is None or row[0] in only]
        counted = [(own, reading, True) for own, _, reading in states if reading is not None]
        for own, first, reading in states:
            if reading is None:
                for earlier, last in self._earlier(own, first)[:1]:
                    counted.append((own, earlier, False))
                    self._seen[own] = last
        broken.learn(reading for _, reading, _ in counted)
        self.readings = _whose(counted)
        having = [
            (own, graph, is_read)
            for reading, graph in chunked(database, "SELECT reading, graph FROM part WHERE reading", self.readings)
            for own, is_read in _each(self.readings[reading])
        ]
        for own, reading, _ in counted:
            for path in broken.paths(reading):
                having += ((own, graph, False) for graph in self._carry(own, path))
        self.graphs = _whose(having)

    def _earlier(self, repository: int, before: int) -> list[tuple[int, int]]:
        """Return what a repository said before a night, and in which one last, while it was part of the fleet."""
        rows = self._database.rows(
            "SELECT first, last, reading FROM state WHERE repository = ? AND first < ? ORDER BY first DESC",
            (repository, before),
        )
        found = []
        for first, last, reading in rows:
            if last is not None and last < before - 1:
                break
            before = first
            if reading is not None:
                found.append((reading, self.night if last is None else last))
        return found

    def _carry(self, repository: int, path: str) -> list[int]:
        """Count what a file said when it could be read last; return the graph it was in."""
        for reading, last in self._earlier(repository, self.night + 1):
            if path in self._broken.paths(reading):
                continue
            parts: dict[str, int] = dict(
                self._database.rows("SELECT path, graph FROM part WHERE reading = ?", (reading,))
            )
            self._seen[repository] = min(last, self._seen.get(repository, last))
            # What is no lock shares a graph with the rest of the repository: nobody knows which of it was this file's.
            graph = parts.get(path, parts.get(""))
            rows = self._database.rows(
                "SELECT f.id, f.more FROM reading_finding h JOIN finding f ON f.id = h.finding WHERE h.reading = ?",
                (reading,),
            )
            for own, text in rows:
                evidence = json.loads(text)[_EVIDENCE]
                if evidence and evidence[0][0][0] == path:
                    self.files[own] = self.files.get(own, 0) | 1 << repository
            return [] if graph is None else [graph]
        return []

    def packages(self, wanted: Iterable[int]) -> dict[int, Sets]:
        """Return who has packages."""
        found: dict[int, list[Whose]] = {}
        for package, graph in chunked(self._database, "SELECT package, graph FROM node WHERE package", wanted):
            if graph in self.graphs:
                found.setdefault(package, []).append(self.graphs[graph])
        return {package: _sets(every) for package, every in found.items()}

    def findings(self, wanted: Collection[int], about: Collection[tuple[int, int, int, int | None]]) -> dict[int, Sets]:
        """Return who has findings.

        Args:
            wanted: their ids.
            about: the rows of ``package_finding`` of these findings.
        """
        said: dict[int, list[Whose]] = {}
        rows = chunked(self._database, "SELECT finding, reading FROM reading_finding WHERE finding", wanted)
        for own, reading in rows:
            if reading in self.readings:
                said.setdefault(own, []).append(self.readings[reading])
        found = {own: _sets(said.get(own, ())) | Sets(0, self.files.get(own, 0)) for own in wanted}
        held = [(package, own, first) for package, own, first, last in about if self.is_now(first, last)]
        who = self.packages(package for package, *_ in held)
        for package, own, first in held:
            found[own] |= self._since(who.get(package, NOBODY), first)
        return found

    def _since(self, sets: Sets, first: int) -> Sets:
        """Return sets that say who could not be read since a finding is known."""
        late = 0
        for own in bits(sets.held & ~sets.read):
            if self._seen.get(own, first) < first:
                late |= 1 << own
        return sets._replace(late=late)

    def is_now(self, first: int, last: int | None) -> bool:
        """Return whether something that holds from one night to another holds in this one."""
        return first <= self.night and (last is None or last >= self.night)


def about(database: Database, findings: Iterable[int]) -> list[tuple[int, int, int, int | None]]:
    """Return package, finding, first and last night of every package that findings are about."""
    rows = chunked(database, "SELECT package, finding, first, last FROM package_finding WHERE finding", findings)
    return [(package, own, first, last) for package, own, first, last in rows]


def bits(number: int) -> Iterator[int]:
    """Yield the ids of the repositories of a set, the lowest first."""
    while number:
        bit = number & -number
        yield bit.bit_length() - 1
        number ^= bit


def _whose(having: Iterable[tuple[int, int, bool]]) -> dict[int, Whose]:
    """Return what repositories have, from the id of a repository, what it has, and whether that was read."""
    read: dict[int, set[int]] = {}
    held: dict[int, set[int]] = {}
    for own, key, is_read in having:
        held.setdefault(key, set()).add(own)
        if is_read:
            read.setdefault(key, set()).add(own)
    found = {}
    for key, every in held.items():
        whole = tuple(sorted(every))
        found[key] = Whose(whole if read.get(key) == every else tuple(sorted(read.get(key, ()))), whole)
    return found


def _each(whose: Whose) -> Iterator[tuple[int, bool]]:
    read = set(whose.read)
    return ((own, own in read) for own in whose.held)


def _sets(every: Collection[Whose]) -> Sets:
    """Return the repositories of several as bits."""
    held = _mask(own for whose in every for own in whose.held)
    if all(whose.read is whose.held for whose in every):
        return Sets(held, held)
    return Sets(_mask(own for whose in every for own in whose.read), held)


def _mask(ids: Iterable[int]) -> int:
    made = bytearray()
    for own in ids:
        at = own >> 3
        if at >= len(made):
            made.extend(bytes(at + 1 - len(made)))
        made[at] |= 1 << (own & 7)
    return int.from_bytes(made, "little")
