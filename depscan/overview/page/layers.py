"""Place the nodes of a small graph in columns: layers by the longest way, few crossings, no two on one spot.

The steps are those of Sugiyama, Tagawa and Toda (1981): ways back are turned, layers assigned, long edges cut by
joints, each layer sorted by barycentres in sweeps; heights then follow the neighbours' mean by isotonic regression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_SWEEPS = 8
_SETTLE = 6
_JOINT = 12.0
"""Height of the gap that a long edge takes in a layer it crosses, in the unit of the nodes' heights."""


class Layout(NamedTuple):
    """Where everything stands.

    Attributes:
        column: node to the number of its layer, 0 at the left.
        middle: node to the height of its middle; the smallest upper edge is 0.
        bends: for each edge the columns and heights of its ends and of every layer between, from left to right.
        height: of everything.
    """

    column: dict[str, int]
    middle: dict[str, float]
    bends: dict[tuple[str, str], tuple[tuple[int, float], ...]]
    height: float


def lay_out(heights: dict[str, float], edges: Iterable[tuple[str, str]], gap: float) -> Layout:
    """Place nodes; the same input gives the same places.

    Args:
        heights: every node and its height, in the order that ties follow.
        edges: pairs of nodes; an edge back to where it came from is drawn against its direction.
        gap: least distance between two in one layer.
    """
    given = [(a, b) for a, b in dict.fromkeys(edges) if a != b]
    turned = _without_ways_back(list(heights), given)
    column = _columns(list(heights), turned)
    sizes, links, chains = dict(heights), list[tuple[str, str]](), dict[tuple[str, str], list[str]]()
    layers: list[list[str]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for node in heights:
        layers[column[node]].append(node)
    for number, (start, end) in enumerate(turned):
        joints = [f"\0{number}:{c}" for c in range(column[start] + 1, column[end])]
        for place, joint in enumerate(joints, column[start] + 1):
            sizes[joint] = _JOINT
            layers[place].append(joint)
        chain = [start, *joints, end]
        chains[start, end] = chain
        links += pairwise(chain)
    before, after = _neighbours(sizes, links)
    layers = _sorted_layers(layers, before, after, links)
    middle, height = _heights(layers, sizes, before, after, gap)
    at = {node: place for place, layer in enumerate(layers) for node in layer}
    bends = {}
    for start, end in given:
        chain = chains.get((start, end)) or chains[end, start]
        bends[start, end] = tuple((at[node], middle[node]) for node in chain)
    return Layout(column, {node: middle[node] for node in heights}, bends, height)


def _without_ways_back(nodes: Sequence[str], edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the edges with those turned that close a cycle, found by a depth-first walk without recursion."""
    after: dict[str, list[str]] = {node: [] for node in nodes}
    for start, end in edges:
        after[start].append(end)
    state: dict[str, int] = {}
    back: set[tuple[str, str]] = set()
    for first in nodes:
        stack = [(first, iter(after[first]))] if first not in state else []
        state.setdefault(first, 1)
        while stack:
            node, rest = stack[-1]
            child = next(rest, None)
            if child is None:
                state[node] = 2
                stack.pop()
            elif child not in state:
                state[child] = 1
                stack.append((child, iter(after[child])))
            elif state[child] == 1:
                back.add((node, child))
    return list(dict.fromkeys((b, a) if (a, b) in back else (a, b) for a, b in edges))


def _columns(nodes: Sequence[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return the length of the longest way to each node."""
    waiting = dict.fromkeys(nodes, 0)
    after: dict[str, list[str]] = {node: [] for node in nodes}
    for start, end in edges:
        waiting[end] += 1
        after[start].append(end)
    column = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not waiting[node]]
    for node in ready:
        for child in after[node]:
            column[child] = max(column[child], column[node] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return column


Near = dict[str, list[str]]


def _neighbours(nodes: Iterable[str], links: list[tuple[str, str]]) -> tuple[Near, Near]:
    before: Near = {node: [] for node in nodes}
    after: Near = {node: [] for node in before}
    for start, end in links:
        before[end].append(start)
        after[start].append(end)
    return before, after


def _sorted_layers(layers: list[list[str]], before: Near, after: Near, links: list[tuple[str, str]]) -> list[list[str]]:
    """Return the layers in the order of the sweep that crosses least."""
    best, fewest = layers, _crossings(layers, links)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        near = after if sweep % 2 else before
        place = {node: i for layer in layers for i, node in enumerate(layer)}
        turned: list[list[str]] = []
        for layer in reversed(layers) if sweep % 2 else layers:
            weight = {n: sum(place[o] for o in near[n]) / len(near[n]) if near[n] else place[n] for n in layer}
            ordered = sorted(layer, key=lambda n: (weight[n], place[n]))
            place.update((node, i) for i, node in enumerate(ordered))
            turned.append(ordered)
        layers = turned[::-1] if sweep % 2 else turned
        crossed = _crossings(layers, links)
        if crossed < fewest:
            best, fewest = layers, crossed
    return best


def _crossings(layers: list[list[str]], links: list[tuple[str, str]]) -> int:
    """Return how many pairs of links cross between neighbouring layers."""
    place = {node: (c, i) for c, layer in enumerate(layers) for i, node in enumerate(layer)}
    held: dict[int, list[tuple[int, int]]] = {}
    for start, end in links:
        held.setdefault(place[start][0], []).append((place[start][1], place[end][1]))
    total = 0
    for pairs in held.values():
        pairs.sort()
        ends = [end for _, end in pairs]
        total += sum(ends[i] > ends[j] for i in range(len(ends)) for j in range(i + 1, len(ends)))
    return total


def _heights(
    layers: list[list[str]], sizes: dict[str, float], before: Near, after: Near, gap: float
) -> tuple[dict[str, float], float]:
    """Return the middle of each node and the height of everything: near its neighbours, never over another."""
    offsets: list[list[float]] = []
    middle: dict[str, float] = {}
    for layer in layers:
        places: list[float] = []
        for i, node in enumerate(layer):
            places.append(places[-1] + (sizes[layer[i - 1]] + sizes[node]) / 2 + gap if i else 0.0)
            middle[node] = places[-1]
        offsets.append(places)
    for turn in range(_SETTLE):
        near = after if turn % 2 else before
        order = range(len(layers) - 1, -1, -1) if turn % 2 else range(len(layers))
        for c in order:
            wished = [_mean([middle[o] for o in near[n]], middle[n]) for n in layers[c]]
            rising = _rising([w - o for w, o in zip(wished, offsets[c], strict=True)])
            middle.update((n, r + o) for n, r, o in zip(layers[c], rising, offsets[c], strict=True))
    top = min((middle[n] - sizes[n] / 2 for n in middle), default=0.0)
    moved = {node: round(at - top, 1) for node, at in middle.items()}
    return moved, max((moved[n] + sizes[n] / 2 for n in moved), default=0.0)


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _rising(values: list[float]) -> list[float]:
    """Return the nearest sequence that never falls, by squares: pool adjacent violators (Ayer and others, 1955)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]
