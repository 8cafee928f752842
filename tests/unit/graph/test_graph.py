"""The graph: merging, roots, shortest paths, closure."""

from __future__ import annotations

import pytest

from depscan.graph.graph import DependencyGraph
from depscan.model.document import Document
from depscan.model.package import Package


def document(path: str, edges: str, *, root: str = "") -> Document:
    """Return a document from texts such as "a>b a>c": packages by letter, version 1."""
    made = Document(path, "test")
    ids: dict[str, str] = {}
    for pair in edges.split():
        for name in pair.split(">"):
            local = name == root
            package = Package("PyPI", name, None if local else "1", "local" if local else "registry")
            ids[name] = made.add(package, 1)
        parent, child = pair.split(">")
        made.link(ids[parent], ids[child], requested="==1")
    return made


def graph(*documents: Document) -> DependencyGraph:
    made = DependencyGraph()
    for one in documents:
        made.merge(one)
    return made


def names(paths: list[list[str]]) -> list[str]:
    return sorted("".join(key.partition("/")[2].partition("@")[0] for key in path) for path in paths)


def test_why_gives_every_shortest_path_and_no_longer_one() -> None:
    made = graph(document("f", "r>a r>b a>x b>x a>c c>x", root="r"))
    assert names(made.why("pkg:pypi/x@1")) == ["rax", "rbx"]


def test_why_stops_at_the_limit() -> None:
    made = graph(document("f", " ".join(f"r>{c} {c}>x" for c in "abcdefgh"), root="r"))
    assert len(made.why("pkg:pypi/x@1", limit=3)) == 3


def test_why_of_an_unknown_node_is_an_error() -> None:
    with pytest.raises(KeyError):
        graph().why("pkg:pypi/x@1")


def test_packages_nobody_asks_for_are_roots() -> None:
    assert names([[r] for r in graph(document("f", "a>b c>b")).roots]) == ["a", "c"]


def test_a_cycle_without_a_way_in_gets_one_root_and_local_ones_first() -> None:
    made = graph(document("f", "a>b b>r r>a", root="r"))
    assert made.roots == ["pkg:pypi/r"]
    assert names(made.why("pkg:pypi/b@1")) == ["rab"]


def test_a_package_that_asks_for_itself_is_still_a_root() -> None:
    assert graph(document("f", "a>a")).roots == ["pkg:pypi/a@1"]


def test_merging_two_files_joins_equal_packages_and_keeps_both_places() -> None:
    made = graph(document("one", "a>b"), document("two", "c>b"))
    assert [place.path for place in made.places("pkg:pypi/b@1")] == ["one", "two"]
    assert made.dependents("pkg:pypi/b@1") == {"pkg:pypi/a@1", "pkg:pypi/c@1"}


def test_the_same_name_from_another_index_is_another_node() -> None:
    one, two = Document("one", "test"), Document("two", "test")
    one.add(Package("PyPI", "a", "1", registry="https://index.example/simple"))
    two.add(Package("PyPI", "a", "1", registry="https://other.example/simple"))
    made = graph(one, two)
    assert list(made.nodes) == [
        "pkg:pypi/a@1",
        "pkg:pypi/a@1?repository_url=https:%2F%2Fother.example%2Fsimple",
    ]


def test_closure_goes_down_and_up() -> None:
    made = graph(document("f", "a>b b>c d>c"))
    assert names([[k] for k in made.closure(["pkg:pypi/a@1"])]) == ["a", "b", "c"]
    assert names([[k] for k in made.closure(["pkg:pypi/c@1"], up=True)]) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("text", ["a", "A", "a==1", "a@1", "pkg:pypi/a@1"])
def test_a_package_is_found_as_people_write_it(text: str) -> None:
    assert graph(document("f", "a>b")).find(text) == ["pkg:pypi/a@1"]


def test_another_version_is_not_found() -> None:
    assert graph(document("f", "a>b")).find("a==2") == []


def test_it_hands_itself_to_networkx() -> None:
    made = graph(document("f", "a>b b>c")).to_networkx()
    assert sorted(made.edges()) == [("pkg:pypi/a@1", "pkg:pypi/b@1"), ("pkg:pypi/b@1", "pkg:pypi/c@1")]
