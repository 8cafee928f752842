"""Nights as bits of a number, and what each repository said from which night to which."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from depscan.history.database import Database
    from depscan.history.records import Night

MOST_NIGHTS = 90
"""Nights of a trend."""


class Nights:
    """The nights up to one of them; a set of the last few is a number with a bit for each, the oldest lowest.

    Attributes:
        now: the night of the report.
        before: the night before it; None for the first.
        last: the nights of the trend, the oldest first.
    """

    def __init__(self, every: list[Night], now: Night) -> None:
        held = [n for n in every if n.id <= now.id]
        self.now = now
        self.before = held[-2] if len(held) > 1 else None
        self.last = held[-MOST_NIGHTS:]
        self._every = held
        self._ids = [n.id for n in held]
        self._shown = [n.id for n in self.last]

    def mask(self, first: int, last: int | None) -> int:
        """Return the nights of the trend from one night to another; None means that it holds still."""
        low = bisect_left(self._shown, first)
        high = len(self._shown) if last is None else bisect_right(self._shown, last)
        return ((1 << (high - low)) - 1) << low if high > low else 0

    def day(self, night: int) -> str:
        """Return the day of a night, or of the first one that is kept where it was thrown away."""
        at = min(bisect_left(self._ids, night), len(self._ids) - 1)
        return self._every[at].started[:10]

    def tally(self, masks: Iterable[int]) -> list[int]:
        """Return for each night of the trend how many masks hold it."""
        found = [0] * len(self.last)
        for mask, count in Counter(masks).items():
            left = mask
            while left:
                bit = left & -left
                found[bit.bit_length() - 1] += count
                left ^= bit
        return found


class Span(NamedTuple):
    """What a repository said from a night to another (None: still); ``reading`` is None where it was unreadable."""

    first: int
    last: int | None
    reading: int | None


class Past:
    """What every repository said up to a night.

    Attributes:
        spans: repository id to its spans, the oldest first.
    """

    def __init__(self, database: Database, night: int, of: Container[int] | None) -> None:
        rows = database.rows(
            "SELECT repository, first, last, reading FROM state WHERE first <= ? ORDER BY repository, first", (night,)
        )
        self.spans: dict[int, list[Span]] = {}
        for repository, *said in rows:
            if of is None or repository in of:
                self.spans.setdefault(repository, []).append(Span(*said))

    def readings(self) -> set[int]:
        """Return every reading that any of them ever had."""
        return {s.reading for spans in self.spans.values() for s in spans if s.reading is not None}

    def known(self, night: int) -> dict[int, int]:
        """Return for each repository of a night the reading it had then, or the last one before it was unreadable."""
        found = {}
        for own, spans in self.spans.items():
            held = [s for s in spans if s.first <= night]
            if held and _holds(held[-1], night):
                reading = next((s.reading for s in reversed(held) if s.reading is not None), None)
                if reading is not None:
                    found[own] = reading
        return found

    def since(self, own: int, night: int, readings: Container[int], silent: Callable[[int], bool]) -> int:
        """Return the first night since which a repository's readings are among some, up to a night.

        Nights that say nothing of it, between two that do, do not end it: the repository could not be read, or
        the file could not (``silent`` says so of a reading).
        """
        found = reached = night
        for span in reversed([s for s in self.spans[own] if s.first <= night]):
            if span.last is not None and span.last < reached - 1:
                break  # it was no part of the fleet in between
            reached = min(reached, span.first)
            if span.reading is not None and span.reading in readings:
                found = span.first
            elif span.reading is not None and not silent(span.reading):
                break
        return found


def _holds(span: Span, night: int) -> bool:
    return span.first <= night and (span.last is None or span.last >= night)
