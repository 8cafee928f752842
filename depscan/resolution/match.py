"""Which pin of a graph a requirement means."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.graph.graph import DependencyGraph
    from depscan.resolution.asks import Ask


class Pins:
    """The pins of a graph by name.

    Where a name is pinned more than once, those of the asking package's own files are meant, and of them those that
    the constraint allows; a pin that is alone is meant though the constraint excludes it, for it is what is installed.
    """

    def __init__(self, graph: DependencyGraph) -> None:
        self._graph = graph
        self._by_name: dict[str, list[str]] = {}
        for key, package in graph.nodes.items():
            if package.ecosystem == "PyPI" and package.version:
                self._by_name.setdefault(package.name, []).append(key)

    def of(self, ask: Ask, parent: str) -> list[str]:
        """Return the node ids a requirement of ``parent`` means; [] when nothing of that name is pinned."""
        held = self._by_name.get(ask.name, [])
        if len(held) < 2:  # noqa: PLR2004 - nothing to choose
            return held
        files = set(self._graph.stated_in(parent))
        near = [key for key in held if not files.isdisjoint(self._graph.stated_in(key))] or held
        constraint = ask.requested.partition("]")[2] if ask.requested.startswith("[") else ask.requested
        if "@" in constraint:
            return near
        return [key for key in near if _allows(constraint, self._graph.nodes[key].version or "")] or near


@lru_cache(maxsize=4096)
def _allows(constraint: str, version: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(constraint).contains(version, prereleases=True)
    except (InvalidSpecifier, ValueError):
        return False
