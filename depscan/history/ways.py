"""The ways in one graph from its roots to packages, and what lies on all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.read import Arrays

Group = tuple[str, str]
"""Ecosystem and name: every version of a package."""

_TRIED = 50


class Ways(NamedTuple):
    """What one graph says of what is asked for, by package ids.

    Attributes:
        before: everything from which it is reached, itself left out.
        tops: roots that are asked for themselves.
        roots: roots from which it is reached.
        path: a shortest one from a root to it.
        edges: parent and child of everything on the way.
    """

    before: frozenset[int]
    tops: frozenset[int]
    roots: frozenset[int]
    path: tuple[int, ...]
    edges: tuple[tuple[int, int], ...]


Shapes = dict[tuple[bytes, tuple[int, ...]], tuple[list[int], list[tuple[int, int]]]]
"""Edges and targets to marked positions and edges (``reaching``), of the graph before: the next is often alike."""


def ways(graph: Arrays, wanted: set[int], shapes: Shapes) -> Ways:
    """Return the ways in a graph to packages, at least one of which it holds."""
    nodes, up = graph.nodes, graph.up
    targets = sorted(map(nodes.index, wanted.intersection(nodes)))
    shape = (graph.edges.tobytes(), tuple(targets))
    if shape not in shapes:
        marks, found = reaching(graph, targets)
        shapes.clear()
        shapes[shape] = ([at for at, mark in enumerate(marks) if mark], found)
    marked, pairs = shapes[shape]
    roots = frozenset(nodes[at] for at in marked if up[at] == at)
    before = frozenset(nodes[at] for at in marked) - wanted
    edges = tuple((nodes[parent], nodes[child]) for parent, child in pairs)
    return Ways(before, roots & wanted, roots, tuple(graph.path(targets[0])), edges)


def reaching(graph: Arrays, targets: Iterable[int], passes: int = 3) -> tuple[bytearray, list[tuple[int, int]]]:
    """Return a mark for each position from which a target is reached (or that is one), and the edges between such.

    Edges of far children come first, so one pass marks nearly everything and the second one, as a rule, nothing more.
    A graph made to need many passes is walked backwards after ``passes`` of them.
    """
    marks = bytearray(len(graph.nodes))
    for at in targets:
        marks[at] = 1
    for _ in range(passes):
        new, found = False, []
        ends = iter(graph.edges)
        for parent, child in zip(ends, ends, strict=True):  # a loop is faster here than anything made of map()
            if marks[child]:
                found.append((parent, child))
                if not marks[parent]:
                    marks[parent] = new = True
        if not new:
            return marks, found
    return marks, _backwards(graph, marks)


def _backwards(graph: Arrays, marks: bytearray) -> list[tuple[int, int]]:
    """Mark what reaches something marked, from child to parent; return the edges between such."""
    before: dict[int, list[int]] = {}
    pairs = list(zip(graph.edges[::2], graph.edges[1::2], strict=True))
    for parent, child in pairs:
        before.setdefault(child, []).append(parent)
    left = [at for at, mark in enumerate(marks) if mark]
    for child in left:  # grows while it is read
        for parent in before.get(child, ()):
            if not marks[parent]:
                marks[parent] = 1
                left.append(parent)
    return [pair for pair in pairs if marks[pair[1]]]


def chokes(way: Ways, groups: dict[int, Group], wanted: set[int]) -> frozenset[Group]:
    """Return the packages over which every way leads; they must lie on the one that is known.

    Of a way that is longer than any real one only the beginning is tried.

    Args:
        way: the ways of a graph.
        groups: package id to its group, for those that are not the project's own.
        wanted: what is asked for.
    """
    if way.tops:
        return frozenset()
    tried = {groups[own] for own in way.path[:_TRIED] if own in way.before and own in groups}
    if not tried:
        return frozenset()
    children: dict[int, list[int]] = {}
    for parent, child in way.edges:
        children.setdefault(parent, []).append(child)
    return frozenset(
        group
        for group in tried
        if not _reached(way.roots, children, {own for own in way.before if groups.get(own) == group}, wanted)
    )


def _reached(roots: Iterable[int], children: dict[int, list[int]], without: set[int], wanted: set[int]) -> bool:
    """Return whether anything wanted is reached from the roots when some packages are taken out."""
    left = [own for own in roots if own not in without]
    seen = set(left)
    while left:
        for child in children.get(left.pop(), ()):
            if child in wanted:
                return True
            if child not in seen and child not in without:
                seen.add(child)
                left.append(child)
    return False
