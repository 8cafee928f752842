"""Files that a reading could not read: what they said before is not known to be gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from depscan.errors import StoreError
from depscan.history.content import chunked
from depscan.history.pack import inflated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database

_OF_FILES = {"input", "include", "budget"}
"""Kinds of coverage whose ``what`` is a path."""
_WHAT, _NEEDED, _KIND = 0, 3, 5
_AT_ONCE = 200


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
        left = sorted(set(readings) - self._paths.keys())
        for at in range(0, len(left), _AT_ONCE):
            for own, data in chunked(self._database, "SELECT id, more FROM reading WHERE id", left[at : at + _AT_ONCE]):
                self._paths[own] = self._read(own, data)

    def _read(self, reading: int, data: bytes) -> frozenset[str]:
        try:
            gaps = json.loads(inflated(data))["gaps"]
        except ValueError as error:
            why = f"reading {reading} is damaged: {error}"
            raise StoreError(why, path=self._database.place, hint="depscan history verify says more") from None
        return frozenset(gap[_WHAT] for gap in gaps if gap[_NEEDED] and gap[_KIND] in _OF_FILES)

    def paths(self, reading: int) -> frozenset[str]:
        """Return the paths of a reading."""
        if reading not in self._paths:
            self.learn([reading])
        return self._paths.get(reading, frozenset())
