"""Who has what in one night. A repository that could not be read counts with what it said when it was read last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history.database import holds
from depscan.history.read import arrays

if TYPE_CHECKING:
    from depscan.history.database import Database
    from depscan.history.read import State

_HELD = (
    "FROM node n CROSS JOIN part p CROSS JOIN state s WHERE n.package = ? AND p.graph = n.graph"
    f" AND s.reading = p.reading AND {holds('s')}"
)
"""CROSS JOIN keeps SQLite from beginning with the states, which are many where the package is rare."""


class Presence:
    """The packages of a night.

    Args:
        database: of the store.
        night: id of the night.
    """

    def __init__(self, database: Database, night: int) -> None:
        self._database = database
        self.night = night
        self._last: dict[int, tuple[str, int]] = {}
        rows = database.rows(
            "SELECT s.repository, r.name, (SELECT e.reading FROM state e WHERE e.repository = s.repository AND"
            " e.first < s.first AND e.reading IS NOT NULL ORDER BY e.first DESC LIMIT 1) FROM state s JOIN repository r"
            f" ON r.id = s.repository WHERE s.reading IS NULL AND {holds('s')}",
            (night, night),
        )
        for own, name, reading in rows:
            if reading is not None:
                self._last[own] = (name, reading)
        self._sets: dict[int, frozenset[int]] = {}
        self._graphs: dict[int, frozenset[int]] = {}
        self._has: dict[int, bool] = {}

    @property
    def stale(self) -> set[int]:
        """Return the readings that repositories count with which could not be read."""
        return {reading for _, reading in self._last.values()}

    def reading(self, state: State | None) -> int | None:
        """Return the reading that a repository counts with."""
        if state is None:
            return None
        return self._last.get(state.id, ("", None))[1] if state.reading is None else state.reading

    def packages(self, state: State | None) -> frozenset[int]:
        """Return the packages that a repository counts with."""
        reading = self.reading(state)
        return frozenset() if reading is None else self._of_reading(reading)

    def _of_reading(self, reading: int) -> frozenset[int]:
        held = self._sets.get(reading)
        if held is None:
            graphs = self._database.rows("SELECT DISTINCT graph FROM part WHERE reading = ?", (reading,))
            held = self._sets[reading] = frozenset().union(*(self._members(graph) for (graph,) in graphs))
        return held

    def _members(self, graph: int) -> frozenset[int]:
        held = self._graphs.get(graph)
        if held is None:
            held = self._graphs[graph] = frozenset(arrays(self._database, graph, edges=False).nodes)
        return held

    def has(self, package: int) -> bool:
        """Return whether anybody has a package."""
        held = self._has.get(package)
        if held is None:
            values = (package, self.night, self.night)
            held = bool(self._database.rows(f"SELECT 1 {_HELD} LIMIT 1", values))
            held = self._has[package] = held or any(package in self._of_reading(one) for one in self.stale)
        return held

    def had(self, package: int) -> bool:
        """Return whether anybody had a package on this night or an earlier one."""
        rows = self._database.rows(
            "SELECT 1 FROM node n CROSS JOIN part p CROSS JOIN state s WHERE n.package = ? AND p.graph = n.graph"
            " AND s.reading = p.reading AND s.first <= ? LIMIT 1",
            (package, self.night),
        )
        return bool(rows)
