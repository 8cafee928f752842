"""Which findings came and went between two nights: for the fleet, or for some repositories only.

The one place that says so: the account of a night, its report and ``depscan history changed`` all count by it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from depscan.history.broken import Broken
from depscan.history.database import chunked
from depscan.history.holders import NOBODY, Holders, Sets, Whose, about
from depscan.history.read import arrays
from depscan.history.sameness import marks, subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from depscan.history.database import Database

_AT_ONCE = 20_000
"""Findings whose subjects are looked at at a time."""

_KIN = 500
"""Findings that are compared at a time: each costs a bit for each repository, some times over."""

Rows = list[tuple[int, int, int, int | None]]
"""Package, finding, first and last night."""

Who = dict[int, Sets]
"""Finding to those who have it."""


class Turned(NamedTuple):
    """Ids of findings to the repositories (as bits) to which they came, or from which they went.

    Attributes:
        new: no repository had them in the night before, and one does now.
        reached: known, and these repositories have them that did not.
        cleared: nobody has them any more, although what had them could be read.
        freed: somebody still has them, and these repositories have them no more.
        known: those of all these whose package was there in both nights: what is known of it changed.
    """

    new: dict[int, int]
    reached: dict[int, int]
    cleared: dict[int, int]
    freed: dict[int, int]
    known: AbstractSet[int] = frozenset()


NOTHING = Turned({}, {}, {}, {})


def turned(database: Database, before: int, now: int, only: AbstractSet[int] | None = None) -> Turned:
    """Return what came and went from one night to another.

    Args:
        database: of the store.
        before: id of the earlier night.
        now: id of the later one.
        only: ids of the repositories that are looked at; None for all.

    Raises:
        StoreError: the store is damaged.
    """
    broken = Broken(database)
    return between(database, Holders(database, before, broken, only), Holders(database, now, broken, only))


def between(database: Database, before: Holders, now: Holders) -> Turned:
    """Return what came and went between two nights whose holders are known."""
    moved = _moved(database, before, now)
    if not moved:
        return NOTHING
    known: set[int] = set()
    made = Turned({}, {}, {}, {}, known)
    for kin in _kin(database, moved):
        rows = about(database, kin)
        here = moved.intersection(kin)
        known |= _known(rows, here, before, now)
        _compare(made, sorted(here), kin, (before.findings(kin, rows), now.findings(kin, rows)))
    return made


def _compare(made: Turned, moved: list[int], kin: dict[int, list[int]], sets: tuple[Who, Who]) -> None:
    """Add what came and went of some findings, which are compared with all that may say the same."""
    was, here = sets
    had = _by_mark(kin, {own: one.told for own, one in was.items()})
    have = _by_mark(kin, {own: one.held for own, one in here.items()})
    for own in moved:
        there = _union(had, kin[own])
        if here[own].read & ~there:
            (made.reached if there else made.new)[own] = here[own].read & ~there
        left = _union(have, kin[own])
        if was[own].told & ~left:
            (made.freed if left else made.cleared)[own] = was[own].told & ~left


def _moved(database: Database, before: Holders, now: Holders) -> set[int]:
    """Return the findings that not the same repositories may have in both nights."""
    readings = set(_differing(before.readings, now.readings))
    found = {own for (own,) in chunked(database, "SELECT finding FROM reading_finding WHERE reading", readings)}
    found |= {own for own in before.files.keys() | now.files.keys() if before.files.get(own) != now.files.get(own)}
    packages: set[int] = set()
    for graph in sorted(_differing(before.graphs, now.graphs)):
        packages.update(arrays(database, graph, edges=False).nodes)
    statement = "SELECT finding, first, last FROM package_finding WHERE package"
    for own, first, last in chunked(database, statement, packages):
        if before.is_now(first, last) or now.is_now(first, last):
            found.add(own)
    old, new = before.night, now.night
    turns = database.rows(
        "SELECT finding FROM package_finding WHERE (first > ? AND first <= ?) OR (last >= ? AND last < ?)",
        (old, new, old, new),
    )
    return found | {own for (own,) in turns}


def _differing(before: dict[int, Whose], now: dict[int, Whose]) -> Iterator[int]:
    return (own for own in before.keys() | now.keys() if before.get(own) != now.get(own))


def _kin(database: Database, wanted: AbstractSet[int]) -> Iterator[dict[int, list[int]]]:
    """Yield the marks, as hashes, of findings and of all that may share one with them, some subjects at a time."""
    texts = chunked(database, "SELECT rule, subject FROM finding WHERE id", wanted)
    groups: dict[tuple[str, str], list[int]] = {(rule, subject(text).bare): [] for rule, text in texts}
    most = database.rows("SELECT COALESCE(MAX(id), 0) FROM finding")[0][0]
    for at in range(0, most + 1, _AT_ONCE):
        rows = database.rows("SELECT id, rule, subject FROM finding WHERE id >= ? AND id < ?", (at, at + _AT_ONCE))
        for own, rule, text in rows:
            if (group := groups.get((rule, subject(text).bare))) is not None:
                group.append(own)
    some: list[int] = []
    for group in groups.values():
        some += group
        if len(some) >= _KIN:
            yield _marks(database, some)
            some = []
    if some:
        yield _marks(database, some)


def _marks(database: Database, findings: list[int]) -> dict[int, list[int]]:
    rows = chunked(database, "SELECT id, more FROM finding WHERE id", findings)
    return {own: [hash(mark) for mark in marks(json.loads(text))] for own, text in rows}


def _by_mark(kin: dict[int, list[int]], sets: dict[int, int]) -> dict[int, int]:
    """Return the repositories that have, or had, anything of a mark."""
    found: dict[int, int] = {}
    for own, every in kin.items():
        for mark in every:
            found[mark] = found.get(mark, 0) | sets.get(own, 0)
    return found


def _union(by_mark: dict[int, int], every: Iterable[int]) -> int:
    found = 0
    for mark in every:
        found |= by_mark[mark]
    return found


def _known(rows: Rows, moved: AbstractSet[int], before: Holders, now: Holders) -> set[int]:
    """Return the findings that came or went although their package was there in both nights."""
    turns = [(p, own) for p, own, a, z in rows if own in moved and before.is_now(a, z) != now.is_now(a, z)]
    wanted = {package for package, _ in turns}
    was, here = before.packages(wanted), now.packages(wanted)
    return {own for p, own in turns if was.get(p, NOBODY).held & here.get(p, NOBODY).held}
