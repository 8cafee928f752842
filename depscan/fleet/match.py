"""Judge packages by themselves: advisories and names, for each package of the fleet once."""

from __future__ import annotations

from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from depscan.checks import advisories, names
from depscan.checks.check import Context
from depscan.errors import IntelError
from depscan.graph.graph import DependencyGraph
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Finding
from depscan.model.location import Location
from depscan.model.package import Package
from depscan.model.use import Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.history.records import Node
    from depscan.intel.index import Index
    from depscan.model.location import Route
    from depscan.model.nameoptions import NameOptions


_CHUNK = 5000
"""Packages that are judged at a time: what judging makes of one takes many times the memory of the package."""


def matched(
    nodes: Iterable[tuple[int, Node]], index: Index | None, options: NameOptions | None
) -> tuple[dict[int, list[Finding]], list[Coverage]]:
    """Return what is found of each package, and what could not be looked at.

    Args:
        nodes: id in the store and package; those of a name side by side are judged with less work.
        index: the advisories; None where there are none.
        options: private and allowed names; None to judge no names.

    Raises:
        IntelError: the index is damaged.
    """
    found: dict[int, list[Finding]] = {}
    gaps: dict[Coverage, None] = {}
    nothing: list[Finding] = []
    left = iter(nodes)
    while some := list(islice(left, _CHUNK)):
        told, lacking = _apart(some, index, options)
        found.update((own, findings or nothing) for own, findings in told.items())
        gaps.update(dict.fromkeys(lacking))
    return found, list(gaps)


def _apart(
    nodes: list[tuple[int, Node]], index: Index | None, options: NameOptions | None
) -> tuple[dict[int, list[Finding]], list[Coverage]]:
    """Judge packages; one that depscan has a defect with is left out and told, and takes none of the others along."""
    try:
        return _matched(nodes, index, options)
    except IntelError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect met in one package must not hide the others
        if len(nodes) == 1:
            why = f"a defect of depscan stopped the judging: {type(error).__name__}: {error}"[:300]
            return {}, [Coverage(nodes[0][1].purl, "failed", why, needed=True, kind="crash")]
    half = len(nodes) // 2
    found, gaps = _apart(nodes[:half], index, options)
    more, others = _apart(nodes[half:], index, options)
    return found | more, gaps + others


def _matched(
    nodes: list[tuple[int, Node]], index: Index | None, options: NameOptions | None
) -> tuple[dict[int, list[Finding]], list[Coverage]]:
    every = [(own, node, _package(node)) for own, node in nodes]
    found: dict[int, list[Finding]] = {own: [] for own, _, _ in every}
    if index is not None:
        # Apart, so that a version in one repository does not speak for a package without one in another.
        for group in ([e for e in every if e[1].version], [e for e in every if not e[1].version]):
            _advisories(group, index, found)
    return found, [] if options is None else _names(every, options, found)


def basis(code: str, index: Index | None, options: NameOptions | None) -> str:
    """Return a hash of everything that decides over what ``matched`` finds of a package.

    Args:
        code: hash of depscan's code and data.
        index: as for ``matched``.
        options: as for ``matched``.

    Raises:
        IntelError: the table of names is missing or damaged.
    """
    told = [code, index.sha256 if index else ""]
    if options is not None:
        from depscan.intel.name_table import open_table

        path = open_table(options.table).path
        with open(path, "rb") as stream:
            told.append(sha256(stream.read()).hexdigest())
        told.append(repr(options._replace(table="")))
    return sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def unmatched(index: Index, census: Sequence[Any]) -> list[Coverage]:
    """Return what of a repository could not be compared with the advisories: from the stored census of its reading."""
    return list(advisories.gaps(index, advisories.Census(*census)))


def _advisories(every: list[tuple[int, Node, Package]], index: Index, found: dict[int, list[Finding]]) -> None:
    document, ids = Document("", ""), {}
    for own, node, package in every:
        document.nodes[node.purl] = package
        ids[node.purl] = own
        if node.release:
            document.uses.append(Use(node.purl, "", 0, (("release", node.release),)))
    for item in advisories.run(_context(document)._replace(advisories=index)):
        if isinstance(item, Finding):
            found[ids[item.subject]].append(item._replace(fits=None))


def _names(
    every: list[tuple[int, Node, Package]], options: NameOptions, found: dict[int, list[Finding]]
) -> list[Coverage]:
    """Judge each name once, with one of its packages."""
    told: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    document, gaps = Document("", ""), []
    for own, node, package in every:
        members = told.setdefault((node.ecosystem, node.name, node.source, node.registry), [])
        members.append((own, node.purl))
        if len(members) == 1:
            document.nodes[node.purl] = package
    by_first = {members[0][1]: members for members in told.values()}
    for item in names.run(_context(document)._replace(names=options)):
        if isinstance(item, Finding):
            for own, purl in by_first[item.subject]:
                found[own].append(item._replace(subject=purl, evidence=()))
        else:
            gaps.append(item)
    return gaps


def _package(node: Node) -> Package:
    return Package(
        node.ecosystem, node.name, node.version or None, node.source, "", node.registry, node.url, node.commit
    )


def _context(document: Document) -> Context:
    graph = DependencyGraph()
    graph.nodes = document.nodes
    return Context(graph, [document], None, _nowhere)


def _nowhere(path: str, route: Route) -> Location:  # noqa: ARG001 - the common signature
    return Location("")
