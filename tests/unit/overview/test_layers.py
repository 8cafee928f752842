"""Columns, heights and bends of small graphs."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from depscan.overview.page.layers import lay_out

GAP = 8.0


def test_a_chain_stands_in_columns_from_left_to_right() -> None:
    layout = lay_out({"a": 20, "b": 20, "c": 20}, [("a", "b"), ("b", "c")], GAP)
    assert layout.column == {"a": 0, "b": 1, "c": 2}
    assert set(layout.middle.values()) == {10}
    assert layout.height == 20


def test_a_long_edge_bends_through_every_column_it_passes() -> None:
    layout = lay_out({"a": 20, "b": 20, "c": 20}, [("a", "b"), ("b", "c"), ("a", "c")], GAP)
    assert [column for column, _ in layout.bends["a", "c"]] == [0, 1, 2]
    assert abs(layout.bends["a", "c"][1][1] - layout.middle["b"]) >= 10 + GAP


def test_crossings_that_can_be_avoided_are() -> None:
    layout = lay_out(dict.fromkeys("abxy", 20), [("a", "y"), ("b", "x")], GAP)
    assert (layout.middle["a"] < layout.middle["b"]) == (layout.middle["y"] < layout.middle["x"])


def test_a_circle_ends_and_every_edge_is_drawn() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a")]
    layout = lay_out(dict.fromkeys("abc", 20), edges, GAP)
    assert set(layout.bends) == {("a", "b"), ("b", "c"), ("c", "a")}


def test_nothing_has_no_height() -> None:
    assert lay_out({}, [], GAP).height == 0


@given(
    st.lists(st.integers(10, 50), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=60),
)
def test_no_two_nodes_of_a_column_touch_whatever_the_graph(sizes: list[int], pairs: list[tuple[int, int]]) -> None:
    heights = {str(i): float(size) for i, size in enumerate(sizes)}
    edges = [(str(a % len(sizes)), str(b % len(sizes))) for a, b in pairs]
    layout = lay_out(heights, edges, GAP)
    columns: dict[int, list[tuple[float, float]]] = {}
    for node, column in layout.column.items():
        columns.setdefault(column, []).append((layout.middle[node], heights[node]))
    for held in columns.values():
        for (upper, high), (lower, low) in pairwise(sorted(held)):
            assert lower - upper >= (high + low) / 2 + GAP - 0.2
    assert set(layout.bends) == {(a, b) for a, b in edges if a != b}
    assert all(
        column - before == 1 for bends in layout.bends.values() for (before, _), (column, _) in pairwise(sorted(bends))
    )
    assert layout == lay_out(heights, edges, GAP)
