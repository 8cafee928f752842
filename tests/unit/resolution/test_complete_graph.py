"""Completion: edges between pins, extras on request, markers for a target, and what stays unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depscan.model.document import Document
from depscan.model.package import Package
from depscan.resolution.complete import complete
from depscan.resolution.provider import Failed, Requirements
from tests.unit.resolution.samples import LINUX, Known, edges, pins


def test_a_requirement_becomes_an_edge_with_what_was_asked() -> None:
    graph = pins("a==1\nb==2\n")
    made = complete(graph, Known(a=["B>=1,<3"], b=[]), LINUX)
    [edge] = [e for e in graph.edges if e.parent == "pkg:pypi/a@1"]
    assert (edge.child, edge.requested, edge.label, edge.path) == ("pkg:pypi/b@2", "<3,>=1", "prod", "told/METADATA")
    assert graph.why("pkg:pypi/b@2")
    assert made.origins == {"pkg:pypi/a@1": "told", "pkg:pypi/b@2": "told"}
    assert made.unknown == {}
    assert not any(c.needed for c in made.coverage)


def test_an_edge_of_another_target_is_kept_and_not_taken() -> None:
    graph = pins("a==1\nb==2\nc==3\n")
    marker = "sys_platform == 'win32'"
    made = complete(graph, Known(a=[f"b; {marker}", "c; python_version < '3.12'"]), LINUX)
    assert edges(graph) == {("a", "c")}
    [edge] = [e for e in graph.edges if not e.taken]
    assert (edge.child, edge.marker) == ("pkg:pypi/b@2", 'sys_platform == "win32"')
    assert (made.added, made.untaken) == (1, 1)
    assert graph.why("pkg:pypi/b@2") == [["pkg:generic/pins.txt", "pkg:pypi/b@2"]]
    assert graph.closure(["pkg:pypi/a@1"]) == {"pkg:pypi/a@1", "pkg:pypi/c@3"}
    assert graph.requested_by("pkg:pypi/b@2") == [e for e in graph.edges if e.child == "pkg:pypi/b@2" and e.taken]


def test_extras_are_taken_only_when_requested_and_spread() -> None:
    known = Known(
        a=["b[fast]", "x; extra == 'never'"],
        b=["c[deep]; extra == 'fast'", "d; extra == 'slow'"],
        c=["e; extra=='deep'"],
    )
    graph = pins("a==1\nb==1\nc==1\nd==1\ne==1\nx==1\n")
    complete(graph, known, LINUX)
    assert edges(graph) == {("a", "b"), ("b", "c"), ("c", "e")}
    labels = {(e.parent[9:10], e.child[9:10]): (e.label, e.taken) for e in graph.edges if e.path == "told/METADATA"}
    assert labels["b", "c"] == ("extra:fast", True)
    assert labels["b", "d"] == ("extra:slow", False)


def test_extras_of_a_pin_line_count_whoever_asks() -> None:
    known = Known(a=["b; extra == 'x'"], b=[])
    graph = pins("a[X]==1\nb==1\n")
    complete(graph, known, LINUX)
    assert edges(graph) == {("a", "b")}
    graph = pins("a[x]==1\n    # via c\nb==1\nc==1\n")
    complete(graph, known, LINUX, stated=())
    assert ("a", "b") in edges(graph)


def test_an_extra_made_of_other_extras_activates_them() -> None:
    graph = pins("a[all]==1\nb==1\nc==1\n")
    complete(graph, Known(a=["a[x,y]; extra == 'all'", "b; extra == 'x'", "c; extra == 'y'"]), LINUX)
    assert edges(graph) == {("a", "b"), ("a", "c")}
    assert not any(e.parent == e.child for e in graph.edges)


def test_cycles_end() -> None:
    graph = pins("a==1\nb==1\n")
    complete(graph, Known(a=["b[x]"], b=["a[y]; extra == 'x'"]), LINUX)
    assert edges(graph) == {("a", "b"), ("b", "a")}
    assert graph.dependents("pkg:pypi/a@1") >= {"pkg:pypi/b@1"}


def test_what_nobody_pins_is_told_and_is_no_node() -> None:
    graph = pins("a==1\nb==1\n")
    made = complete(graph, Known(a=["missing>=2", "elsewhere; sys_platform == 'win32'"], b=["missing"]), LINUX)
    assert set(graph.nodes) == {"pkg:generic/pins.txt", "pkg:pypi/a@1", "pkg:pypi/b@1"}
    assert made.not_pinned == {"missing": ("pkg:pypi/a@1", "pkg:pypi/b@1")}
    assert "not pinned: missing asked by a 1, b 1" in [c.why for c in made.coverage]


def test_unknown_nodes_are_told_one_by_one_and_an_outage_makes_the_answer_incomplete() -> None:
    graph = pins("a==1\nb==1\nc==1\n")
    dynamic = Requirements((), (), "sdist", "s", "edges: dynamic (why)")
    made = complete(graph, Known(a=Failed("index: no answer"), b=dynamic), LINUX)
    told = {c.what: (c.why, c.needed) for c in made.coverage if c.status != "done"}
    assert told["a 1"] == ("edges unknown: index: no answer", True)
    assert told["b 1"] == ("edges: dynamic (why)", False)
    assert told["c 1"] == ("edges unknown: nobody knows it", False)
    assert set(made.unknown) == {"pkg:pypi/a@1", "pkg:pypi/b@1", "pkg:pypi/c@1"}


def test_build_requirements_are_edges_too() -> None:
    graph = pins("a==1\nsetuptools==70\n")
    built = Requirements((), ("setuptools>=40", "wheel"), "sdist", "s")
    made = complete(graph, Known(a=built, setuptools=[]), LINUX)
    [edge] = [e for e in graph.edges if e.parent == "pkg:pypi/a@1"]
    assert (edge.label, edge.kind, edge.child) == ("build", "build", "pkg:pypi/setuptools@70")
    assert set(made.not_pinned) == {"wheel"}


def test_edges_of_a_lock_are_left_alone() -> None:
    lock = Document("some.lock", "test", lock=True)
    a, b = lock.add(Package("PyPI", "a", "1")), lock.add(Package("PyPI", "b", "1"))
    lock.link(a, b, requested="locked")
    graph = pins("c==1\n")
    graph.merge(lock)
    made = complete(graph, Known(a=["c"], b=["a"], c=["b"]), LINUX)
    assert made.pins == 1
    assert edges(graph) == {("a", "b"), ("c", "b")}


def test_a_comment_is_made_richer_not_doubled() -> None:
    graph = pins("a==1\nb==1\n    # via a\n")
    complete(graph, Known(a=["b>=1; os_name == 'posix'"], b=[]), LINUX, stated=())
    [edge] = [e for e in graph.edges if e.parent == "pkg:pypi/a@1"]
    assert (edge.requested, edge.marker, edge.path) == (">=1", 'os_name == "posix"', "pins.txt")
    assert graph.requests("pkg:pypi/a@1") == [edge]


def test_of_two_pins_the_one_of_the_same_file_is_meant() -> None:
    graph = pins("a==1\nb==1\n", "one.txt")
    two = pins("a==2\nb==2\n", "two.txt")
    document = Document("two.txt", "requirements")
    for package in two.nodes.values():
        document.add(package)
    graph.merge(document)
    complete(graph, Known(a=["b"], b=[]), LINUX)
    pairs = {(e.parent, e.child) for e in graph.edges if e.path == "told/METADATA"}
    assert pairs == {("pkg:pypi/a@1", "pkg:pypi/b@1"), ("pkg:pypi/a@2", "pkg:pypi/b@2")}


@pytest.mark.parametrize("text", ["not a requirement !", "a @ ", "(" * 2000, "x; " + "(" * 3000])
def test_a_requirement_that_cannot_be_read_makes_the_answer_incomplete(text: str) -> None:
    made = complete(pins("a==1\n"), Known(a=[text]), LINUX)
    assert any(c.needed and "cannot be read" in c.why for c in made.coverage)


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("platform_release >= '5.4'", True),
        ("platform_release < '5.4'", True),
        ("'microsoft' in platform_version", True),
        ("platform_release >= '5.4' and sys_platform == 'darwin'", False),
    ],
)
def test_a_marker_that_the_target_does_not_decide_is_taken(marker: str, expected: bool) -> None:  # noqa: FBT001
    graph = pins("a==1\nb==1\n")
    complete(graph, Known(a=[f"b; {marker}"]), LINUX)
    assert (("a", "b") in edges(graph)) is expected


def test_the_target_is_told() -> None:
    made = complete(pins("a==1\n"), Known(a=[]), LINUX)
    assert made.sentence() == ("edges completed for Python 3.11 on linux_x86_64: 1 from told; 0 taken, 0 not taken")


def test_many_pins_asked_at_once_give_the_same_answer() -> None:
    text = "".join(f"p{i}==1\n" for i in range(40))
    known = Known(**{f"p{i}": [f"p{(i * 7) % 40}", f"p{i + 1}; extra == 'x'"] for i in range(39)})
    one, many = pins(text), pins(text)
    assert complete(one, known, LINUX) == complete(many, known, LINUX, jobs=8)
    assert one.edges == many.edges


TOKENS = st.sampled_from(
    ["b", "a", "[x]", "[", "]", ">=1", "==*", ";", " ", "extra", "==", "'x'", "and", "or", "(", ")", "in", "not", "@",
     "https://files.example/b.whl", "python_version", "'3.11'", "platform_release", ">", "'", "ü", "\n", "\0", ","]
)  # fmt: skip


@given(st.lists(st.one_of(st.text(max_size=40), st.lists(TOKENS, max_size=12).map("".join)), max_size=6))
def test_no_requirement_text_raises(texts: list[str]) -> None:
    made = complete(pins("a[x]==1\nb==1\n"), Known(a=texts, b=["a[x]"]), LINUX)
    assert made.pins == 2
