"""The why graph as inline SVG, and the same as text."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from depscan.overview.page.layers import Layout, lay_out
from depscan.overview.page.markup import Markup, anchor_of, badge, element, fold, join, name, section
from depscan.overview.page.svg import cut, mark, width
from depscan.overview.page.why_graph import Node, WhyGraph, why_graph
from depscan.overview.records import Overview
from depscan.text.count import counted
from depscan.text.escape import visible

_LETTERS = 25
_PAD = 10.0
_BETWEEN = 46.0
_GAP = 9.0
_ONE, _TWO = 26.0, 40.0
_EDGE = 12.0


def why(overview: Overview) -> Markup:
    """Return the part of the page with the graph."""
    graph = why_graph(overview)
    if not graph.ways:
        return section(
            "why", "Why", element("p", "No finding reaches a repository: there is nothing to draw.", class_="calm")
        )
    note = "Shortest ways from repositories (left) to the worst findings (right). Boxes of findings are links."
    if not any(node.kind == "repositories" for node in graph.nodes.values()):
        note = (
            "The most usual ways to the worst findings. Blue is what repositories ask for themselves, with how many do."
        )
        note += " Boxes of findings are links."
    rest = (
        f" {counted(graph.left_out, 'more subject')} with findings did not fit: they are in the table."
        if graph.left_out
        else ""
    )
    picture = element(
        "div", drawing(graph), class_="picture", tabindex="0", role="region", aria_label="Why graph, scrolls"
    )
    return section("why", "Why", _key(graph), picture, fold("The same as text", _text(graph)), note=note + rest)


def _key(graph: WhyGraph) -> Markup:
    found = dict.fromkeys(node.severity for node in graph.nodes.values() if node.kind == "finding")
    items = [element("li", badge(word)) for word in found]
    return element("ul", *items, class_="key", aria_label="Shapes of severity")


def _text(graph: WhyGraph) -> Markup:
    rows = []
    for way in graph.ways:
        nodes = [graph.nodes[key] for key in way.keys]
        begins = nodes[0].kind == "repositories"
        chain = [element("li", name(node.full if node.kind == "between" else node.label)) for node in nodes[begins:]]
        head = element("span", name(nodes[0].label), " ") if begins else ""
        head = join([head, counted(way.repositories, "repository") if nodes[0].note != "repository" else ""])
        rows.append(element("li", head, element("ol", *chain, class_="chain"), " ", badge(nodes[-1].severity)))
    return element("ul", *rows, class_="plain ways")


def drawing(graph: WhyGraph) -> Markup:
    """Return the graph as SVG: columns from left to right, text that can be selected, a link at each finding."""
    heights = {key: _TWO if node.note else _ONE for key, node in graph.nodes.items()}
    edges = [pair for way in graph.ways for pair in pairwise(way.keys)]
    layout = lay_out(heights, edges, _GAP)
    labels = {key: cut(node.label, _LETTERS) for key, node in graph.nodes.items()}
    left, right = _columns(graph, layout, labels)
    lines = [_line(bends, left, right) for bends in layout.bends.values()]
    boxes = [
        _box(node, labels[key], left[layout.column[key]], right[layout.column[key]], layout.middle[key] + _EDGE)
        for key, node in sorted(graph.nodes.items(), key=lambda item: layout.column[item[0]])
    ]
    found = [node for node in graph.nodes.values() if node.kind == "finding"]
    ends = counted(len(found), "subject")
    told = f"{counted(len(graph.ways), 'way')} from repositories to {ends} with findings, from left to right."
    wide, high = right[-1] + _EDGE, layout.height + 2 * _EDGE
    return element(
        "svg", element("title", "Why graph", id="why-t"), element("desc", told, id="why-d"),
        element("g", *lines, aria_hidden="true"), *boxes,
        viewBox=f"0 0 {wide:g} {high:g}", width=f"{wide:g}", height=f"{high:g}", role="group",
        aria_labelledby="why-t", aria_describedby="why-d",
    )  # fmt: skip


def _columns(graph: WhyGraph, layout: Layout, labels: dict[str, str]) -> tuple[list[float], list[float]]:
    """Return left and right edges of the columns; each is as wide as its widest text."""
    widths = [0.0] * (max(layout.column.values()) + 1)
    for key, node in graph.nodes.items():
        shape = 20.0 if node.kind == "finding" else 0.0
        needed = max(width(labels[key]), width(cut(node.note, _LETTERS + 5)) * 0.92) + shape + 2 * _PAD
        widths[layout.column[key]] = max(widths[layout.column[key]], needed)
    left, right, at = [], [], _EDGE
    crossing = Counter(at for bends in layout.bends.values() for at, _ in bends[:-1])
    for number, wide in enumerate(widths):
        left.append(round(at, 1))
        right.append(round(at + wide, 1))
        at += wide + min(max(_BETWEEN, crossing[number] * 4.0), 2.5 * _BETWEEN)  # many lines need room to turn
    return left, right


def _line(bends: tuple[tuple[int, float], ...], left: list[float], right: list[float]) -> Markup:
    """Return an edge: curves between columns, straight through those it only passes."""
    column, y = bends[0]
    parts = [f"M{right[column]:g} {y + _EDGE:g}"]
    for at, height in bends[1:]:
        x1, x2 = right[at - 1], left[at]
        half = round((x1 + x2) / 2, 1)
        parts.append(f"C{half:g} {y + _EDGE:g} {half:g} {height + _EDGE:g} {x2:g} {height + _EDGE:g}")
        if at != bends[-1][0]:
            parts.append(f"H{right[at]:g}")
        y = height
    return element("path", d="".join(parts), class_="edge")


def _box(node: Node, label: str, x1: float, x2: float, y: float) -> Markup:
    high = _TWO if node.note else _ONE
    finding = node.kind == "finding"
    text = x1 + _PAD + (20 if finding else 0)
    kind = f"node {node.kind} {node.severity}" if finding else f"node {node.kind}"
    parts = [
        element("title", visible(node.full, 1000) + (f" ({node.note})" if node.note else "")),
        element(
            "rect",
            x=f"{x1:g}",
            y=f"{y - high / 2:g}",
            width=f"{x2 - x1:g}",
            height=f"{high:g}",
            rx="13" if node.kind == "repositories" else "4",
        ),
        mark(node.severity, x1 + _PAD + 6, y) if finding else "",
        element("text", label, x=f"{text:g}", y=f"{y - 3 if node.note else y + 4:g}"),
        element("text", cut(node.note, _LETTERS + 5), x=f"{text:g}", y=f"{y + 13:g}", class_="under")
        if node.note
        else "",
    ]
    box = element("g", *parts, class_=kind)
    return element("a", box, href=f"#{anchor_of(node.finding)}") if finding else box
