"""A store in PostgreSQL (extra ``postgres``): the same tables and statements, for several writers at once.

Whoever writes holds one advisory lock until the end of the transaction, so ids are given out in turn.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from depscan.errors import StoreError, UsageError
from depscan.history.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import psycopg

    from depscan.history.database import Row

_LOCK = 0x64657073
_HINTS = {
    "53100": "make room on the server's disk; what was stored before is still there",
    "25006": "the server, or this user, may only read",
    "42501": "let this user use the tables and create in the schema",
    "42P01": "depscan nightly makes the tables",
}
"""By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


class Postgres:
    """A store in a PostgreSQL database.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; the password may be left to PGPASSWORD or a passfile.
        write: open it for writing.
    """

    def __init__(self, url: str, *, write: bool = False) -> None:
        """Connect.

        Raises:
            UsageError: the client library is not installed.
            StoreError: the server does not answer, or refuses.
        """
        try:
            import psycopg
        except ImportError:
            hint = "pip install 'depscan-ai[postgres]'"
            raise UsageError("a store in PostgreSQL needs psycopg", path=masked(url), hint=hint) from None
        self.place = masked(url)
        self._secrets = _secrets(url)
        self._errors: type[Exception] = psycopg.Error
        with self._told():
            self._link: psycopg.Connection[Row] = psycopg.connect(url, autocommit=True, connect_timeout=15)
            self._link.execute("SET client_min_messages = error")
            # A plan made while the tables were small would go through all of them when they are large.
            self._link.execute("SET plan_cache_mode = force_custom_plan")
            if not write:
                self._link.execute("SET default_transaction_read_only = on")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query."""
        with self._told():
            return self._link.execute(_native(statement), values).fetchall()

    def each(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query, through a cursor of the server."""
        with self._told():
            self._count = getattr(self, "_count", 0) + 1
            cursor = self._link.cursor(f"depscan_{self._count}")
            cursor.execute(_native(statement), values)
        try:
            while True:
                with self._told():
                    some = cursor.fetchmany(500)
                if not some:
                    return
                yield from some
        finally:
            if not self._link.closed:
                cursor.close()

    def run(self, statement: str) -> None:
        """Run a statement without values."""
        with self._told():
            self._link.execute(_native(statement))

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        with self._told(), self._link.cursor() as cursor:
            cursor.executemany(_native(statement), rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin a writing transaction once nobody else is in one."""
        with self._told(), self._link.transaction():
            self._link.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Hold what is read to one state of the store."""
        with self._told(), self._link.transaction():
            self._link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def has(self, table: str) -> bool:
        """Return whether there is a table of that name."""
        statement = "SELECT 1 FROM pg_tables WHERE tablename = ? AND schemaname = ANY (current_schemas(false))"
        return bool(self.rows(statement, (table,)))

    def script(self, text: str) -> list[str]:
        """Return the statements of a script: texts in byte order as in SQLite, numbers of 64 bits."""
        words = {"TEXT": 'TEXT COLLATE "C"', "INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION"}
        made = text.replace("{blob}", "BYTEA").replace("{rowless}", "")
        made = re.sub(r"\b(TEXT|INTEGER|REAL)\b", lambda match: words[match[1]], made)
        return [statement.strip(" \n;") for statement in made.split(";\n") if statement.strip(" \n;")]

    def damage(self) -> Iterator[str]:
        """Yield nothing: the server looks after its files, and its columns have types."""
        return iter(())

    def shrink(self) -> None:
        """Let the server use the room of what was deleted again."""
        with self._told():
            for table in sorted(TABLES):
                self._link.execute(f"VACUUM ANALYZE {table}".encode())

    def close(self) -> None:
        """End the connection."""
        self._link.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of an error which store it is about, without the password."""
        try:
            yield
        except self._errors as error:
            diagnosis = getattr(error, "diag", None)
            text = getattr(diagnosis, "message_primary", None) or " ".join(str(error).split())
            for secret in self._secrets:
                text = text.replace(secret, "***")
            hint = _HINTS.get(getattr(error, "sqlstate", None) or "", "")
            raise StoreError(f"the store cannot be used: {text[:500]}", path=self.place, hint=hint) from None


def masked(url: str) -> str:
    """Return a URL of a database without its password; whatever cannot be told apart from one goes, too."""
    scheme, _, rest = url.partition("://")
    rest = re.sub(r"([?&][^=&]*(?:password|passfile|sslkey)[^=&]*=)[^&]*", r"\1***", rest, flags=re.IGNORECASE)
    before, at, after = rest.rpartition("@")
    user, colon, _ = before.partition(":")
    return f"{scheme}://{user}{colon}{'***' if colon else ''}{at}{after}"


def _secrets(url: str) -> list[str]:
    """Return the texts that no message may hold, the longest first."""
    rest = url.partition("://")[2]
    found = {match[1] for match in re.finditer(r"[?&][^=&]*password[^=&]*=([^&]*)", rest, re.IGNORECASE)}
    before, at, _ = rest.rpartition("@")
    if at:
        found |= {before, before.partition(":")[2]}
    found |= {unquote(text) for text in found} | {url, rest}
    return sorted((text for text in found if text), key=len, reverse=True)


@lru_cache(512)
def _native(statement: str) -> bytes:
    """Return a statement with the marks of psycopg; quoted texts keep their question marks."""

    def mark(match: re.Match[str]) -> str:
        found = match[0]
        return "%s" if found == "?" else found.replace("%", "%%")

    return re.sub(r"'[^']*'|\?|%", mark, statement).encode()
