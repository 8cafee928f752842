"""Files that a reading could not read: what they said before is not known to be gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history import read
from depscan.overview._graphs import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database
    from depscan.model.decision import Coverage

_OF_FILES = {"input", "include", "budget"}
"""Kinds of coverage whose ``what`` is a path."""


class Broken:
    """Reading id to the paths of its files that could not be read as what they are; each is looked up once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._paths: dict[int, frozenset[str]] = {}

    def note(self, reading: int, gaps: Iterable[Coverage]) -> None:
        """Keep what a reading says, where somebody has read it already."""
        self._paths[reading] = frozenset(gap.what for gap in gaps if gap.needed and gap.kind in _OF_FILES)

    def paths(self, reading: int) -> frozenset[str]:
        """Return the paths of a reading."""
        if reading not in self._paths:
            self.note(reading, read.more(self._database, reading).gaps)
        return self._paths[reading]

    def members(self, reading: int, path: str) -> set[int]:
        """Return the package ids of one file of a reading."""
        parts = parts_of(self._database, [reading]).get(reading, ())
        return {own for part in parts if part.path == path for own in read.arrays(self._database, part.graph).nodes}
