"""The database behind a store. Statements are written with ``?``; ``open_database`` finds which one a place means.

Tables, and what each of them means: ``schema``. SQLite in a file: ``sqlite``; PostgreSQL: ``postgres``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from depscan.errors import StoreError
from depscan.history.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Row = tuple[Any, ...]
URLS = ("postgresql://", "postgres://")
_AT_ONCE = 500
"""Values in one statement: no database takes any number of them."""


class Database(Protocol):
    """What the store asks of a database.

    Attributes:
        place: the file, or the URL without its password: it may be shown.
    """

    place: str

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""

    def each(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query, a few in memory at a time. Inside ``snapshot`` or ``transaction`` only."""

    def run(self, statement: str) -> None:
        """Run a statement without values."""

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row, inside a transaction."""

    def transaction(self) -> Any:  # noqa: ANN401 - a context manager
        """Begin a writing transaction that nobody else can begin; end it whole or not at all."""

    def snapshot(self) -> Any:  # noqa: ANN401 - a context manager
        """Hold what is read to one state of the store, whoever writes meanwhile."""

    def has(self, table: str) -> bool:
        """Return whether there is a table of that name."""

    def script(self, text: str) -> list[str]:
        """Return the statements of a script of ``schema`` in the words of this database."""

    def damage(self) -> Iterator[str]:
        """Yield what the database itself finds wrong with its file, and values of a type that no column may have."""

    def shrink(self) -> None:
        """Give the room of what was deleted back, outside any transaction."""

    def close(self) -> None:
        """Close it."""


def open_database(place: str, *, write: bool = False) -> Database:
    """Open the database that a file or a URL means.

    Args:
        place: a file, or ``postgresql://...``.
        write: open it for writing and make the tables where they are not there.

    Raises:
        UsageError: PostgreSQL's client is not installed.
        StoreError: it is not there, is no store, is of another depscan, or cannot be used.
    """
    database: Database
    if place.startswith(URLS):
        from depscan.history.postgres import Postgres

        database = Postgres(place, write=write)
    else:
        from depscan.history.sqlite import Sqlite

        database = Sqlite(place, create=write, write=write)
    try:
        if write:
            prepare(database)
        else:
            _check(database)
    except BaseException:
        database.close()
        raise
    return database


def chunked(database: Database, statement: str, wanted: Iterable[Any], then: str = "") -> Iterator[Row]:
    """Yield the rows of a query for each of many values, some hundred values at a time.

    Args:
        database: of the store.
        statement: it ends with the name of the column that has these values.
        wanted: the values, of one type; each is asked for once, in their order.
        then: what stands behind them, as ``ORDER BY id``: it holds for the rows of each some hundred values.
    """
    values = sorted(set(wanted))
    for at in range(0, len(values), _AT_ONCE):
        some = values[at : at + _AT_ONCE]
        yield from database.rows(f"{statement} IN ({', '.join('?' * len(some))}) {then}".rstrip(), some)


def holds(table: str = "") -> str:
    """Return the condition that a row (of ``state`` or ``package_finding``) holds in a night, which it asks for twice.

    Args:
        table: what the statement calls the table; "" where there is one.
    """
    dot = f"{table}." if table else ""
    return f"{dot}first <= ? AND ({dot}last IS NULL OR {dot}last >= ?)"


def shown(place: str) -> str:
    """Return a place as it may be shown: without the password of a URL."""
    if not place.startswith(URLS):
        return place
    from depscan.history.postgres import masked

    return masked(place)


def prepare(database: Database) -> None:
    """Make the tables, or bring those of an older depscan up to date.

    Raises:
        StoreError: the store is of a newer depscan.
    """
    if version_of(database) == len(MIGRATIONS):
        return
    with database.transaction():
        version = version_of(database)  # another writer may have been first
        if version > len(MIGRATIONS):
            raise _newer(database, version)
        for script in MIGRATIONS[version:]:
            for statement in database.script(script):
                database.run(statement)
        database.run("DELETE FROM meta WHERE key = 'schema'")
        database.many("INSERT INTO meta VALUES ('schema', ?)", [(str(len(MIGRATIONS)),)])


def version_of(database: Database) -> int:
    """Return the schema version of a store; 0 where there are no tables yet.

    Raises:
        StoreError: it does not say.
    """
    if not database.has("meta"):
        return 0
    rows = database.rows("SELECT value FROM meta WHERE key = 'schema'")
    text = str(rows[0][0]) if rows else ""
    if not text.isdecimal() or len(text) > 9:  # noqa: PLR2004 - digits
        raise StoreError("is no store: it does not say which schema it has", path=database.place)
    return int(text)


def _check(database: Database) -> None:
    version = version_of(database)
    if not version:
        raise StoreError("holds no store", path=database.place, hint="depscan nightly makes one")
    if version > len(MIGRATIONS):
        raise _newer(database, version)
    if version < len(MIGRATIONS):
        hint = "the next depscan nightly brings it up to date"
        raise StoreError(f"the store has schema {version} of an older depscan", path=database.place, hint=hint)


def _newer(database: Database, version: int) -> StoreError:
    why = f"the store has schema {version}, newer than this depscan's {len(MIGRATIONS)}"
    return StoreError(why, path=database.place, hint="update depscan here, too")
