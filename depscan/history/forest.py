"""Whether the arrays of a graph are what they say: edges between its nodes, and shortest paths from its roots."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def fault_of(nodes: Sequence[int], up: Sequence[int], edges: Sequence[int]) -> str:
    """Return what is wrong with a graph's arrays (see ``depscan.history.records.Graph``); "" when nothing is."""
    size = len(nodes)
    if len(up) != size or len(edges) % 2:
        return f"{size} nodes, {len(up)} ways up, {len(edges)} ends of edges"
    if len(set(nodes)) != size:
        return "a node is there twice"
    if size and max(up) >= size:
        return "a way up leads out of the graph"
    if edges and max(edges) >= size:
        return "an edge leads out of the graph"
    return _way_fault(up, list(zip(edges[::2], edges[1::2], strict=True)))


def _way_fault(up: Sequence[int], edges: list[tuple[int, int]]) -> str:
    children: list[list[int]] = [[] for _ in up]
    for parent, child in edges:
        children[parent].append(child)
    far = {at: 0 for at, before in enumerate(up) if at == before}
    queue = list(far)
    for at in queue:  # grows while it is read
        for child in children[at]:
            if child not in far:
                far[child] = far[at] + 1
                queue.append(child)
    there = set(edges)
    for at, before in enumerate(up):
        if at not in far:
            return f"no root leads to node {at}"
        if at != before and ((before, at) not in there or far[before] + 1 != far[at]):
            return f"the way up from node {at} is no shortest path"
    return ""
