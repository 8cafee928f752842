"""The repositories of a night with their figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from depscan.history.database import chunked
from depscan.overview.records import Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from depscan.history.database import Database
    from depscan.history.read import State
    from depscan.overview.records import Told


def members(
    database: Database, states: Sequence[State], findings: Iterable[Told], packages: Mapping[int, int]
) -> tuple[Member, ...]:
    """Return a member for each repository, sorted by name.

    Args:
        database: of the store.
        states: of the night.
        findings: what is told.
        packages: reading id to how many packages it has.
    """
    readings = [s.reading for s in states if s.reading is not None]
    files: dict[int | None, int] = dict(chunked(database, "SELECT id, files FROM reading WHERE id", readings))
    counts = Counter((told.action, name) for told in findings for name in {h.repository for h in told.hits})
    return tuple(
        Member(
            s.repository.name,
            s.repository.owner,
            s.repository.team,
            s.repository.tags,
            s.revision,
            files.get(s.reading, 0),
            packages.get(s.reading or 0, 0),
            counts["block", s.repository.name],
            counts["warn", s.repository.name],
            s.problem,
        )
        for s in states
    )
