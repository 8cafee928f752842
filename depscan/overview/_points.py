"""The trend: figures of each night, from intervals and without reading a night."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from depscan.history.database import chunked
from depscan.model.finding import Severity
from depscan.overview.records import Point

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from depscan.history.database import Database
    from depscan.model.decision import Decision
    from depscan.overview._ledger import Ledger
    from depscan.overview._reach import Reach
    from depscan.overview._spans import Nights, Past

_PACKAGES_AT_ONCE = 2000


def points(
    database: Database,
    nights: Nights,
    past: Past,
    found: tuple[Ledger, Reach, Sequence[Decision]],
    projects: AbstractSet[int],
) -> tuple[Point, ...]:
    """Return the figures of the last nights, the oldest first.

    Args:
        database: of the store.
        nights: see ``Nights``.
        past: what each repository said.
        found: statements, whom they reach, and what the policy of today says about each.
        projects: package ids that are no packages.
    """
    ledger, reach, decisions = found
    read: list[int] = []
    unread: list[int] = []
    at: dict[int, int] = {}
    for spans in past.spans.values():
        for span in spans:
            mask = nights.mask(span.first, span.last)
            if span.reading is None:
                unread.append(mask)
            else:
                read.append(mask)
                at[span.reading] = at.get(span.reading, 0) | mask
    when = _when(nights, ledger, reach, at)
    rows = zip(
        nights.last,
        nights.tally(read),
        nights.tally(unread),
        nights.tally(_packages(database, at, projects)),
        nights.tally(when[i] for i, d in enumerate(decisions) if _malicious(d)),
        nights.tally(when[i] for i, d in enumerate(decisions) if d.action == "block"),
        nights.tally(when[i] for i, d in enumerate(decisions) if d.action == "warn"),
        nights.tally(_reached(nights, past, found)),
        strict=True,
    )
    return tuple(Point(night.started[:10], *figures) for night, *figures in rows)


def _malicious(decision: Decision) -> bool:
    return decision.finding.severity is Severity.MALICIOUS and decision.action != "allow"


def _when(nights: Nights, ledger: Ledger, reach: Reach, at: Mapping[int, int]) -> list[int]:
    """Return for each statement the nights in which it reached somebody."""
    found = [0] * len(ledger.statements)
    for package, said in ledger.of_package.items():
        held = 0
        for reading in reach.readings.get(package, ()):
            held |= at.get(reading, 0)
        for number, first, last in said:
            found[number] |= held & nights.mask(first, last)
    for reading, told in ledger.of_reading.items():
        for number, _ in told:
            found[number] |= at.get(reading, 0)
    return found


def _reached(nights: Nights, past: Past, found: tuple[Ledger, Reach, Sequence[Decision]]) -> Iterator[int]:
    """Yield for each repository the nights in which something blocked reached it."""
    ledger, reach, decisions = found
    blocked = {i for i, d in enumerate(decisions) if d.action == "block"}
    of_package: dict[int, int] = {}
    for package, said in ledger.of_package.items():
        for number, first, last in said:
            if number in blocked:
                of_package[package] = of_package.get(package, 0) | nights.mask(first, last)
    of_reading = {
        reading: reduce(or_, (of_package.get(package, 0) for package in packages), 0)
        for reading, packages in reach.packages.items()
    }
    always = nights.mask(0, None)
    for reading, told in ledger.of_reading.items():
        if any(number in blocked for number, _ in told):
            of_reading[reading] = always
    for spans in past.spans.values():
        mask = 0
        for span in spans:
            if span.reading is not None:
                mask |= of_reading.get(span.reading, 0) & nights.mask(span.first, span.last)
        yield mask


def _packages(database: Database, at: Mapping[int, int], projects: AbstractSet[int]) -> Iterator[int]:
    """Yield for each package of the store the nights in which somebody had it."""
    graphs: dict[int, int] = {}
    for reading, graph in chunked(database, "SELECT reading, graph FROM part WHERE reading", at):
        graphs[graph] = graphs.get(graph, 0) | at[reading]
    most = database.rows("SELECT COALESCE(MAX(id), 0) FROM package")[0][0]
    for first in range(0, most + 1, _PACKAGES_AT_ONCE):
        held: dict[int, int] = {}
        for package, graph in database.rows(
            "SELECT package, graph FROM node WHERE package >= ? AND package < ?", (first, first + _PACKAGES_AT_ONCE)
        ):
            held[package] = held.get(package, 0) | graphs.get(graph, 0)
        yield from (mask for package, mask in held.items() if package not in projects)
