"""The database behind a store: SQLite in a file. Statements are written with ``?`` and sent as they are."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from depscan.errors import StoreError
from depscan.history.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Row = tuple[Any, ...]


class Database(Protocol):
    """What the store asks of a database."""

    place: str

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""

    def run(self, statement: str) -> None:
        """Run a statement without values."""

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row, inside a transaction."""

    def transaction(self) -> Any:  # noqa: ANN401 - a context manager
        """Begin a writing transaction that nobody else can begin; end it whole or not at all."""

    def close(self) -> None:
        """Close it."""


class Sqlite:
    """A store in a file, in write-ahead mode: readers see the last whole transaction while one writes.

    Args:
        place: the file.
        create: make it where it is not there.
        write: open it for writing.
    """

    def __init__(self, place: str, *, create: bool = False, write: bool = False) -> None:
        """Open the file.

        Raises:
            StoreError: it is not there, cannot be opened, or is no store.
        """
        self.place = place
        if not create and not os.path.exists(place):
            raise StoreError("no store there", path=place, hint="depscan nightly makes one")
        mode = "rwc" if create else "rw" if write else "ro"
        with self._told():
            name = "file:" + os.path.abspath(place).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
            self._link = sqlite3.connect(f"{name}?mode={mode}", uri=True, isolation_level=None, timeout=60)
            self._link.execute("PRAGMA busy_timeout = 60000")
            if write or create:
                self._link.execute("PRAGMA journal_mode = WAL")
                self._link.execute("PRAGMA synchronous = NORMAL")
            self._link.execute("PRAGMA mmap_size = 268435456")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""
        with self._told():
            return self._link.execute(statement, values).fetchall()

    def run(self, statement: str) -> None:
        """Run a statement without values."""
        with self._told():
            self._link.execute(statement)

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        with self._told():
            self._link.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin a writing transaction; end it whole or, when something is raised, not at all."""
        with self._told():
            self._link.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._told():
                self._link.execute("COMMIT")
        except BaseException:
            if self._link.in_transaction:
                self._link.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file."""
        self._link.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of an error of the database which store it is about."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the store cannot be used: {error}", path=self.place) from None


def prepare(database: Database, *, blob: str = "BLOB", rowless: str = " WITHOUT ROWID") -> None:
    """Make the tables, or bring those of an older depscan up to date.

    Raises:
        StoreError: the store is of a newer depscan.
    """
    with database.transaction():
        version = _version(database)
        if version > len(MIGRATIONS):
            raise StoreError(f"the store has schema {version}, newer than this depscan's", path=database.place)
        for script in MIGRATIONS[version:]:
            for statement in script.replace("{blob}", blob).replace("{rowless}", rowless).split(";\n"):
                database.run(statement)
        if version < len(MIGRATIONS):
            database.run("DELETE FROM meta WHERE key = 'schema'")
            database.many("INSERT INTO meta VALUES ('schema', ?)", [(str(len(MIGRATIONS)),)])


def _version(database: Database) -> int:
    if not database.rows("SELECT 1 FROM sqlite_master WHERE name = 'meta'"):
        return 0
    return int(database.rows("SELECT value FROM meta WHERE key = 'schema'")[0][0])
