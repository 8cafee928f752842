"""Queries over many ids, a few hundred at a time: no database takes any number of values in a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from depscan.history.database import Database, Row

_AT_ONCE = 500


def asked(database: Database, statement: str, wanted: Iterable[int | str]) -> Iterator[Row]:
    """Yield the rows of a statement for each of many values.

    Args:
        database: of a store.
        statement: with ``{}`` where the list of values goes: ``... WHERE id IN ({})``.
        wanted: the values; each is asked for once, in their order.
    """
    values = sorted(set(wanted))
    for at in range(0, len(values), _AT_ONCE):
        some = values[at : at + _AT_ONCE]
        yield from database.rows(statement.format(", ".join("?" * len(some))), some)
