"""Queries for the short account of a night: they hand out few rows at a time, however large the fleet is."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from depscan.history.records import finding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.history.database import Database
    from depscan.model.finding import Finding

_CHUNK = 500
_HOLDS = "{0}.first <= {1} AND ({0}.last IS NULL OR {0}.last >= {1})"


def standing(database: Database, night: int) -> dict[int, str]:
    """Return id and fingerprint of every finding that reaches a repository in a night."""
    holds, state = _HOLDS.format("h", night), _HOLDS.format("s", night)
    rows = database.rows(
        "SELECT f.id, f.fingerprint FROM finding f WHERE f.id IN (SELECT h.finding FROM reading_finding h JOIN state s"
        f" ON s.reading = h.reading WHERE {state}) OR f.id IN (SELECT h.finding FROM package_finding h WHERE {holds}"
        " AND EXISTS (SELECT 1 FROM node n JOIN part t ON t.graph = n.graph JOIN state s ON s.reading = t.reading"
        f" WHERE n.package = h.package AND {state}))"
    )
    return dict(rows)


def packages(database: Database, night: int) -> int:
    """Return how many distinct packages repositories reach in a night, their own projects left out."""
    rows = database.rows(
        "SELECT COUNT(*) FROM package p WHERE p.source <> 'local' AND EXISTS (SELECT 1 FROM node n JOIN part t ON"
        " t.graph = n.graph JOIN state s ON s.reading = t.reading WHERE n.package = p.id AND"
        f" {_HOLDS.format('s', night)})"
    )
    return int(rows[0][0])


def findings(database: Database, ids: list[int]) -> list[tuple[int, Finding]]:
    """Return findings with their ids; at most 500 are asked for."""
    if not ids:
        return []
    marks = ", ".join("?" * len(ids))
    rows = database.rows(f"SELECT id, more FROM finding WHERE id IN ({marks}) ORDER BY id", ids)
    return [(own, finding_of(json.loads(text))) for own, text in rows]


def reach(database: Database, night: int, finding: int) -> int:
    """Return how many repositories a finding reaches in a night."""
    holds, state = _HOLDS.format("h", night), _HOLDS.format("s", night)
    rows = database.rows(
        "SELECT COUNT(*) FROM (SELECT s.repository FROM reading_finding h JOIN state s ON s.reading = h.reading WHERE"
        f" h.finding = ? AND {state} UNION SELECT s.repository FROM package_finding h JOIN node n ON n.package ="
        " h.package JOIN part t ON t.graph = n.graph JOIN state s ON s.reading = t.reading WHERE h.finding = ? AND"
        f" {holds} AND {state}) AS reached",
        (finding, finding),
    )
    return int(rows[0][0])


def unreadable(database: Database, night: int) -> list[tuple[str, str]]:
    """Return the repositories that could not be read in a night, and why."""
    rows = database.rows(
        "SELECT r.name, s.problem FROM state s JOIN repository r ON r.id = s.repository WHERE s.reading IS NULL AND"
        f" {_HOLDS.format('s', night)} ORDER BY r.name"
    )
    return [(name, problem) for name, problem in rows]


def readings(database: Database, night: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield for each reading of a night how many repositories it is of, and its gaps and census as JSON holds them."""
    rows = database.rows(
        "SELECT s.reading, COUNT(*) FROM state s WHERE s.reading IS NOT NULL AND"
        f" {_HOLDS.format('s', night)} GROUP BY s.reading ORDER BY s.reading"
    )
    for at in range(0, len(rows), _CHUNK):
        some: dict[int, int] = dict(rows[at : at + _CHUNK])
        marks = ", ".join("?" * len(some))
        for own, data in database.rows(f"SELECT id, more FROM reading WHERE id IN ({marks}) ORDER BY id", list(some)):
            yield some[own], json.loads(zlib.decompress(data))
