"""What was found over the nights, each statement once: repositories in which the same is said share it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.history.database import chunked
from depscan.history.records import finding_of
from depscan.history.sameness import marks, statement
from depscan.policy.decide import decide

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from depscan.history.database import Database
    from depscan.history.sameness import Mark
    from depscan.model.decision import Decision
    from depscan.model.finding import Finding
    from depscan.policy.policy import Policy

_EVIDENCE, _VIA = 8, 13


class Place(NamedTuple):
    """Where a reading's finding shows: file, 1-based line (0: not known) and its text."""

    path: str
    line: int
    text: str


class Ledger:
    """Every statement of the nights up to one.

    Attributes:
        statements: what is said; others name a statement by its position.
        of_package: package id to statement, first and last night (None: still).
        of_reading: reading id to its statements and where they show.
        number: id of a finding to its statement.
        kin: for each statement the first one that shares a mark with it, or with another that does.
    """

    def __init__(self, database: Database, night: int, readings: Iterable[int], policy: Policy) -> None:
        self.statements: list[Finding] = []
        self.of_package: dict[int, list[tuple[int, int, int | None]]] = {}
        self.of_reading: dict[int, list[tuple[int, Place]]] = {}
        self._waived = {w.id for w in policy.exceptions}
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._marks: list[list[Mark]] = []
        packages = database.rows(
            "SELECT package, finding, first, last FROM package_finding WHERE first <= ?"
            " ORDER BY package, finding, first",
            (night,),
        )
        told = list(chunked(database, "SELECT reading, finding FROM reading_finding WHERE reading", readings))
        rows = dict(self._read(database, {r[1] for r in packages} | {r[1] for r in told}))
        for package, finding, first, last in packages:
            self.of_package.setdefault(package, []).append((rows[finding][0], first, last))
        for reading, finding in told:
            self.of_reading.setdefault(reading, []).append(rows[finding])
        self.number = {own: number for own, (number, _) in rows.items()}
        self.kin = _kin(self._marks)

    def _read(self, database: Database, wanted: set[int]) -> Iterator[tuple[int, tuple[int, Place]]]:
        """Yield id of a finding, its statement and where it shows."""
        for own, mark, text in chunked(database, "SELECT id, fingerprint, more FROM finding WHERE id", wanted):
            row = json.loads(text)
            waived = mark if mark in self._waived else ""
            key = statement(row, waived)
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = len(self.statements)
                self.statements.append(finding_of([*row[:_VIA], [], *row[_VIA + 1 :]]))
                self._marks.append(marks(row))
            evidence = row[_EVIDENCE]
            place = Place(*evidence[0][0][:3]) if evidence else Place("", 0, "")
            yield own, (number, place)

    def standing(self, night: int, package: int) -> Iterator[int]:
        """Yield what is said of a package in a night."""
        for number, first, last in self.of_package.get(package, ()):
            if first <= night and (last is None or last >= night):
                yield number

    def since(self, night: int, package: int, number: int) -> int:
        """Return the night since which something is said of a package without a break, up to a night."""
        found, kin = night, self.kin[number]
        spans = [(f, last) for n, f, last in self.of_package[package] if self.kin[n] == kin and f <= night]
        # Two that began together and of which one is over: the one that goes on comes first.
        for first, last in sorted(spans, key=lambda span: (span[0], span[1] is None, span[1]), reverse=True):
            if last is not None and last < found - 1:
                break
            found = min(found, first)
        return found

    def decided(self, policy: Policy, today: str, standing: Container[int]) -> tuple[list[Decision], list[Decision]]:
        """Return a decision for every statement, then those about the exceptions of the policy.

        Args:
            policy: as of today, for every night.
            today: the day that exceptions are measured against.
            standing: statements of the night: an exception that fits only older ones is not used any more.
        """
        now = [i for i in range(len(self.statements)) if i in standing]
        old = [i for i in range(len(self.statements)) if i not in standing]
        found = decide([self.statements[i] for i in now], policy, today)
        by_number = dict(zip(now, found, strict=False))
        by_number.update(zip(old, decide([self.statements[i] for i in old], policy, today), strict=False))
        return [by_number[i] for i in range(len(self.statements))], found[len(now) :]


def _kin(every: list[list[Mark]]) -> list[int]:
    """Return for each statement the first one that shares a mark with it, or with another that does."""
    first: dict[Mark, int] = {}
    before = list(range(len(every)))

    def eldest(number: int) -> int:
        while before[number] != number:
            before[number] = before[before[number]]
            number = before[number]
        return number

    for number, own in enumerate(every):
        for mark in own:
            other = eldest(first.setdefault(mark, number))
            mine = eldest(number)
            before[max(mine, other)] = min(mine, other)
    return [eldest(number) for number in before]
