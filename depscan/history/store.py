"""The store: readings go in as they come, a night is published at once, and nothing before that is seen."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from depscan.errors import StoreError
from depscan.history.content import NODE, Content, following, keyed, plain
from depscan.history.database import chunked, open_database
from depscan.history.records import Night, Node, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from depscan.history.database import Database
    from depscan.history.records import Reading
    from depscan.model.finding import Finding


_PAGE = 1000
"""Packages that are taken out of the database at a time."""


class Store:
    """A store that is open. Close it, or use it in a ``with`` statement.

    Attributes:
        database: what holds it; queries use it.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._content = Content(database)
        self._asked = -1

    @classmethod
    def open(cls, place: str, *, write: bool = False) -> Store:
        """Open a store; with ``write``, make it where there is none and bring it up to date.

        Args:
            place: a file, or ``postgresql://...``.
            write: whether anything will be stored.

        Raises:
            UsageError: a library that the place needs is not installed.
            StoreError: it is not there, damaged, of a newer depscan, or cannot be written.
        """
        return cls(open_database(place, write=write))

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def marks(self) -> dict[str, tuple[str, str, str]]:
        """Return repository name to mark, revision and key of what it said last, where it said something."""
        rows = self.database.rows(
            "SELECT r.name, r.mark, s.revision, d.key FROM repository r JOIN state s ON s.repository = r.id"
            " AND s.last IS NULL JOIN reading d ON d.id = s.reading"
        )
        return {name: (mark, revision, key) for name, mark, revision, key in rows}

    def keys(self, today: str) -> set[str]:
        """Return every reading that is here and still says what the files say."""
        rows = self.database.rows("SELECT key FROM reading WHERE until = '' OR until > ?", (today,))
        return {key for (key,) in rows}

    def retire(self, today: str) -> None:
        """Let readings whose time is over go by another key, so that the files can be read anew under theirs."""
        with self.database.transaction():
            self.database.many(
                "UPDATE reading SET key = key || '@' || until WHERE until <> '' AND until <= ? AND LENGTH(key) = 32",
                [(today,)],
            )

    def add(self, readings: Iterable[Reading]) -> None:
        """Store readings in one transaction; those that are here already change nothing."""
        with self._writing():
            for reading in readings:
                self._content.add(reading)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self.database.transaction():
                self._content.begin(pruned(self.database))
                yield
                self._content.end()
        except BaseException:
            self._content.begin(-1)
            raise

    def unjudged(self, judged: str) -> Iterator[tuple[int, Node]]:
        """Yield the packages that were not judged by what ``judged`` names (advisories, names, policy), by name.

        A page of them is in memory at a time: a fleet has hundreds of thousands.
        """
        self._asked = pruned(self.database)
        last = ("", 0)
        while True:
            rows = self.database.rows(
                f"SELECT id, {NODE} FROM package WHERE judged <> ? AND (name, id) > (?, ?) ORDER BY name, id LIMIT ?",
                (judged, *last, _PAGE),
            )
            for row in rows:
                yield row[0], Node(*row[1:])
            if len(rows) < _PAGE:
                return
            last = (rows[-1][3], rows[-1][0])

    def publish(
        self,
        night: Night,
        visits: Iterable[Visit],
        found: Mapping[int, list[Finding]],
        judged: str,
        leave: Callable[[str], bool] = lambda _: False,
    ) -> int:
        """Make a night what the store says now, in one transaction; return its id.

        Args:
            night: its id is given here.
            visits: what was found at each repository.
            found: package id to what was found about it, for every package of ``unjudged``.
            judged: by what they were judged.
            leave: names of repositories that belong to other shards.

        Raises:
            StoreError: somebody pruned the store since the readings and packages of this night were asked for.
        """
        with self._writing():
            if self._asked not in {-1, pruned(self.database)}:
                raise _pruned_meanwhile(self.database)
            own = following(self.database, "night")
            snapshot, more = json.dumps(night.snapshot), json.dumps(night.more)
            row = (own, *map(plain, (*night[1:5], snapshot, night.policy, more)))
            self.database.many("INSERT INTO night VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row])
            self._settle(own, list(visits), leave)
            self._judge(own, found, judged)
        return own

    def _settle(self, night: int, visits: list[Visit], leave: Callable[[str], bool]) -> None:
        """End the states that do not hold any more, begin those that do."""
        ids = self._repository_ids(visits)
        readings = self._reading_ids(visits)
        names = {own: name for name, own in self.database.rows("SELECT name, id FROM repository")}
        held = {row[0]: row[1:] for row in self.database.rows(
            "SELECT repository, reading, revision, problem FROM state WHERE last IS NULL")}  # fmt: skip
        now = {ids[keyed(v.repository.name)]: (readings.get(v.key), plain(v.revision), plain(v.problem))
               for v in visits}  # fmt: skip
        over = [own for own, was in held.items()
                if now.get(own) != was and (own in now or not leave(names[own]))]  # fmt: skip
        self.database.many("UPDATE state SET last = ? WHERE repository = ? AND last IS NULL",
                           [(night - 1, own) for own in over])  # fmt: skip
        begun = [(own, night, *is_now) for own, is_now in sorted(now.items()) if held.get(own) != is_now]
        self.database.many("INSERT INTO state VALUES (?, ?, NULL, ?, ?, ?)", begun)

    def _reading_ids(self, visits: list[Visit]) -> dict[str, int]:
        wanted = {v.key for v in visits if v.key}
        ids: dict[str, int] = dict(chunked(self.database, "SELECT key, id FROM reading WHERE key", wanted))
        if len(ids) < len(wanted):
            raise _pruned_meanwhile(self.database)
        return ids

    def _repository_ids(self, visits: list[Visit]) -> dict[str, int]:
        ids: dict[str, int] = dict(self.database.rows("SELECT name, id FROM repository"))
        free = following(self.database, "repository")
        rows = []
        for visit in visits:
            name = keyed(visit.repository.name)
            place, owner, team = map(plain, visit.repository[1:4])
            if name not in ids:
                ids[name], free = free, free + 1
            rows.append((ids[name], name, place, owner, team, json.dumps(visit.repository.tags), plain(visit.mark)))
        self.database.many(
            "INSERT INTO repository VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET place = excluded.place,"
            " owner = excluded.owner, team = excluded.team, tags = excluded.tags, mark = excluded.mark",
            rows,
        )
        return ids

    def _judge(self, night: int, found: Mapping[int, list[Finding]], judged: str) -> None:
        held: dict[int, set[int]] = {}
        for package, finding in self.database.rows("SELECT package, finding FROM package_finding WHERE last IS NULL"):
            held.setdefault(package, set()).add(finding)
        over, begun = [], []
        for package, findings in found.items():
            now, was = {self._content.finding_id(f) for f in findings}, held.get(package, set())
            over += [(night - 1, package, f) for f in sorted(was - now)]
            begun += [(package, f, night) for f in sorted(now - was)]
        self.database.many(
            "UPDATE package_finding SET last = ? WHERE package = ? AND finding = ? AND last IS NULL", over
        )
        self.database.many("INSERT INTO package_finding VALUES (?, ?, ?, NULL)", begun)
        self.database.many("UPDATE package SET judged = ? WHERE id = ?", ((judged, package) for package in found))


@contextmanager
def consulted(place: str) -> Iterator[Store]:
    """Open a store for questions that belong together: all are asked of one state of it, whoever writes or prunes.

    Raises:
        StoreError: as ``Store.open`` says.
    """
    with Store.open(place) as store, store.database.snapshot():
        yield store


def pruned(database: Database) -> int:
    """Return how often content was taken out of a store."""
    rows = database.rows("SELECT value FROM meta WHERE key = 'pruned'")
    return int(rows[0][0]) if rows else 0


def _pruned_meanwhile(database: Database) -> StoreError:
    why = "the store was pruned while the night was under way; nothing of the night was published"
    return StoreError(why, path=database.place, hint="run it again; what was read since is kept")
