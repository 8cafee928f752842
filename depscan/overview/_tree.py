"""Who asks for whom over the whole fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.overview.records import Tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.history.read import State
    from depscan.overview._graphs import Graphs, Part
    from depscan.overview._naming import Naming


def tree(states: list[State], parts: Mapping[int, list[Part]], graphs: Graphs, naming: Naming) -> Tree:
    """Return the tree of the graphs that were seen; names are sorted, so that equal stores give equal trees.

    Args:
        states: of the night.
        parts: reading id to its parts.
        graphs: of all parts.
        naming: names of packages.
    """
    roots: dict[str, set[int]] = {}
    left_out = []
    for state in states:
        seen = [graphs.see(p.graph) for p in parts.get(state.reading or 0, ())]
        if seen:
            roots[state.repository.name] = {own for one in seen for own in one.roots}
        if not all(one.drawn for one in seen):
            left_out.append(state.repository.name)
    ids = {own for edge in graphs.edges for own in edge}.union(*roots.values())
    naming.learn(ids)
    ordered = sorted(ids, key=lambda own: (naming.label(own), naming.nodes[own].purl))
    at = {own: position for position, own in enumerate(ordered)}
    children: list[list[int]] = [[] for _ in ordered]
    for parent, child in graphs.edges:
        children[at[parent]].append(at[child])
    return Tree(
        tuple(naming.label(own) for own in ordered),
        tuple(naming.nodes[own].kind for own in ordered),
        tuple(tuple(sorted(own)) for own in children),
        {name: tuple(sorted(at[own] for own in held)) for name, held in sorted(roots.items())},
        tuple(sorted(left_out)),
    )
