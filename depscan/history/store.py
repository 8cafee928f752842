"""The store: readings go in as they come, a night is published at once, and nothing before that is seen."""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from depscan.history.database import Sqlite, prepare
from depscan.history.pack import packed
from depscan.history.records import Night, Node, Visit
from depscan.model.finding import Finding, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from depscan.history.database import Database
    from depscan.history.records import Graph, Reading

_NODE = "INSERT INTO package VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')"


class Store:
    """A store that is open. Close it, or use it in a ``with`` statement.

    Attributes:
        database: what holds it; queries use it.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._packages: dict[str, int] = {}
        self._findings: dict[str, int] = {}

    @classmethod
    def open(cls, place: str, *, write: bool = False) -> Store:
        """Open a store; with ``write``, make it where there is none and bring it up to date.

        Args:
            place: a file.
            write: whether anything will be stored.

        Raises:
            StoreError: it is not there, damaged, of a newer depscan, or cannot be written.
        """
        database = Sqlite(place, create=write, write=write)
        if write:
            prepare(database)
        return cls(database)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def known(self, keys: Iterable[str], today: str) -> set[str]:
        """Return which readings are here and still say what the files say."""
        wanted = set(keys)
        rows = self.database.rows("SELECT key FROM reading WHERE until = '' OR until > ?", (today,))
        return wanted.intersection(key for (key,) in rows)

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
                "UPDATE reading SET key = key || ' ' || until WHERE until <> '' AND until <= ? AND LENGTH(key) = 32",
                [(today,)],
            )

    def add(self, readings: Iterable[Reading]) -> None:
        """Store readings in one transaction; those that are here already change nothing."""
        with self.database.transaction():
            for reading in readings:
                if not self.database.rows("SELECT 1 FROM reading WHERE key = ?", (reading.key,)):
                    self._add(reading)

    def _add(self, reading: Reading) -> None:
        packages = self._package_ids(reading.nodes)
        graphs = [self._graph_id(graph, reading.nodes, packages) for graph in reading.graphs]
        own = self._next("reading")
        more = {"gaps": reading.gaps, "census": reading.census,
                "uses": [(packages[u.node], *u[1:]) for u in reading.uses]}  # fmt: skip
        data = zlib.compress(json.dumps(more, separators=(",", ":")).encode())
        row = (own, reading.key, reading.until, reading.files, reading.bytes, reading.seconds, data)
        self.database.many("INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?)", [row])
        parts = [(own, _plain(p.path), p.format, graphs[p.graph], p.packages) for p in reading.parts]
        self.database.many("INSERT INTO part VALUES (?, ?, ?, ?, ?)", parts)
        told = {self._finding_id(f) for f in reading.findings}
        self.database.many("INSERT INTO reading_finding VALUES (?, ?)", [(own, f) for f in sorted(told)])

    def _package_ids(self, nodes: list[Node]) -> list[int]:
        new = [node for node in nodes if node.purl not in self._packages]
        for node in new:
            held = self.database.rows("SELECT id FROM package WHERE purl = ?", (_plain(node.purl),))
            if held:
                self._packages[node.purl] = held[0][0]
        new = [node for node in dict.fromkeys(new) if node.purl not in self._packages]
        if new:
            first = self._next("package")
            self._packages.update((node.purl, first + i) for i, node in enumerate(new))
            self.database.many(_NODE, [(first + i, *map(_plain, node)) for i, node in enumerate(new)])
        return [self._packages[node.purl] for node in nodes]

    def _graph_id(self, graph: Graph, nodes: list[Node], packages: list[int]) -> int:
        digest = graph_digest(graph, [node.purl for node in nodes])
        held = self.database.rows("SELECT id FROM graph WHERE digest = ?", (digest,))
        if held:
            return int(held[0][0])
        own = self._next("graph")
        members = [packages[n] for n in graph.nodes]
        row = (own, digest, packed(members), packed(graph.up), packed(graph.edges))
        self.database.many("INSERT INTO graph VALUES (?, ?, ?, ?, ?)", [row])
        self.database.many("INSERT INTO node VALUES (?, ?)", [(m, own) for m in sorted(set(members))])
        return own

    def _finding_id(self, finding: Finding) -> int:
        text = json.dumps(finding, separators=(",", ":"))
        digest = sha256(text.encode()).hexdigest()[:32]
        if digest not in self._findings:
            held = self.database.rows("SELECT id FROM finding WHERE digest = ?", (digest,))
            if not held:
                held = [(self._next("finding"),)]
                row = (held[0][0], digest, fingerprint(finding), finding.rule, finding.klass, int(finding.severity),
                       _plain(finding.subject), text)  # fmt: skip
                self.database.many("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row])
            self._findings[digest] = held[0][0]
        return self._findings[digest]

    def _next(self, table: str) -> int:
        return int(self.database.rows(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")[0][0])

    def unjudged(self, judged: str) -> list[tuple[int, Node]]:
        """Return the packages that were not judged by what ``judged`` names (advisories, names, policy)."""
        rows = self.database.rows(
            "SELECT id, purl, ecosystem, name, version, source, registry, url, git_commit, kind, release FROM package"
            " WHERE judged <> ? ORDER BY id",
            (judged,),
        )
        return [(row[0], Node(*row[1:])) for row in rows]

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
        """
        with self.database.transaction():
            own = self._next("night")
            snapshot, more = json.dumps(night.snapshot), json.dumps(night.more)
            row = (own, night.started, night.finished, night.tool, night.shard, snapshot, night.policy, more)
            self.database.many("INSERT INTO night VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row])
            self._settle(own, list(visits), leave)
            self._judge(own, found, judged)
        return own

    def _settle(self, night: int, visits: list[Visit], leave: Callable[[str], bool]) -> None:
        """End the states that do not hold any more, begin those that do."""
        ids = self._repository_ids(visits)
        readings: dict[str, int] = dict(self.database.rows("SELECT key, id FROM reading"))
        names = {own: name for name, own in self.database.rows("SELECT name, id FROM repository")}
        held = {row[0]: row[1:] for row in self.database.rows(
            "SELECT repository, reading, revision, problem FROM state WHERE last IS NULL")}  # fmt: skip
        now = {ids[v.repository.name]: (readings.get(v.key), v.revision, v.problem) for v in visits}
        over = [own for own, was in held.items()
                if now.get(own) != was and (own in now or not leave(names[own]))]  # fmt: skip
        self.database.many("UPDATE state SET last = ? WHERE repository = ? AND last IS NULL",
                           [(night - 1, own) for own in over])  # fmt: skip
        begun = [(own, night, *is_now) for own, is_now in sorted(now.items()) if held.get(own) != is_now]
        self.database.many("INSERT INTO state VALUES (?, ?, NULL, ?, ?, ?)", begun)

    def _repository_ids(self, visits: list[Visit]) -> dict[str, int]:
        ids: dict[str, int] = dict(self.database.rows("SELECT name, id FROM repository"))
        following = self._next("repository")
        rows = []
        for visit in visits:
            one = visit.repository
            if one.name not in ids:
                ids[one.name], following = following, following + 1
            rows.append((ids[one.name], one.name, one.place, one.owner, one.team, json.dumps(one.tags), visit.mark))
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
            now, was = {self._finding_id(f) for f in findings}, held.get(package, set())
            over += [(night - 1, package, f) for f in sorted(was - now)]
            begun += [(package, f, night) for f in sorted(now - was)]
        self.database.many(
            "UPDATE package_finding SET last = ? WHERE package = ? AND finding = ? AND last IS NULL", over
        )
        self.database.many("INSERT INTO package_finding VALUES (?, ?, ?, NULL)", begun)
        self.database.many("UPDATE package SET judged = ? WHERE id = ?", [(judged, package) for package in found])


def graph_digest(graph: Graph, purls: list[str]) -> str:
    """Return a hash of what a graph says, whatever the order in which a store met its packages."""
    told: Any = ([purls[n] for n in graph.nodes], graph.up, graph.edges)
    return sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def _plain(text: str) -> str:
    """Return a text that every database takes: no NUL, no lone surrogate."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
