"""Paths of ``who`` are real and shortest, and ``blast`` is the plain reverse closure, on any graph."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from depscan.fleet.arrays import _breadth_first, _edges
from depscan.graph.graph import DependencyGraph
from depscan.history.pack import packed, unpacked
from depscan.history.read import Arrays
from depscan.history.ways import chokes, reaching, ways
from depscan.model.document import Document, Edge
from depscan.model.package import Package

SIZE = 9
PAIRS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=30, unique=True)


class Made(NamedTuple):
    """A graph as a reading holds it, its edges and its roots."""

    arrays: Arrays
    edges: set[tuple[int, int]]
    roots: set[int]


def made(pairs: list[tuple[int, int]]) -> Made:
    """Return a graph of packages that are called 0, 1, 2 ..."""
    document = Document("uv.lock", "uv-lock")
    keys = [document.add(Package("PyPI", str(number), "1"), 0) for number in range(SIZE)]
    document.edges += [Edge(keys[a], keys[b]) for a, b in pairs]
    graph = DependencyGraph()
    graph.merge(document)
    wants: list[dict[int, None]] = [{} for _ in keys]
    for parent, child in pairs:
        wants[parent][child] = None
    order, up = _breadth_first(wants, [False] * SIZE)
    held = (order, up, _edges(wants, order))
    return Made(Arrays(*(unpacked(packed(numbers)) for numbers in held)), set(pairs), set(map(keys.index, graph.roots)))


def reached(start: set[int], edges: set[tuple[int, int]], without: frozenset[int] = frozenset()) -> dict[int, int]:
    """Return everything reached from somewhere, with how many steps away it is."""
    found = dict.fromkeys(start - without, 0)
    todo = list(found)
    for one in todo:
        for parent, child in sorted(edges):
            if parent == one and child not in found and child not in without:
                found[child] = found[one] + 1
                todo.append(child)
    return found


@given(PAIRS)
def test_a_path_is_real_and_no_other_is_shorter(pairs: list[tuple[int, int]]) -> None:
    graph, edges, roots = made(pairs)
    steps = reached(roots, edges)
    assert set(graph.nodes) == set(steps)
    for at, own in enumerate(graph.nodes):
        path = graph.path(at)
        assert (path[0] in roots, path[-1], len(path) - 1) == (True, own, steps[own])
        assert all(pair in edges for pair in pairwise(path))


@given(PAIRS, st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=2))
def test_the_blast_is_the_reverse_closure(pairs: list[tuple[int, int]], wanted: set[int]) -> None:
    graph, edges, _ = made(pairs)
    targets = wanted & set(graph.nodes)
    if not targets:
        return
    expected = set(reached(targets, {(child, parent) for parent, child in edges}))
    found = ways(graph, wanted, {})
    assert found.before == expected - wanted
    assert set(found.edges) == {(a, b) for a, b in edges if b in expected}
    for passes in (0, 1, 3):
        marks, pairs_found = reaching(graph, [at for at, own in enumerate(graph.nodes) if own in wanted], passes)
        assert {graph.nodes[at] for at, mark in enumerate(marks) if mark} == expected
        assert {(graph.nodes[a], graph.nodes[b]) for a, b in pairs_found} == set(found.edges)


@given(PAIRS, st.integers(1, SIZE - 1), st.integers(1, 4))
def test_a_choke_point_is_what_nothing_gets_past(pairs: list[tuple[int, int]], wanted: int, names: int) -> None:
    graph, edges, roots = made(pairs)
    if wanted not in graph.nodes:
        return
    groups = {own: ("PyPI", str(own % names)) for own in range(1, SIZE)}  # 0 is the project
    found = chokes(ways(graph, {wanted}, {}), groups, {wanted})
    expected = set()
    for group in set(groups.values()):
        members = frozenset(own for own in groups if groups[own] == group and own != wanted)
        if members and wanted not in reached(roots, edges, members):
            expected.add(group)
    assert found == expected
