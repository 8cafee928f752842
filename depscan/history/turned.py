"""Which findings came and which went between two nights: for the fleet, or for single repositories only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.history.records import finding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from depscan.history.database import Database
    from depscan.history.presence import Presence
    from depscan.model.finding import Finding


class Turn(NamedTuple):
    """A finding that came or went.

    Attributes:
        rule, severity: of the finding; the severity is a word.
        subject: purl or path.
        message: one sentence.
        ids: of advisories.
        repositories: whom it reaches now, or reached before; sorted.
        cause: advisories (what is known changed) or repositories (what they have changed).
    """

    rule: str
    severity: str
    subject: str
    message: str
    ids: tuple[str, ...]
    repositories: tuple[str, ...]
    cause: str


class Turned(NamedTuple):
    """What came and went, the worst first.

    Attributes:
        new: findings that the fleet did not have before, by fingerprint and subject.
        reached: the fleet had them, and further repositories have them now.
        cleared: findings that the fleet has no more.
        freed: the fleet still has them, and some repositories have them no more.
    """

    new: tuple[Turn, ...]
    reached: tuple[Turn, ...]
    cleared: tuple[Turn, ...]
    freed: tuple[Turn, ...]


Key = tuple[str, str]
"""Fingerprint and subject: by these a finding is the same from night to night."""

Readings = list[tuple[str, int | None, int | None]]
"""Repository, the reading it counts with there, and here."""


class _Held:
    """Findings by their key, each with one of the records that say it and the repositories it reaches."""

    def __init__(self) -> None:
        self.found: dict[Key, tuple[int, set[str], str]] = {}

    def add(self, key: Key, finding: int, repositories: Iterable[str], cause: str) -> None:
        self.found.setdefault(key, (finding, set(), cause))[1].update(repositories)


def turned(
    database: Database,
    before: Presence,
    now: Presence,
    readings: Readings,
    moved: tuple[Mapping[int, set[str]], Mapping[int, set[str]]],
) -> Turned:
    """Return which findings came and went.

    Args:
        database: of the store.
        before: who had what on the night before.
        now: who has what.
        readings: of the repositories that changed: name, reading before and reading now.
        moved: packages to the repositories to which they came, and from which they went.
    """
    came, went = moved
    new, reached = _side(database, before, now, readings, came)
    cleared, freed = _side(database, now, before, [(name, new, old) for name, old, new in readings], went)
    return Turned(new, reached, cleared, freed)


def _side(
    database: Database, there: Presence, here: Presence, readings: Readings, moved: Mapping[int, set[str]]
) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """Return what holds here and not there: for nobody there, and for some repositories only."""
    nobody, some = _Held(), _Held()
    _of_packages(database, (there, here), moved, nobody, some)
    said = _of_readings(database, readings)
    known = there.says(key[0] for key in said.found)
    for key, (finding, whose, cause) in said.found.items():
        (some if key in known else nobody).add(key, finding, whose, cause)
    wanted = [one[0] for held in (nobody, some) for one in held.found.values()]
    texts = _findings(database, wanted)
    return _turns(nobody, texts), _turns(some, texts)


def _of_packages(
    database: Database, nights: tuple[Presence, Presence], moved: Mapping[int, set[str]], nobody: _Held, some: _Held
) -> None:
    """Add the findings of packages that hold here and not there, and those of packages that moved."""
    there, here = nights
    holds = {night: _holding(database, night.night) for night in nights}
    marks = {(package, mark) for package, _, mark, _ in holds[there]}
    for package, finding, mark, subject in holds[here]:
        known = (package, mark) in marks
        if known and package not in moved:
            continue
        key = (mark, subject)
        if known and there.has(package):
            some.add(key, finding, moved[package], "repositories")
        elif here.has(package):
            cause = "advisories" if there.has(package) else "repositories"
            nobody.add(key, finding, here.repositories(package), cause)


def _holding(database: Database, night: int) -> list[tuple[Any, ...]]:
    """Return package, finding, fingerprint and subject of every finding that a package has in a night."""
    return database.rows(
        "SELECT h.package, h.finding, f.fingerprint, f.subject FROM package_finding h JOIN finding f"
        " ON f.id = h.finding WHERE h.first <= ? AND (h.last IS NULL OR h.last >= ?) ORDER BY h.package, h.finding",
        (night, night),
    )


def _of_readings(database: Database, readings: Readings) -> _Held:
    """Return what readings say here and did not say there of the same repository."""
    found = _Held()
    held: dict[int | None, dict[Key, int]] = {None: {}}
    for name, there, here in readings:
        if there == here:
            continue
        for reading in (there, here):
            if reading is not None and reading not in held:
                rows = database.rows(
                    "SELECT f.fingerprint, f.subject, f.id FROM reading_finding h JOIN finding f ON f.id = h.finding"
                    " WHERE h.reading = ? ORDER BY f.id",
                    (reading,),
                )
                held[reading] = {(mark, subject): own for mark, subject, own in rows}
        for key, own in held[here].items():
            if key not in held[there]:
                found.add(key, own, [name], "repositories")
    return found


def _findings(database: Database, wanted: Iterable[int]) -> dict[int, Finding]:
    found: dict[int, Finding] = {}
    left = sorted(set(wanted))
    for at in range(0, len(left), 500):
        some = left[at : at + 500]
        rows = database.rows(f"SELECT id, more FROM finding WHERE id IN ({', '.join('?' * len(some))})", some)
        found.update((own, finding_of(json.loads(text))) for own, text in rows)
    return found


def _turns(held: _Held, texts: dict[int, Finding]) -> tuple[Turn, ...]:
    found = []
    for finding, whose, cause in held.found.values():
        one = texts[finding]
        found.append((-one.severity, Turn(one.rule, one.severity.word, one.subject, one.message, one.ids,
                                          tuple(sorted(whose)), cause)))  # fmt: skip
    return tuple(turn for _, turn in sorted(found))
