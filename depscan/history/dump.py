"""What a store says, in one order and without anything that depends on how it came about.

Two stores of the same nights give the same lines, whatever the order in which readings came, how often the run was
ended and begun again, in how many shards it ran, and which database holds them. Left out: ids, times, durations,
places, marks, and content that no night refers to.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import StoreError
from depscan.history.content import NODE, compact
from depscan.history.pack import inflated, unpacked
from depscan.history.verify import DAMAGE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from depscan.history.database import Database, Row

_ADVISORIES = ("built", "newest", "sha256")
_Span = tuple[int, int | None]


class _Reach(NamedTuple):
    """From which night to which one each reading, graph and package was what some repository said."""

    readings: dict[int, _Span]
    graphs: dict[int, _Span]
    packages: dict[int, _Span]


def lines(database: Database) -> Generator[str, None, None]:
    """Yield the content of a store as JSON lines without line ends.

    Memory grows with the distinct packages, graphs and readings (about 100 bytes each), not with what they say.

    Raises:
        StoreError: it is damaged.
    """
    try:
        yield from _lines(database)
    except DAMAGE as error:
        why = f"the store is damaged: {error}"
        raise StoreError(why, path=database.place, hint="depscan history verify says more") from None


def _lines(database: Database) -> Iterator[str]:
    with database.snapshot():
        for night in database.each("SELECT id, tool, shard, snapshot FROM night ORDER BY id"):
            advisories = json.loads(night[3])
            yield _line("night", *night[:3], [advisories.get(name, "") for name in _ADVISORIES])
        reach = _reach(database)
        yield from _repositories(database)
        purls: dict[int, str] = {}
        for own, *node in database.each(f"SELECT id, {NODE} FROM package ORDER BY purl"):
            if own in reach.packages:
                purls[own] = node[0]
                yield _line("package", *node)
        yield from _graphs(database, reach, purls)
        yield from _readings(database, reach, purls)
        yield from _package_findings(database, reach)


def _line(kind: str, *told: Any) -> str:  # noqa: ANN401 - JSON
    return compact((kind, *told))


def _reach(database: Database) -> _Reach:
    readings = _spans(database.each("SELECT reading, first, last FROM state WHERE reading IS NOT NULL"))
    graphs = _spans(_carried(database.each("SELECT graph, reading FROM part"), readings))
    packages = _spans(_carried(database.each("SELECT package, graph FROM node"), graphs))
    return _Reach(readings, graphs, packages)


def _carried(pairs: Iterable[Row], spans: dict[int, _Span]) -> Iterator[Row]:
    for own, other in pairs:
        if other in spans:
            yield (own, *spans[other])


def _spans(rows: Iterable[Row]) -> dict[int, _Span]:
    found: dict[int, _Span] = {}
    for own, first, last in rows:
        before = found.get(own)
        if before is None:
            found[own] = first, last
        elif first < before[0] or before[1] is not None:
            ends = None if last is None or before[1] is None else max(last, before[1])
            found[own] = min(first, before[0]), ends
    return found


def _repositories(database: Database) -> Iterator[str]:
    rows = database.each(
        "SELECT r.name, r.owner, r.team, r.tags, s.first, s.last, d.key, s.revision, s.problem FROM state s"
        " JOIN repository r ON r.id = s.repository LEFT JOIN reading d ON d.id = s.reading ORDER BY r.name, s.first"
    )
    for name, owner, team, tags, *state in rows:
        yield _line("state", name, owner, team, json.loads(tags), *state)


def _graphs(database: Database, reach: _Reach, purls: dict[int, str]) -> Iterator[str]:
    for own, digest, *data in database.each("SELECT id, digest, nodes, up, edges FROM graph ORDER BY digest"):
        if own in reach.graphs:
            nodes, up, edges = map(unpacked, data)
            yield _line("graph", digest, [purls[n] for n in nodes], list(up), list(edges))


def _readings(database: Database, reach: _Reach, purls: dict[int, str]) -> Iterator[str]:
    rows = database.each("SELECT id, key, until, files, bytes, more FROM reading ORDER BY key")
    for own, key, until, files, size, data in rows:
        if own not in reach.readings:
            continue
        more = json.loads(inflated(data))
        more["uses"] = [(purls[use[0]], *use[1:]) for use in more["uses"]]
        yield _line("reading", key, until, files, size, more)
        parts = database.rows(
            "SELECT p.path, p.format, g.digest, p.packages FROM part p JOIN graph g ON g.id = p.graph"
            " WHERE p.reading = ? ORDER BY p.path",
            (own,),
        )
        yield from (_line("part", key, *part) for part in parts)
        told = database.rows(
            "SELECT f.more FROM reading_finding h JOIN finding f ON f.id = h.finding WHERE h.reading = ?"
            " ORDER BY f.digest",
            (own,),
        )
        yield from (_line("finding", key, json.loads(text)) for (text,) in told)


def _package_findings(database: Database, reach: _Reach) -> Iterator[str]:
    """Yield the findings of packages, for the nights in which some repository had the package."""
    rows = database.each(
        "SELECT h.package, p.purl, f.more, h.first, h.last FROM package_finding h JOIN package p ON p.id = h.package"
        " JOIN finding f ON f.id = h.finding ORDER BY p.purl, f.digest, h.first"
    )
    for package, purl, text, first, last in rows:
        if package not in reach.packages:
            continue
        begin, end = reach.packages[package]
        ends = min((n for n in (last, end) if n is not None), default=None)
        if ends is None or ends >= max(first, begin):
            yield _line("finding of a package", purl, json.loads(text), max(first, begin), ends)
