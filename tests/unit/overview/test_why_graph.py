"""What the why graph draws of a night: the worst first, grouped, never too much."""

from __future__ import annotations

from depscan.overview.page.why_graph import NODES, why_graph
from depscan.overview.records import Hit
from tests.browser.fleets import fleet, made_graphs
from tests.browser.overviews import none, three, told


def test_few_repositories_are_drawn_each() -> None:
    graph = why_graph(three())
    assert [n.label for n in graph.nodes.values() if n.kind == "repositories"] == [
        "chat/gateway", "search/rag-api", "train/pipelines", "vision/ocr",
    ]  # fmt: skip
    assert graph.nodes["n:httpx-retries 0.4.1"].severity == "malicious"
    assert ("g:vision/ocr", "n:ultralytics 8.3.2", "n:torchvision 0.20.1", "n:torch 2.5.1") in {
        w.keys for w in graph.ways
    }
    assert not graph.left_out


def test_many_repositories_are_drawn_as_their_owners() -> None:
    hits = tuple(Hit(f"r{i:02d}", "ab"[i % 2], "uv.lock", 1, ("parent 1",), "2026-11-29") for i in range(30))
    graph = why_graph(three()._replace(findings=(told(1, "x", "1", "high", hits),)))
    assert [(n.label, n.note) for n in graph.nodes.values() if n.kind == "repositories"] == [
        ("a", "15 repositories"), ("b", "15 repositories"),
    ]  # fmt: skip
    assert graph.nodes["n:x 1"].kind == "finding"


def test_a_whole_fleet_stays_readable_and_says_what_it_leaves_out() -> None:
    overview = fleet(made_graphs(6, 120), 300, 200)
    graph = why_graph(overview)
    assert len(graph.nodes) <= NODES
    blocked = {(f.name, f.version) for f in overview.findings if f.action == "block"}
    drawn = {n.label for n in graph.nodes.values() if n.kind == "finding"}
    assert graph.left_out == len(blocked) - len(drawn)
    first = overview.findings[0]
    assert f"{first.name} {first.version}" in drawn


def test_warnings_are_drawn_only_where_nothing_is_blocked() -> None:
    night = three()
    assert "n:.github/workflows/ci.yml" not in why_graph(night).nodes
    assert "n:.github/workflows/ci.yml" in why_graph(night._replace(findings=night.findings[2:])).nodes
    assert not why_graph(none()).ways


def test_the_middle_of_a_long_way_is_one_node() -> None:
    via = tuple(f"p{i} 1" for i in range(20))
    graph = why_graph(three()._replace(findings=(told(1, "x", "1", "high", (Hit("r", "o", "", 0, via, ""),)),)))
    assert [n.label for n in graph.nodes.values()] == ["r", "p0 1", "p1 1", "16 between", "p18 1", "p19 1", "x 1"]


def test_a_subject_that_is_on_the_way_to_another_is_still_a_finding() -> None:
    hits = (Hit("r", "o", "", 0, ("a 1", "b 1", "c 1"), ""),)
    findings = (
        told(1, "c", "1", "critical", hits),
        told(2, "b", "1", "high", (Hit("r", "o", "", 0, ("a 1", "b 1"), ""),)),
    )
    graph = why_graph(three()._replace(findings=findings))
    assert graph.nodes["n:b 1"].severity == "high"
    assert len(graph.nodes) == 4
