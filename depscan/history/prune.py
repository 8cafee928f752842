"""Take old nights out of a store: what ended before them, and then the content that nothing refers to any more.

The nights' own rows stay, so that what still holds can tell since when. Each step is a transaction of its own, and the
store is whole after each: when it is ended between two, the next pruning goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError
from depscan.history.read import kept_from
from depscan.history.store import pruned

if TYPE_CHECKING:
    from depscan.history.database import Database

_LAST_WORDS = (
    "reading IS NOT NULL AND EXISTS (SELECT 1 FROM state lost WHERE lost.repository = state.repository"
    " AND lost.first > state.last AND lost.reading IS NULL AND (lost.last IS NULL OR lost.last >= {cut})"
    " AND NOT EXISTS (SELECT 1 FROM state other WHERE other.repository = state.repository"
    " AND other.first > state.last AND other.first < lost.first AND other.reading IS NOT NULL))"
)
"""What a repository said last before it could not be read any more: it counts with that as long as it cannot."""
_STEPS = (
    (
        ("states", "state", f"last < {{cut}} AND NOT ({_LAST_WORDS})"),
        ("findings of packages", "package_finding", "last < {cut}"),
    ),
    (("readings", "reading", "NOT EXISTS (SELECT 1 FROM state s WHERE s.reading = reading.id)"),
     ("", "part", "NOT EXISTS (SELECT 1 FROM reading r WHERE r.id = part.reading)"),
     ("", "reading_finding", "NOT EXISTS (SELECT 1 FROM reading r WHERE r.id = reading_finding.reading)")),
    (("graphs", "graph", "NOT EXISTS (SELECT 1 FROM part p WHERE p.graph = graph.id)"),
     ("", "node", "NOT EXISTS (SELECT 1 FROM graph g WHERE g.id = node.graph)")),
    (("packages", "package", "NOT EXISTS (SELECT 1 FROM node n WHERE n.package = package.id)"),
     ("", "package_finding", "NOT EXISTS (SELECT 1 FROM package p WHERE p.id = package_finding.package)")),
    (("findings", "finding",
      ("NOT EXISTS (SELECT 1 FROM reading_finding h WHERE h.finding = finding.id)"
       " AND NOT EXISTS (SELECT 1 FROM package_finding h WHERE h.finding = finding.id)")),),
)  # fmt: skip
"""Per transaction: what it is called ("" for rows that go along), table, and which rows go."""


class Pruned(NamedTuple):
    """What was taken out.

    Attributes:
        cut: the first night that can still be asked about.
        counts: what, and how many of it; in a dry run only what ended before the cut.
    """

    cut: int
    counts: dict[str, int]


def cut_of(database: Database, *, days: int = 0, nights: int = 0) -> int:
    """Return the first night to keep.

    Args:
        database: a store with a night.
        days: keep the nights that began at most so many days before the last one.
        nights: keep so many nights; one of both is given.

    Raises:
        UsageError: nothing would be kept.
    """
    rows = database.rows("SELECT id, started FROM night ORDER BY id")
    if days < 0 or nights < 0 or not days + nights:
        raise UsageError("at least one day or night has to be kept")
    if not rows:
        return 0
    if nights:
        return int(rows[-nights:][0][0])
    oldest = _time(rows[-1][1]) - timedelta(days=days)
    return int(next(own for own, started in rows if _time(started) >= oldest))


def prune(database: Database, cut: int, *, dry: bool = False) -> Pruned:
    """Take out what ended before a night.

    Args:
        database: a store that is open for writing.
        cut: see ``cut_of``.
        dry: only count.

    Raises:
        StoreError: it cannot be written.
    """
    counts: dict[str, int] = {}
    if dry:
        for name, table, which in _STEPS[0]:
            counts[name] = database.rows(f"SELECT COUNT(*) FROM {table} WHERE {which.format(cut=cut)}")[0][0]
        return Pruned(cut, counts)
    for number, step in enumerate(_STEPS):
        with database.transaction():
            if not number:
                _note(database, max(cut, kept_from(database)))
            for name, table, which in step:
                rule = which.format(cut=cut)
                if name:
                    counts[name] = database.rows(f"SELECT COUNT(*) FROM {table} WHERE {rule}")[0][0]
                database.run(f"DELETE FROM {table} WHERE {rule}")
    database.shrink()
    return Pruned(cut, counts)


def _note(database: Database, cut: int) -> None:
    """Keep from which night on the store can be asked, and tell whoever holds ids that they may be gone."""
    times = pruned(database) + 1
    database.run("DELETE FROM meta WHERE key IN ('pruned', 'kept from')")
    database.many("INSERT INTO meta VALUES (?, ?)", [("pruned", str(times)), ("kept from", str(cut))])


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"a night has no time: {text[:40]!r}", hint="depscan history verify says more") from None
