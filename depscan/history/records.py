"""What one reading of a repository's files says: the JSON that workers return and the store takes apart."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location

SCHEMA = 1


class Node(NamedTuple):
    """A package, model, data set, vendor, tool, action, image or project.

    Attributes:
        purl: node id.
        ecosystem, name, version, source, registry, url, commit: see ``depscan.model.package.Package``; the version of
            a package without one is "".
        kind: as an inventory lists it (``depscan.model.kind.KINDS``).
        release: of an action pinned to a commit, the release that a comment claims; "" without one.
    """

    purl: str
    ecosystem: str
    name: str
    version: str
    source: str
    registry: str = ""
    url: str = ""
    commit: str = ""
    kind: str = "package"
    release: str = ""


class Graph(NamedTuple):
    """A dependency graph as arrays.

    Attributes:
        nodes: positions in ``Reading.nodes``, in breadth-first order from the roots.
        up: for each node, the position in ``nodes`` of the one before it on a shortest path from a root; a root has
            its own position.
        edges: parent and child in turn, as positions in ``nodes``; those of far children come first, so that one pass
            over them finds nearly everything that reaches a node.
    """

    nodes: list[int]
    up: list[int]
    edges: list[int]


class Part(NamedTuple):
    """A file of its own graph, or everything else of a repository together (``path`` "" then).

    Attributes:
        path: file below the repository's top.
        format: id of the input format.
        graph: position in ``Reading.graphs``.
        packages: how many nodes that are not the project's own.
    """

    path: str
    format: str
    graph: int
    packages: int


class Use(NamedTuple):
    """How one place uses a node; see ``depscan.model.usage.Usage``.

    ``node`` is its position in ``Reading.nodes``; of a use that comes out of a store, the id of the package.
    """

    node: int
    path: str
    line: int
    how: str
    facts: tuple[tuple[str, str], ...]


class Repository(NamedTuple):
    """A repository of the fleet.

    Attributes:
        name: what people call it; unique in a store.
        place: where it is read from.
        owner, team, tags: as the configuration says; "" and () for nothing.
        ref: what is read of a git clone; "" for HEAD. The store does not keep it: nights keep the commit.
    """

    name: str
    place: str
    owner: str = ""
    team: str = ""
    tags: tuple[str, ...] = ()
    ref: str = ""


class Visit(NamedTuple):
    """What a night found at a repository.

    Attributes:
        repository: which.
        key: of its reading; "" where there is none.
        revision: full commit id; "" where there is no git.
        mark: text that is equal as long as nothing of the repository changed.
        problem: why there is no reading; "" where there is one.
    """

    repository: Repository
    key: str
    revision: str = ""
    mark: str = ""
    problem: str = ""


class Night(NamedTuple):
    """One run over the fleet.

    Attributes:
        id: ordinal in the store, from 1.
        started, finished: RFC 3339 in UTC.
        tool: version of depscan.
        shard: ``i/n``; "" for the whole fleet.
        snapshot: the advisory data (``SnapshotInfo`` as a dictionary); empty where none could be used.
        policy: the policy file; "" for the default policy.
        more: counts and times, and what the night as a whole could not look at (``gaps``); never compared.
    """

    id: int
    started: str
    finished: str
    tool: str
    shard: str
    snapshot: dict[str, Any]
    policy: str
    more: dict[str, Any]


class Reading(NamedTuple):
    """What one reading of a repository says, whatever the advisories of the day are.

    Attributes:
        key: content of the files and what read them, in hex: equal keys give equal readings.
        nodes: every node of the graphs.
        graphs, parts: see their records.
        findings: of every check but those that judge a package by itself.
        gaps: what was not looked at.
        census: what no advisory can be compared with (``depscan.checks.advisories.Census`` as a list).
        uses: of models, data sets, vendors, tools, actions and images.
        until: day from which on the same files may say something else (a model's retirement); "" for never.
        files: how many files were read.
        bytes: how many bytes they have.
        seconds: CPU time of the reading, never compared.
    """

    key: str
    nodes: list[Node]
    graphs: list[Graph]
    parts: list[Part]
    findings: list[Finding]
    gaps: list[Coverage]
    census: list[Any]
    uses: list[Use]
    until: str = ""
    files: int = 0
    bytes: int = 0
    seconds: float = 0.0


def encode(reading: Reading) -> str:
    """Return a reading as JSON; a lone surrogate of a file name is written as its escape."""
    return json.dumps((SCHEMA, *reading), separators=(",", ":"))


def decode(text: str) -> Reading:
    """Return the reading of ``encode``.

    Raises:
        ValueError: it is none, or of another schema.
    """
    schema, *rest = json.loads(text)
    if schema != SCHEMA or len(rest) != len(Reading._fields):
        raise ValueError("a reading of another schema")
    made = Reading(*rest)
    return made._replace(
        nodes=[Node(*n) for n in made.nodes],
        graphs=[Graph(*g) for g in made.graphs],
        parts=[Part(*p) for p in made.parts],
        findings=[finding_of(list(f)) for f in made.findings],
        gaps=[Coverage(*g) for g in made.gaps],
        uses=[use_of(u) for u in made.uses],
    )


def use_of(row: Any) -> Use:  # noqa: ANN401 - JSON
    """Return the use whose JSON is a list of its fields."""
    node, path, line, how, facts = row
    return Use(node, path, line, how, tuple((name, value) for name, value in facts))


def finding_of(row: list[Any]) -> Finding:
    """Return the finding whose JSON is a list of its fields."""
    made = Finding(*row)
    return made._replace(
        severity=Severity(made.severity),
        confidence=Confidence(made.confidence),
        ids=tuple(made.ids),
        evidence=tuple(Evidence(_location(place), role) for place, role in made.evidence),
        references=tuple(made.references),
        via=tuple(map(tuple, made.via)),
    )


def _location(row: Any) -> Location:  # noqa: ANN401 - JSON
    path, line, text, container, offset = row
    return Location(path, line, text, tuple(container), offset)
