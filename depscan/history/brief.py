"""Queries for the short account of a night: they hand out few rows at a time, however large the fleet is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.history.database import chunked, holds
from depscan.history.read import said
from depscan.history.records import finding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.history.database import Database
    from depscan.model.finding import Finding


class Found(NamedTuple):
    """A finding, its id, its fingerprint, and the JSON it is made of as a list."""

    id: int
    fingerprint: str
    finding: Finding
    row: list[Any]


def standing(database: Database, night: int) -> list[int]:
    """Return the id of every finding that reaches a repository in a night, sorted."""
    rows = database.rows(
        "SELECT f.id FROM finding f WHERE f.id IN (SELECT h.finding FROM reading_finding h JOIN state s"
        f" ON s.reading = h.reading WHERE {holds('s')}) OR f.id IN (SELECT h.finding FROM package_finding h"
        f" WHERE {holds('h')} AND EXISTS (SELECT 1 FROM node n JOIN part t ON t.graph = n.graph JOIN state s"
        f" ON s.reading = t.reading WHERE n.package = h.package AND {holds('s')})) ORDER BY f.id",
        (night,) * 6,
    )
    return [own for (own,) in rows]


def repositories(database: Database, night: int) -> int:
    """Return how many repositories the fleet has in a night, those that could not be read among them."""
    rows = database.rows(f"SELECT COUNT(*) FROM state s WHERE {holds('s')}", (night, night))
    return int(rows[0][0])


def packages(database: Database, night: int) -> int:
    """Return how many distinct packages, models, tools and so on repositories reach, their own projects left out."""
    rows = database.rows(
        "SELECT COUNT(*) FROM package p WHERE p.kind <> 'project' AND EXISTS (SELECT 1 FROM node n JOIN part t ON"
        " t.graph = n.graph JOIN state s ON s.reading = t.reading WHERE n.package = p.id AND"
        f" {holds('s')})",
        (night, night),
    )
    return int(rows[0][0])


def findings(database: Database, ids: list[int]) -> list[Found]:
    """Return findings, sorted by id."""
    rows = chunked(database, "SELECT id, fingerprint, more FROM finding WHERE id", ids, "ORDER BY id")
    read = ((own, mark, json.loads(text)) for own, mark, text in rows)
    return [Found(own, mark, finding_of(row), row) for own, mark, row in read]


def unreadable(database: Database, night: int) -> list[tuple[str, str]]:
    """Return the repositories that could not be read in a night, and why."""
    rows = database.rows(
        "SELECT r.name, s.problem FROM state s JOIN repository r ON r.id = s.repository WHERE s.reading IS NULL AND"
        f" {holds('s')} ORDER BY r.name",
        (night, night),
    )
    return [(name, problem) for name, problem in rows]


def readings(database: Database, night: int) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yield for each reading of a night the repositories it is of, and its gaps and census as JSON holds them.

    Raises:
        StoreError: one is damaged.
    """
    whose: dict[int, list[str]] = {}
    for reading, name in database.rows(
        "SELECT s.reading, r.name FROM state s JOIN repository r ON r.id = s.repository WHERE s.reading IS NOT NULL AND"
        f" {holds('s')} ORDER BY s.reading, r.name",
        (night, night),
    ):
        whose.setdefault(reading, []).append(name)
    for own, data in chunked(database, "SELECT id, more FROM reading WHERE id", whose, "ORDER BY id"):
        yield whose[own], said(database, own, data)
