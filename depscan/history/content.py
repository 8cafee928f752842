"""Content of a store: packages, graphs, findings and readings go in once, and are shared by whoever says the same."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from depscan.history.database import chunked
from depscan.history.pack import deflated, packed
from depscan.history.records import Node
from depscan.model.finding import Finding, fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.history.database import Database
    from depscan.history.records import Graph, Reading

NODE = "purl, ecosystem, name, version, source, registry, url, git_commit, kind, release"
_NEW = f"INSERT INTO package (id, {NODE}, judged) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')"
_BETTER = f"UPDATE package SET ({NODE}, judged) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '') WHERE id = ?"
LONGEST = 1200
"""Bytes of a text in an index; some indexes have two of them."""
_MOST = 1 << 20
"""Ids that are remembered at most: about 150 MB."""


class Content:
    """Puts content into a database, inside the caller's transactions, and remembers the ids it gave.

    Args:
        database: where to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._packages: dict[str, tuple[int, int]] = {}
        self._findings: dict[str, int] = {}
        self._index: list[tuple[int, int]] = []
        self._age = -1

    def begin(self, age: int) -> None:
        """Forget the ids of a transaction that failed (any negative age) or of before the store was pruned."""
        if age != self._age or len(self._packages) + len(self._findings) > _MOST:
            self._packages.clear()
            self._findings.clear()
        self._index.clear()
        self._age = age

    def end(self) -> None:
        """Write the index of the graphs of this transaction: together and sorted, it touches few pages of the file."""
        self._index.sort()
        self._database.many("INSERT INTO node VALUES (?, ?)", self._index)
        self._index.clear()

    def add(self, reading: Reading) -> None:
        """Store a reading; one that is here already changes nothing, unless it held only until a day.

        ``end`` has to follow in the same transaction.
        """
        held = self._database.rows("SELECT id, until FROM reading WHERE key = ?", (reading.key,))
        if held:
            own, until = held[0]
            if not until or (reading.until and reading.until <= until):
                return
            self._database.many("UPDATE reading SET key = ? WHERE id = ?", [(f"{reading.key}@{until}", own)])
        self._add(reading)

    def _add(self, reading: Reading) -> None:
        packages = self._package_ids(reading.nodes)
        graphs = [self._graph_id(graph, reading.nodes, packages) for graph in reading.graphs]
        own = following(self._database, "reading")
        more = {"gaps": reading.gaps, "census": reading.census,
                "uses": [(packages[u.node], *u[1:]) for u in reading.uses]}  # fmt: skip
        row = (own, reading.key, reading.until, reading.files, reading.bytes, reading.seconds, deflated(compact(more)))
        self._database.many("INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?)", [row])
        parts: dict[str, tuple[Any, ...]] = {}
        for part in reading.parts:
            path = keyed(part.path)
            while path in parts:  # two hostile names that look alike once they are written plainly
                path = keyed(f"{path}~")
            parts[path] = (own, path, plain(part.format), graphs[part.graph], part.packages)
        self._database.many("INSERT INTO part VALUES (?, ?, ?, ?, ?)", parts.values())
        told = {self.finding_id(f) for f in reading.findings}
        self._database.many("INSERT INTO reading_finding VALUES (?, ?)", [(own, f) for f in sorted(told)])

    def _package_ids(self, nodes: list[Node]) -> list[int]:
        """Return the id of each node.

        Repositories may say different things of one purl (one starts it as a tool, another installs it): the greatest
        wins, whichever came first, so that the order of readings does not matter.
        """
        known = self._packages
        nobody = (0, None)
        best: dict[str, Node] = {}
        keys = []
        for node in nodes:
            mark = hash(node)
            if known.get(node.purl, nobody)[1] == mark:
                keys.append(node.purl)
                continue
            text = "".join(node)
            clean = node if len(text) <= LONGEST and text.isascii() and "\0" not in text else Node(*map(keyed, node))
            keys.append(clean.purl)
            was = best.get(clean.purl)
            best[clean.purl] = clean if was is None or _rank(was) < _rank(clean) else was
        if best:
            self._store_packages(best)
        return [known[key][0] for key in keys]

    def _store_packages(self, wanted: dict[str, Node]) -> None:
        held = {
            row[1]: (row[0], Node(*row[1:]))
            for row in chunked(self._database, f"SELECT id, {NODE} FROM package WHERE purl", wanted)
        }
        better = [(*node, held[purl][0]) for purl, node in wanted.items()
                  if purl in held and _rank(held[purl][1]) < _rank(node)]  # fmt: skip
        self._database.many(_BETTER, better)
        new = [node for purl, node in wanted.items() if purl not in held]
        first = following(self._database, "package") if new else 0
        self._database.many(_NEW, [(first + i, *node) for i, node in enumerate(new)])
        self._packages.update((purl, (own, hash(wanted[purl]))) for purl, (own, _) in held.items())
        self._packages.update((node.purl, (first + i, hash(node))) for i, node in enumerate(new))

    def _graph_id(self, graph: Graph, nodes: list[Node], packages: list[int]) -> int:
        digest = graph_digest([keyed(nodes[n].purl) for n in graph.nodes], graph.up, graph.edges)
        held = self._database.rows("SELECT id FROM graph WHERE digest = ?", (digest,))
        if held:
            return int(held[0][0])
        own = following(self._database, "graph")
        members = [packages[n] for n in graph.nodes]
        row = (own, digest, packed(members), packed(graph.up), packed(graph.edges, 2))
        self._database.many("INSERT INTO graph VALUES (?, ?, ?, ?, ?)", [row])
        self._index += [(m, own) for m in set(members)]
        return own

    def finding_id(self, finding: Finding) -> int:
        """Return the id of a finding, storing it where it is new."""
        text = compact(finding)
        digest = text_digest(text)
        if digest not in self._findings:
            held = self._database.rows("SELECT id FROM finding WHERE digest = ?", (digest,))
            if not held:
                held = [(following(self._database, "finding"),)]
                row = (held[0][0], digest, *finding_columns(finding), text)
                self._database.many("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row])
            self._findings[digest] = held[0][0]
        return self._findings[digest]


def finding_columns(finding: Finding) -> tuple[str, str, str, int, str]:
    """Return what is kept of a finding beside its JSON: fingerprint, rule, class, severity, subject."""
    texts = plain(finding.rule), plain(finding.klass)
    return (fingerprint(finding), *texts, int(finding.severity), plain(finding.subject))


def graph_digest(purls: list[str], up: Sequence[int], edges: Sequence[int]) -> str:
    """Return a hash of what a graph says, whatever the order in which a store met its packages."""
    return sha256(compact((purls, list(up), list(edges))).encode()).hexdigest()


def text_digest(text: str) -> str:
    """Return the hash by which a finding's JSON is found."""
    return sha256(text.encode()).hexdigest()[:32]


def compact(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return JSON in ASCII without spaces."""
    return json.dumps(value, separators=(",", ":"))


def plain(text: str) -> str:
    """Return a text that every database takes: no NUL, no lone surrogate."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def keyed(text: str) -> str:
    """Return a text that every database takes into an index: PostgreSQL's rows there have at most 2,704 bytes.

    Of a longer one the beginning stays, and a hash of the whole: two that differ are two.
    """
    made = plain(text)
    data = made.encode()
    if len(data) <= LONGEST:
        return made
    return f"{data[: LONGEST - 40].decode('utf-8', 'ignore')}...{sha256(data).hexdigest()[:32]}"


def following(database: Database, table: str) -> int:
    """Return the next free id, inside a writing transaction."""
    return int(database.rows(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")[0][0])


def _rank(node: Node) -> tuple[bool, Node]:
    return (node.kind != "package", node)
