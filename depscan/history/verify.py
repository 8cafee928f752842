"""Whether a store is whole: the file, what refers to what, digests, graphs, and the nights in which things held."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import StoreError
from depscan.history.content import finding_columns, graph_digest, text_digest
from depscan.history.forest import fault_of
from depscan.history.pack import inflated, unpacked
from depscan.history.records import finding_of
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.history.database import Database

_REFERENCES = (
    ("state", "repository", "repository"),
    ("state", "reading", "reading"),
    ("part", "reading", "reading"),
    ("part", "graph", "graph"),
    ("reading_finding", "reading", "reading"),
    ("reading_finding", "finding", "finding"),
    ("package_finding", "package", "package"),
    ("package_finding", "finding", "finding"),
    ("node", "package", "package"),
    ("node", "graph", "graph"),
)
DAMAGE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
"""What reading damaged or hostile JSON may end in."""


class Fault(NamedTuple):
    """Something that is wrong: where (a table and a row of it) and what."""

    where: str
    what: str


def faults(database: Database) -> Iterator[Fault]:
    """Yield whatever is wrong with a store; it is read whole. Text of the store is in it: escape it.

    Nothing is raised for damage. Memory grows with the distinct packages and graphs, not with what they say.
    """
    with database.snapshot():
        damaged = False
        try:
            for text in database.damage():
                damaged = True
                yield Fault("database", text)
        except StoreError as error:
            damaged = True
            yield Fault("database", error.message)
        if damaged:  # the other steps rely on rows that can be read
            return
        for step in (_references, _nights, _times, _graphs, _index, _readings, _findings):
            try:
                yield from step(database)
            except StoreError as error:
                yield Fault("database", error.message)


def _references(database: Database) -> Iterator[Fault]:
    for table, column, other in _REFERENCES:
        lost, least = database.rows(
            f"SELECT COUNT(*), MIN(x.{column}) FROM {table} x WHERE x.{column} IS NOT NULL"
            f" AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o.id = x.{column})"
        )[0]
        if lost:
            yield Fault(table, f"{lost} rows refer to a {other} that is not there, such as {least}")


def _nights(database: Database) -> Iterator[Fault]:
    following = 1
    for own, snapshot, more in database.each("SELECT id, snapshot, more FROM night ORDER BY id"):
        if own != following:
            yield Fault(f"night {own}", f"night {following} should come here")
        following = own + 1
        for text in (snapshot, more):
            if not isinstance(_json(text), dict):
                yield Fault(f"night {own}", "its JSON is damaged")
    for own, tags in database.each("SELECT id, tags FROM repository ORDER BY id"):
        if not isinstance(_json(tags), list):
            yield Fault(f"repository {own}", "its tags are damaged")


def _times(database: Database) -> Iterator[Fault]:
    last_night = database.rows("SELECT COALESCE(MAX(id), 0) FROM night")[0][0]
    yield from _spans(database, "state", "repository", last_night)
    yield from _spans(database, "package_finding", "package, finding", last_night)


def _spans(database: Database, table: str, whose: str, last_night: int) -> Iterator[Fault]:
    before: tuple[Any, ...] = ()
    end: int | None = 0
    for *own, first, last in database.each(f"SELECT {whose}, first, last FROM {table} ORDER BY {whose}, first"):
        where = f"{table} of {whose} {', '.join(map(str, own))}"
        if tuple(own) == before and (end is None or first <= end):
            yield Fault(where, f"what begins in night {first} overlaps what was there")
        if not 1 <= first <= last_night or (last is not None and not first <= last <= last_night):
            yield Fault(where, f"holds from night {first} to {last}, of {last_night}")
        before, end = tuple(own), last


def _graphs(database: Database) -> Iterator[Fault]:
    purls: dict[int, str] = dict(database.each("SELECT id, purl FROM package"))
    for own, digest, *data in database.each("SELECT id, digest, nodes, up, edges FROM graph ORDER BY id"):
        where = f"graph {own}"
        try:
            nodes, up, edges = map(unpacked, data)
        except ValueError as error:
            yield Fault(where, f"its arrays are damaged: {error}")
            continue
        why = fault_of(nodes, up, edges)
        if why:
            yield Fault(where, why)
        elif any(n not in purls for n in nodes):
            yield Fault(where, "a package of it is not there")
        elif graph_digest([purls[n] for n in nodes], up, edges) != digest:
            yield Fault(where, "its digest is not that of what it says")


def _index(database: Database) -> Iterator[Fault]:
    """Compare the inverted index with the arrays: for each graph the count and a random sum of its packages."""
    salt = random.SystemRandom().getrandbits(64)
    told: dict[int, tuple[int, int]] = {}
    for package, graph in database.each("SELECT package, graph FROM node"):
        count, total = told.get(graph, (0, 0))
        told[graph] = count + 1, total + hash((salt, package))
    for own, data in database.each("SELECT id, nodes FROM graph ORDER BY id"):
        try:
            nodes = set(unpacked(data))
        except ValueError:
            continue  # told by ``_graphs``
        if told.get(own, (0, 0)) != (len(nodes), sum(hash((salt, n)) for n in nodes)):
            yield Fault(f"graph {own}", "the index of packages does not say what its arrays say")


def _readings(database: Database) -> Iterator[Fault]:
    known = {own for (own,) in database.each("SELECT id FROM package")}
    for own, data in database.each("SELECT id, more FROM reading ORDER BY id"):
        try:
            more = json.loads(inflated(data))
            for gap in more["gaps"]:
                Coverage(*gap)
            lost = [use for use in more["uses"] if use[0] not in known or len(use) != 5]  # noqa: PLR2004 - of a Use
            if lost or not isinstance(more["census"], list):
                yield Fault(f"reading {own}", f"{len(lost)} uses are of a package that is not there")
        except DAMAGE as error:
            yield Fault(f"reading {own}", f"what it says is damaged: {error}")


def _findings(database: Database) -> Iterator[Fault]:
    rows = database.each(
        "SELECT id, digest, more, fingerprint, rule, class, severity, subject FROM finding ORDER BY id"
    )
    for own, digest, text, *columns in rows:
        where = f"finding {own}"
        if text_digest(text) != digest:
            yield Fault(where, "its digest is not that of what it says")
            continue
        try:
            if finding_columns(finding_of(json.loads(text))) != tuple(columns):
                yield Fault(where, "its columns do not say what its JSON says")
        except DAMAGE as error:
            yield Fault(where, f"what it says is damaged: {error}")


def _json(text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
