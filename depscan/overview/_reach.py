"""Which readings contain which packages that something is said about, in any night."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history.database import chunked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from depscan.history.database import Database
    from depscan.overview._ledger import Ledger

_PAIRS = "SELECT DISTINCT p.reading, n.package FROM node n JOIN part p ON p.graph = n.graph WHERE n.package"


class Reach:
    """Who contains what.

    Attributes:
        packages: reading id to the ids of those packages.
        readings: the other way round.
    """

    def __init__(self, database: Database, ledger: Ledger, readings: AbstractSet[int]) -> None:
        self.packages: dict[int, list[int]] = {}
        self.readings: dict[int, set[int]] = {}
        self._ledger = ledger
        for reading, package in chunked(database, _PAIRS, ledger.of_package, "ORDER BY p.reading, n.package"):
            if reading in readings:
                self.packages.setdefault(reading, []).append(package)
                self.readings.setdefault(package, set()).add(reading)
        self._saying: dict[int, set[int]] = {}
        for reading, said in ledger.of_reading.items():
            for number, _ in said:
                self._saying.setdefault(ledger.kin[number], set()).add(reading)

    def saying(self, number: int) -> AbstractSet[int]:
        """Return the readings that say something themselves."""
        return self._saying.get(self._ledger.kin[number], frozenset())

    def said(self, reading: int, night: int) -> Iterator[int]:
        """Yield the statements that reach a reading in a night; one may come more than once."""
        for number, _ in self._ledger.of_reading.get(reading, ()):
            yield number
        for package in self.packages.get(reading, ()):
            yield from self._ledger.standing(night, package)
