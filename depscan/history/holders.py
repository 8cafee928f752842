"""Which repositories have which findings in a night. A set of repositories is a number: the id of one is its bit.

Two sets are told apart. *Read*: the repositories that were read in the night and say so. *Held*: these, and those that
could not be read, or whose file could not be, with what they said when it was read last: not looked at is not gone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from depscan.history.content import chunked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from depscan.history.broken import Broken
    from depscan.history.database import Database

_AT = "first <= ? AND (last IS NULL OR last >= ?)"
_EVIDENCE = 8


class Sets(NamedTuple):
    """Repositories that have something: as it was read, and with what could not be read counted in."""

    read: int = 0
    held: int = 0

    def __or__(self, other: Sets) -> Sets:
        return Sets(self.read | other.read, self.held | other.held)


NOBODY = Sets()


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
        self.readings: dict[int, Sets] = {}
        self.graphs: dict[int, Sets] = {}
        self.files: dict[int, int] = {}
        self._database, self._broken = database, broken
        rows = database.rows(f"SELECT repository, first, reading FROM state WHERE {_AT}", (night, night))
        states = [row for row in rows if only is None or row[0] in only]
        counted = [(own, reading, True) for own, _, reading in states if reading is not None]
        counted += [(own, last, False) for own, first, reading in states if reading is None
                    for last in self._earlier(own, first)[:1]]  # fmt: skip
        broken.learn(reading for _, reading, _ in counted)
        for own, reading, is_read in counted:
            _put(self.readings, reading, own, is_read=is_read)
        for reading, graph in chunked(database, "SELECT reading, graph FROM part WHERE reading", self.readings):
            self.graphs[graph] = self.graphs.get(graph, NOBODY) | self.readings[reading]
        for own, reading, _ in counted:
            for path in broken.paths(reading):
                self._carry(own, path)

    def _earlier(self, repository: int, before: int) -> list[int]:
        """Return what a repository said in the nights before one, the last first, while it was part of the fleet."""
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
                found.append(reading)
        return found

    def _carry(self, repository: int, path: str) -> None:
        """Count what a file said when it could be read last."""
        for reading in self._earlier(repository, self.night + 1):
            if path in self._broken.paths(reading):
                continue
            parts: dict[str, int] = dict(
                self._database.rows("SELECT path, graph FROM part WHERE reading = ?", (reading,))
            )
            # What is no lock shares a graph with the rest of the repository: nobody knows which of it was this file's.
            graph = parts.get(path, parts.get(""))
            if graph is not None:
                _put(self.graphs, graph, repository, is_read=False)
            rows = self._database.rows(
                "SELECT f.id, f.more FROM reading_finding h JOIN finding f ON f.id = h.finding WHERE h.reading = ?",
                (reading,),
            )
            for own, text in rows:
                evidence = json.loads(text)[_EVIDENCE]
                if evidence and evidence[0][0][0] == path:
                    self.files[own] = self.files.get(own, 0) | 1 << repository
            return

    def packages(self, wanted: Iterable[int]) -> dict[int, Sets]:
        """Return who has packages."""
        found: dict[int, Sets] = {}
        for package, graph in chunked(self._database, "SELECT package, graph FROM node WHERE package", set(wanted)):
            found[package] = found.get(package, NOBODY) | self.graphs.get(graph, NOBODY)
        return found

    def findings(self, wanted: Collection[int], about: Collection[tuple[int, int, int, int | None]]) -> dict[int, Sets]:
        """Return who has findings.

        Args:
            wanted: their ids.
            about: the rows of ``package_finding`` of these findings.
        """
        found = {own: Sets(0, self.files.get(own, 0)) for own in wanted}
        rows = chunked(self._database, "SELECT finding, reading FROM reading_finding WHERE finding", wanted)
        for own, reading in rows:
            found[own] |= self.readings.get(reading, NOBODY)
        held = [(package, own) for package, own, first, last in about if self.is_now(first, last)]
        who = self.packages(package for package, _ in held)
        for package, own in held:
            found[own] |= who.get(package, NOBODY)
        return found

    def is_now(self, first: int, last: int | None) -> bool:
        """Return whether something that holds from one night to another holds in this one."""
        return first <= self.night and (last is None or last >= self.night)


def about(database: Database, findings: Iterable[int]) -> list[tuple[int, int, int, int | None]]:
    """Return package, finding, first and last night of every package that findings are about."""
    wanted = set(findings)
    rows = chunked(database, "SELECT package, finding, first, last FROM package_finding WHERE finding", wanted)
    return [(package, own, first, last) for package, own, first, last in rows]


def bits(number: int) -> Iterator[int]:
    """Yield the ids of the repositories of a set, the lowest first."""
    while number:
        bit = number & -number
        yield bit.bit_length() - 1
        number ^= bit


def _put(sets: dict[int, Sets], key: int, repository: int, *, is_read: bool) -> None:
    bit = 1 << repository
    sets[key] = sets.get(key, NOBODY) | Sets(bit if is_read else 0, bit)
