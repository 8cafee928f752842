"""The graph of files and folders, as they state it or completed with what metadata says: the first half of a scan."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError
from depscan.graph.graph import DependencyGraph
from depscan.inputs.gather import Gathered
from depscan.model.decision import Coverage
from depscan.model.document import claim
from depscan.model.graphoptions import GraphOptions
from depscan.model.result import FileInfo
from depscan.model.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.document import Document
    from depscan.registry.registry import Registry
    from depscan.resolution.complete import Completion


def open_registry(start: str) -> Registry:
    """Return what asks the indexes that the user's installers would ask; close it, or use it in ``with``.

    Args:
        start: file or folder of the project, whose configuration names indexes too.
    """
    from depscan.registry.registry import Registry, load_settings

    return Registry(load_settings((start if os.path.isdir(start) else os.path.dirname(start)) or "."))


def read_graph(
    paths: Sequence[str], format_hint: str = "", *, stdin: bytes | None = None, follow: bool = True
) -> tuple[DependencyGraph, list[Coverage], list[FileInfo]]:
    """Return the graph of files and folders without judging it, what was not read, and what was.

    Raises:
        UsageError: no path, or an unknown format hint.
    """
    made = read_completed_graph(paths, GraphOptions(), format_hint, stdin=stdin, follow=follow)
    return made.graph, made.coverage, made.files


class CompletedGraph(NamedTuple):
    """A graph, and what became of the edges its files do not state (None where nobody asked for them)."""

    graph: DependencyGraph
    coverage: list[Coverage]
    files: list[FileInfo]
    completion: Completion | None = None


def read_completed_graph(
    paths: Sequence[str],
    options: GraphOptions,
    format_hint: str = "",
    *,
    stdin: bytes | None = None,
    follow: bool = True,
    registry: Registry | None = None,
) -> CompletedGraph:
    """Return the graph of files and folders with the edges that metadata of its pins states.

    Args:
        paths: files, folders, or "-" for ``stdin``.
        options: see ``GraphOptions``.
        format_hint: see ``Options``.
        stdin: bytes that the path "-" stands for.
        follow: whether included files are read too.
        registry: the user's index, asked after all local metadata; None for no network.

    Raises:
        UsageError: no path, an unknown format hint or target, or a folder of archives that cannot be listed.
    """
    gathered = gather(paths, format_hint, stdin, follow=follow)
    graph, extra, completion = graph_of(gathered, options, registry)
    files = [file_info(d) for d in gathered.documents]
    return CompletedGraph(graph, [*gathered.coverage, *extra], files, completion)


def merged(gathered: Gathered) -> DependencyGraph:
    """Return one graph of everything that was read, as the files state it."""
    graph = DependencyGraph(gathered.locate)
    for document in gathered.documents:
        graph.merge(document)
    return graph


def graph_of(
    gathered: Gathered, options: GraphOptions, registry: Registry | None = None
) -> tuple[DependencyGraph, list[Coverage], Completion | None]:
    """Merge the documents; where the user asks for it, resolve unpinned ones first and complete the edges after.

    Raises:
        UsageError: an unknown target, or a folder of archives that cannot be listed.
    """
    extra: list[Coverage] = []
    if not options.wanted and registry is None:
        return merged(gathered), extra, None
    from depscan.resolution import wire

    target = wire.target_for(options, registry=registry is not None)
    if options.resolve:
        resolved, extra = wire.resolve_documents(gathered.documents, target, registry)
        gathered.documents += resolved
    graph = merged(gathered)
    completion = wire.complete_graph(graph, gathered.documents, options, target, registry)
    if completion is not None:
        extra += completion.coverage
    return graph, extra, completion


def usages(graph: DependencyGraph, gathered: Gathered) -> tuple[Usage, ...]:
    """Return every use of a node of the merged graph with its line."""
    return tuple(
        Usage(
            claim(graph.nodes, document.nodes[use.node]),
            document.path,
            gathered.locate(document.path, use.at).line,
            use.how,
            use.facts,
        )
        for document in gathered.documents
        for use in document.uses
    )


def gather(
    paths: Sequence[str],
    format_hint: str,
    stdin: bytes | None,
    *,
    follow: bool = True,
    skip: str = "",
    cache: bool = False,
    jobs: int = 0,
) -> Gathered:
    """Return what the files and folders state; ``cache`` and ``jobs``: see ``Gathered``.

    Raises:
        UsageError: no path, an unknown format hint, or "-" without one.
    """
    if not paths:
        raise UsageError("nothing to scan was named")
    if "-" in paths and not format_hint:
        raise UsageError("standard input has no name to tell its format by", hint="add --format-hint ID")
    gathered = Gathered(follow=follow, skip=skip, cache=cache, jobs=jobs)
    gathered.add_paths(list(paths), format_hint, stdin)
    return gathered


def file_info(document: Document) -> FileInfo:
    """Return what a report says about a file that was read."""
    ecosystems = [p.ecosystem for p in document.nodes.values() if p.source != "local"]
    usual = max(dict.fromkeys(ecosystems), key=ecosystems.count, default="")
    return FileInfo(document.path, document.format, len(ecosystems), usual)
