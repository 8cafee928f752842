"""Graphs as arrays: breadth-first, with the way back to a root, and edges in an order that one pass can use."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from depscan.fleet.arrays import Arrays, arrays_of
from depscan.graph.graph import DependencyGraph
from depscan.graphs import merged
from depscan.history.forest import fault_of
from depscan.history.records import Graph
from depscan.inputs.gather import Gathered
from depscan.model.document import Document
from depscan.model.package import Package

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40)
BEHIND_CYCLES = [(0, 1), (1, 0), (1, 2), (2, 3), (4, 5), (5, 4), (4, 3)]
"""The third node is nearer to the second cycle than to the first."""
COMMIT = "a" * 40


def of(pairs: list[tuple[int, int]], count: int = 10) -> tuple[Arrays, DependencyGraph]:
    document = Document("uv.lock", "uv-lock", lock=True)
    ids = [document.add(Package("PyPI", f"p{i}", "1")) for i in range(count)]
    for parent, child in pairs:
        document.link(ids[parent], ids[child])
    gathered = Gathered()
    gathered.add_document(document)
    graph = merged(gathered)
    return arrays_of(gathered, graph), graph


def names(made: Arrays, graph: Graph) -> list[str]:
    return [made.nodes[n].purl for n in graph.nodes]


@given(PAIRS)
@example(BEHIND_CYCLES)
def test_every_node_has_a_shortest_way_back_to_a_root(pairs: list[tuple[int, int]]) -> None:
    made, graph = of(pairs)
    [arrays] = made.graphs
    told = names(made, arrays)
    assert sorted(told) == sorted(graph.nodes)
    steps = dict.fromkeys(graph.roots, 0)
    for key in (todo := list(steps)):
        for child in dict.fromkeys(e.child for e in graph.requests(key)):
            if child not in steps:
                steps[child] = steps[key] + 1
                todo.append(child)
    for at, key in enumerate(told):
        path, here = [key], at
        while arrays.up[here] != here:
            assert arrays.up[here] < here
            here = arrays.up[here]
            path.append(told[here])
        assert len(path) - 1 == steps[key]
        assert path[-1] in graph.roots
        for child, parent in pairwise(path):
            assert child in [e.child for e in graph.requests(parent)]


@given(PAIRS)
@example(BEHIND_CYCLES)
def test_what_is_made_is_what_verify_takes_for_whole(pairs: list[tuple[int, int]]) -> None:
    made, _ = of(pairs)
    [arrays] = made.graphs
    assert not fault_of(*arrays)


@given(PAIRS)
def test_edges_are_those_of_the_graph_each_once(pairs: list[tuple[int, int]]) -> None:
    made, _ = of(pairs)
    [arrays] = made.graphs
    told = names(made, arrays)
    flat = arrays.edges
    stated = [(told[flat[i]], told[flat[i + 1]]) for i in range(0, len(flat), 2)]
    assert sorted(stated) == sorted({(f"pkg:pypi/p{a}@1", f"pkg:pypi/p{b}@1") for a, b in pairs})


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), max_size=40))
def test_without_cycles_one_pass_over_the_edges_finds_all_that_reach_a_node(pairs: list[tuple[int, int]]) -> None:
    made, graph = of(pairs)
    [arrays] = made.graphs
    told = names(made, arrays)
    for at, key in enumerate(told):
        reached = {at}
        for i in range(0, len(arrays.edges), 2):
            if arrays.edges[i + 1] in reached:
                reached.add(arrays.edges[i])
        assert {told[r] for r in reached} - {key} == graph.dependents(key)


def test_each_lock_is_a_graph_and_everything_else_is_one(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("flask==3.0.0\n")
    (tmp_path / "app.py").write_text("from transformers import AutoModel\nAutoModel.from_pretrained('org/name')\n")
    lock = '{"lockfileVersion": 3, "name": "web", "packages": {"": {"name": "web"}}}'
    for folder in ("a", "b"):
        os.makedirs(tmp_path / folder)
        (tmp_path / folder / "package-lock.json").write_text(lock)
    gathered = Gathered(root=str(tmp_path))
    gathered.add_paths([str(tmp_path)])
    made = arrays_of(gathered, merged(gathered))
    assert [(p.path, p.format) for p in made.parts] == [
        ("a/package-lock.json", "package-lock"),
        ("b/package-lock.json", "package-lock"),
        ("", ""),
    ]
    rest = names(made, made.graphs[2])
    assert "pkg:pypi/flask@3.0.0" in rest
    assert "pkg:huggingface/org/name" in rest
    assert [(made.nodes[u.node].name, u.path, u.line) for u in made.uses] == [("org/name", "app.py", 2)]


def test_an_action_pinned_to_a_commit_keeps_the_release_its_comment_claims() -> None:
    document = Document("ci.yml", "github-workflow")
    key = document.add(Package("GitHub Actions", "org/act", COMMIT, "git", commit=COMMIT))
    document.use(key, "jobs.a.steps[0].uses", 3, release="v4.2.2")
    gathered = Gathered()
    gathered.add_document(document)
    [node] = arrays_of(gathered, merged(gathered)).nodes
    assert (node.release, node.purl) == ("v4.2.2", f"{key}?release=v4.2.2")
    assert node.kind == "action"
