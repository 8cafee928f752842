"""From what the user said to a completed graph: targets, providers in their order, and resolved inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.errors import UsageError
from depscan.resolution.target import Target, target_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.graph.graph import DependencyGraph
    from depscan.model.decision import Coverage
    from depscan.model.document import Document
    from depscan.model.graphoptions import GraphOptions
    from depscan.resolution.complete import Completion
    from depscan.resolution.index import Registry
    from depscan.resolution.provider import Provider

_COMMENTS = frozenset({"requirements"})
"""Formats whose edges between packages are comments, which metadata corrects."""

_AT_ONCE = 16
"""Pins that an index is asked about at the same time; the registry bounds its own connections."""


def target_for(options: GraphOptions, *, registry: bool = False) -> Target:
    """Return the target the user names.

    Raises:
        UsageError: it is not known, or nothing was named that could be judged for it.
    """
    if not (options.find_links or options.site_packages or options.resolve or registry):
        raise UsageError(
            "--python and --platform judge markers of completed edges, and nothing says where metadata is",
            hint="add --find-links DIR, --site-packages DIR or --resolve",
        )
    return target_of(options.python, options.platform)


def resolve_documents(
    documents: Sequence[Document], target: Target, registry: Registry[Any] | None = None
) -> tuple[list[Document], list[Coverage]]:
    """Return what unpinned inputs resolve to today, and what is to be said about it."""
    from depscan.resolution.resolve import resolve

    made: list[Document] = []
    coverage: list[Coverage] = []
    for document in documents:
        if document.lock or not document.root:
            continue
        resolved = resolve(document, target, registry)
        coverage += resolved.coverage
        if resolved.document is not None:
            made.append(resolved.document)
    return made, coverage


def complete_graph(
    graph: DependencyGraph,
    documents: Iterable[Document],
    options: GraphOptions,
    target: Target,
    registry: Registry[Any] | None = None,
) -> Completion | None:
    """Add the edges of pins whose files state none; None where nothing was named that could know them.

    Raises:
        UsageError: a folder cannot be listed.
    """
    chain: list[tuple[str, Provider]] = []
    if options.site_packages:
        from depscan.resolution.site_packages import SitePackages

        chain.append(("site-packages", SitePackages(options.site_packages)))
    if options.find_links:
        from depscan.resolution.wheelhouse import Wheelhouse

        chain.append(("find-links", Wheelhouse(options.find_links, target)))
    if registry is not None:
        from depscan.resolution.index import IndexMetadata

        chain.append(("index", IndexMetadata(registry, target)))
    if not chain:
        return None
    from depscan.resolution.complete import complete
    from depscan.resolution.provider import Chain

    jobs = _AT_ONCE if registry is not None else 1
    return complete(graph, Chain(chain), target, stating(documents), jobs=jobs)


def stating(documents: Iterable[Document]) -> set[str]:
    """Return the files that state who asks for whom among packages, which are left alone."""
    return {
        document.path
        for document in documents
        if document.format not in _COMMENTS
        and any(e.parent != document.root and document.nodes[e.parent].version for e in document.edges)
    }


def edges_from(graph: DependencyGraph, completion: Completion) -> dict[str, str]:
    """Return per node where its edges come from: an origin, "unknown: ...", or the first file that states it."""
    made = {key: next(iter(graph.stated_in(key)), "") for key in graph.nodes}
    made.update(completion.origins)
    made.update((key, f"unknown: {why}") for key, why in completion.unknown.items())
    return made
