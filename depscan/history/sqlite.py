"""A store in a file: SQLite in write-ahead mode, so that readers see the last whole transaction while one writes.

The file may come from elsewhere (a shard): nothing in it is trusted to run (https://sqlite.org/security.html), and a
file whose tables are not those of ``schema`` is refused.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from depscan.errors import StoreError
from depscan.history.schema import MIGRATIONS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from depscan.history.database import Row

NEEDED = (3, 31, 0)
"""``trusted_schema`` came with it."""
OWN = 0x64657073
"""The application id of a store (https://sqlite.org/fileformat2.html, offset 68): ``deps``."""
LARGEST = 256 << 20
"""Bytes that one value of a store may have."""

_PATIENCE = 60
"""Seconds that somebody waits for another one who writes."""

_HINTS = {
    sqlite3.SQLITE_FULL: "make room on the disk; what was stored before is still there",
    sqlite3.SQLITE_IOERR: "look at the disk: is it full, or gone? What was stored before is still there",
    sqlite3.SQLITE_READONLY: "make the file and its folder writable, or name another with --store",
    sqlite3.SQLITE_CANTOPEN: "is the folder there, readable, and writable for depscan?",
    sqlite3.SQLITE_PERM: "make the file and its folder readable and writable",
    sqlite3.SQLITE_BUSY: "another depscan is writing; wait for it",
    sqlite3.SQLITE_CORRUPT: "depscan history verify says what is damaged; restore a copy",
    sqlite3.SQLITE_NOTADB: "name a file that depscan nightly or depscan merge made",
    sqlite3.SQLITE_TOOBIG: "depscan history verify says what is damaged; restore a copy",
}


class Sqlite:
    """A store in a file.

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
        self._write = write or create
        if sqlite3.sqlite_version_info < NEEDED:
            why = f"this Python's SQLite is {sqlite3.sqlite_version}; a store needs 3.31 or newer"
            raise StoreError(why, path=place, hint="use a Python with a newer SQLite")
        if not create and not os.path.exists(place):
            raise StoreError("no store there", path=place, hint="depscan nightly makes one")
        if os.path.isdir(place):
            raise StoreError("is a folder", path=place, hint="name a file")
        with self._told():
            self._link = self._opened("rwc" if create else "rw" if write else "ro")
        try:
            with self._told():
                self._begin()
        except BaseException:
            self._link.close()
            raise

    def _opened(self, mode: str) -> sqlite3.Connection:
        """Open the file; a reader that cannot make the files beside it takes a resting file as it lies there."""
        name = "file:" + os.path.abspath(self.place).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        link = sqlite3.connect(f"{name}?mode={mode}", uri=True, isolation_level=None, timeout=_PATIENCE)
        if mode != "ro":
            return link
        try:
            link.execute("SELECT 1 FROM sqlite_master").fetchall()
        except sqlite3.OperationalError:
            link.close()
            rest = self.place + "-wal"
            if os.path.exists(rest) and os.path.getsize(rest):
                hint = "make the folder writable once, or copy the file together with its -wal to one that is"
                raise StoreError(
                    "a writer left its last work beside the store, and this folder is read-only",
                    path=self.place,
                    hint=hint,
                ) from None
            link = sqlite3.connect(f"{name}?mode=ro&immutable=1", uri=True, isolation_level=None)
        except (sqlite3.DatabaseError, UnicodeError):
            link.close()
            raise
        return link

    def _begin(self) -> None:
        """Trust nothing in the file, then see whether it is a store."""
        self._link.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY", "cache_size = -32000"):
            self._link.execute(f"PRAGMA {setting}")
        held = self._refuse_strangers()
        if not self._write:
            self._link.execute("PRAGMA query_only = ON")
            return
        # The index of packages is written all over the file: a larger cache and fewer checkpoints save a tenth of it.
        for setting in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "cache_size = -64000",
            "wal_autocheckpoint = 4000",
        ):
            self._link.execute(f"PRAGMA {setting}")
        if not held:
            self._link.execute(f"PRAGMA application_id = {OWN}")

    def _refuse_strangers(self) -> bool:
        """Return whether there are tables; they have to be ours, and nothing may run by itself."""
        rows = self._link.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        if rows and self._link.execute("PRAGMA application_id").fetchone()[0] != OWN:
            raise StoreError("is a database, but no store of depscan", path=self.place, hint="name another file")
        if rows and self._newer():
            return True  # told by its version, which says what to do
        known = _statements()
        for kind, name, table, sql in rows:
            ours = known.get(str(name))
            odd = kind not in {"table", "index"} or str(sql).upper().startswith("CREATE VIRTUAL")
            foreign = ours != sql if ours else table in known and sql is not None
            if odd or foreign:
                why = f"holds a {kind} {name!r} that depscan did not make"
                raise StoreError(why, path=self.place, hint="do not use a store of unknown origin")
        return bool(rows)

    def _newer(self) -> bool:
        try:
            row = self._link.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        except sqlite3.OperationalError:
            return False
        text = str(row[0]) if row else ""
        return text.isdecimal() and int(text[:9]) > len(MIGRATIONS)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""
        with self._told():
            return self._link.execute(statement, values).fetchall()

    def each(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query."""
        with self._told():
            cursor = self._link.execute(statement, values)
        while True:
            with self._told():
                some = cursor.fetchmany(500)
            if not some:
                return
            yield from some

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
        with self._inside("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Hold what is read to one state of the store."""
        with self._inside("BEGIN"):
            yield

    @contextmanager
    def _inside(self, beginning: str) -> Iterator[None]:
        with self._told():
            self._link.execute(beginning)
        try:
            yield
            with self._told():
                self._link.execute("COMMIT")
        except BaseException:
            if self._link.in_transaction:
                self._link.execute("ROLLBACK")
            raise

    def has(self, table: str) -> bool:
        """Return whether there is a table of that name."""
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)))

    def script(self, text: str) -> list[str]:
        """Return the statements of a script."""
        return _script(text)

    def damage(self) -> Iterator[str]:
        """Yield what SQLite finds wrong, and values whose type is not that of their column."""
        for (text,) in self.rows("PRAGMA integrity_check(20)"):
            if text != "ok":
                yield str(text)
        for table in sorted(TABLES):
            wrong = []
            for _, name, kind, needed, _, key in self.rows(f"PRAGMA table_info({table})"):
                also = "" if needed or key else " OR {0} IS NULL"
                wrong.append(f"NOT (typeof({name}) = '{kind.lower()}'{also.format(name)})")
            count = self.rows(f"SELECT COUNT(*) FROM {table} WHERE {' OR '.join(wrong)}")[0][0]
            if count:
                yield f"table {table}: {count} rows hold values of a wrong type"

    def shrink(self) -> None:
        """Write the file anew without its free pages."""
        with self._told():
            self._link.execute("VACUUM")
            # Whoever reads now keeps the old pages beside the file: whoever closes it last takes them away.
            self._link.execute("PRAGMA busy_timeout = 0")
            self._link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._link.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")

    def close(self) -> None:
        """Close the file."""
        self._link.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of an error of the database which store it is about, and what to do."""
        try:
            yield
        except (sqlite3.Error, OverflowError, UnicodeError) as error:  # a damaged name may be no text
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            hint = _HINTS.get(code, "")
            raise StoreError(f"the store cannot be used: {error}", path=self.place, hint=hint) from None


def _script(text: str) -> list[str]:
    made = text.replace("{blob}", "BLOB").replace("{rowless}", " WITHOUT ROWID")
    return [statement.strip(" \n;") for statement in made.split(";\n") if statement.strip(" \n;")]


def _statements() -> dict[str, str]:
    """Return what a store's tables and indexes are made with, by name; made by making them."""
    if not _KNOWN:
        link = sqlite3.connect(":memory:")
        for script in MIGRATIONS:
            for statement in _script(script):
                link.execute(statement)
        _KNOWN.update(link.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        link.close()
    return _KNOWN


_KNOWN: dict[str, str] = {}
