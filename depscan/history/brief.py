"""Queries for the short account of a night: they hand out few rows at a time, however large the fleet is."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.history.records import finding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.history.database import Database
    from depscan.model.finding import Finding

_CHUNK = 500
_HOLDS = "{0}.first <= {1} AND ({0}.last IS NULL OR {0}.last >= {1})"


class Found(NamedTuple):
    """A finding, its id, its fingerprint, and the JSON it is made of as a list."""

    id: int
    fingerprint: str
    finding: Finding
    row: list[Any]


def standing(database: Database, night: int) -> list[int]:
    """Return the id of every finding that reaches a repository in a night, sorted."""
    holds, state = _HOLDS.format("h", night), _HOLDS.format("s", night)
    rows = database.rows(
        "SELECT f.id FROM finding f WHERE f.id IN (SELECT h.finding FROM reading_finding h JOIN state s"
        f" ON s.reading = h.reading WHERE {state}) OR f.id IN (SELECT h.finding FROM package_finding h WHERE {holds}"
        " AND EXISTS (SELECT 1 FROM node n JOIN part t ON t.graph = n.graph JOIN state s ON s.reading = t.reading"
        f" WHERE n.package = h.package AND {state})) ORDER BY f.id"
    )
    return [own for (own,) in rows]


def repositories(database: Database, night: int) -> int:
    """Return how many repositories the fleet has in a night, those that could not be read among them."""
    rows = database.rows(f"SELECT COUNT(*) FROM state s WHERE {_HOLDS.format('s', night)}")
    return int(rows[0][0])


def packages(database: Database, night: int) -> int:
    """Return how many distinct packages, models, tools and so on repositories reach, their own projects left out."""
    rows = database.rows(
        "SELECT COUNT(*) FROM package p WHERE p.kind <> 'project' AND EXISTS (SELECT 1 FROM node n JOIN part t ON"
        " t.graph = n.graph JOIN state s ON s.reading = t.reading WHERE n.package = p.id AND"
        f" {_HOLDS.format('s', night)})"
    )
    return int(rows[0][0])


def findings(database: Database, ids: list[int]) -> list[Found]:
    """Return findings; at most 500 are asked for."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = database.rows(f"SELECT id, fingerprint, more FROM finding WHERE id IN ({marks}) ORDER BY id", ids)
    read = ((own, mark, json.loads(text)) for own, mark, text in rows)
    return [Found(own, mark, finding_of(row), row) for own, mark, row in read]


def unreadable(database: Database, night: int) -> list[tuple[str, str]]:
    """Return the repositories that could not be read in a night, and why."""
    rows = database.rows(
        "SELECT r.name, s.problem FROM state s JOIN repository r ON r.id = s.repository WHERE s.reading IS NULL AND"
        f" {_HOLDS.format('s', night)} ORDER BY r.name"
    )
    return [(name, problem) for name, problem in rows]


def readings(database: Database, night: int) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yield for each reading of a night the repositories it is of, and its gaps and census as JSON holds them."""
    whose: dict[int, list[str]] = {}
    for reading, name in database.rows(
        "SELECT s.reading, r.name FROM state s JOIN repository r ON r.id = s.repository WHERE s.reading IS NOT NULL AND"
        f" {_HOLDS.format('s', night)} ORDER BY s.reading, r.name"
    ):
        whose.setdefault(reading, []).append(name)
    every = list(whose)
    for at in range(0, len(every), _CHUNK):
        some = every[at : at + _CHUNK]
        marks = ", ".join("?" * len(some))
        for own, data in database.rows(f"SELECT id, more FROM reading WHERE id IN ({marks}) ORDER BY id", some):
            yield whose[own], json.loads(zlib.decompress(data))
