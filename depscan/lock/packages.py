"""Packages in a lock: versions and hashes as the project's files fix them, and what archives and the index add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.lock.records import Row
from depscan.lock.tools import is_tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from depscan.facts.inspected import Inspected
    from depscan.facts.packages import Looked
    from depscan.graph.graph import DependencyGraph
    from depscan.lock.records import Value
    from depscan.model.document import Document
    from depscan.model.package import Package

_ENTRY = 160
_ENTRIES = 200


def package_rows(
    graph: DependencyGraph, looked: Looked | None, documents: Iterable[Document], others: frozenset[str]
) -> list[Row]:
    """Return a row per package.

    Args:
        graph: of the project.
        looked: what is known of archives and publishers; None for nothing.
        documents: of the project.
        others: ecosystems whose nodes are no packages.
    """
    tools = _tools(documents)
    surfaces = _surfaces(looked.artifacts if looked else ())
    made = []
    for key, package in graph.nodes.items():
        if package.ecosystem in others or package.source == "local" or (package.ecosystem, package.name) in tools:
            continue
        fields: dict[str, Value] = {"ecosystem": package.ecosystem, "name": package.name, **_stated(package)}
        people = looked.publishers.get(key) if looked else None
        if people is not None:
            fields["publishers"] = tuple(sorted({one for _, found in people.here for one in found}))
        if key in surfaces:
            fields["surface"] = surfaces[key]
        made.append(Row("package", fields, at=graph.first_place(key), subject=key))
    return list(_without_requests(made))


def _stated(package: Package) -> dict[str, Value]:
    hashes = tuple(sorted({*package.hashes, *(file.hash for file in package.files if file.hash)}))
    known: dict[str, Value] = {
        "version": package.version or "",
        "from": package.registry or package.url,
        "commit": package.commit,
        "hashes": hashes,
    }
    return {name: value for name, value in known.items() if value}


def _without_requests(rows: list[Row]) -> Iterator[Row]:
    """Yield the rows without those that a manifest asks for and a lock beside it answers."""
    pinned = {row.key for row in rows if row.text("version") or row.text("commit")}
    for row in rows:
        if row.text("version") or row.text("commit") or row.key not in pinned:
            yield row


def _tools(documents: Iterable[Document]) -> set[tuple[str, str]]:
    """Return the packages that only agents' configurations name: they have rows of their own."""
    tools: set[tuple[str, str]] = set()
    others: set[tuple[str, str]] = set()
    for document in documents:
        started = {use.node for use in document.uses if is_tool(document, use)}
        for key, package in document.nodes.items():
            (tools if key in started else others).add((package.ecosystem, package.name))
    return tools - others


def _surfaces(artifacts: Iterable[Inspected]) -> dict[str, tuple[str, ...]]:
    """Return by node what runs when the package is installed or the interpreter starts, where its archive was read."""
    from depscan.facts.fact import INSTALL, STARTUP
    from depscan.release.code import code_surface, plain

    made: dict[str, set[str]] = {}
    for item in artifacts:
        if item.subject:
            held = made.setdefault(item.subject, set())
            for one in code_surface(item):
                if one.when in {INSTALL, STARTUP}:
                    held.add(f"{one.when}: {one.kind}: {plain(one.detail, item.version)[:_ENTRY]}")
    return {subject: tuple(sorted(held)[:_ENTRIES]) for subject, held in made.items()}
