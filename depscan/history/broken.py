"""Files that a reading could not read: what they said before is not known to be gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history.database import chunked
from depscan.history.read import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database

_OF_FILES = {"input", "include", "budget"}
"""Kinds of coverage whose ``what`` is a path."""
_WHAT, _NEEDED, _KIND = 0, 3, 5


class Broken:
    """Reading id to the paths of its files that could not be read as what they are; each is looked up once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._paths: dict[int, frozenset[str]] = {}

    def learn(self, readings: Iterable[int]) -> None:
        """Look up many readings; none of what they hold is kept but the paths.

        Raises:
            StoreError: one is damaged.
        """
        left = set(readings) - self._paths.keys()
        for own, data in chunked(self._database, "SELECT id, more FROM reading WHERE id", left):
            gaps = said(self._database, own, data)["gaps"]
            self._paths[own] = frozenset(g[_WHAT] for g in gaps if g[_NEEDED] and g[_KIND] in _OF_FILES)

    def paths(self, reading: int) -> frozenset[str]:
        """Return the paths of a reading."""
        if reading not in self._paths:
            self.learn([reading])
        return self._paths.get(reading, frozenset())
