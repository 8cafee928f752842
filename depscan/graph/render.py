"""The graph as text for machines and for other people's viewers: json, dot, mermaid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.text.escape import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.graph.graph import DependencyGraph
    from depscan.model.document import Edge
    from depscan.model.package import Package

SCHEMA_VERSION = "1.0"
_UNKNOWN = "unknown: "


class EdgeFacts(NamedTuple):
    """What completing the graph told; empty where it was not completed.

    Attributes:
        target: for what markers were judged, in words.
        origins: node id to where its edges come from, or ``unknown: `` and why.
        not_pinned: name to node ids of who asks for it.
    """

    target: str = ""
    origins: Mapping[str, str] = {}
    not_pinned: Mapping[str, tuple[str, ...]] = {}

    def unknown(self, key: str) -> bool:
        """Whether the edges of a node are not known."""
        return self.origins.get(key, "").startswith(_UNKNOWN)


_NO_FACTS = EdgeFacts()


def json(graph: DependencyGraph, facts: EdgeFacts = _NO_FACTS) -> str:
    """Return nodes and edges as JSON, sorted; the shape is part of the interface (docs/reference/graph.md)."""
    from json import dumps

    nodes = [_node(key, graph.nodes[key]) for key in sorted(graph.nodes)]
    for node in nodes if facts.target else ():
        node["edges_from"] = facts.origins.get(str(node["id"]), "")
    edges = [_edge(e, pathed=bool(facts.target)) for e in sorted(graph.edges, key=_order)]
    document = {"schema_version": SCHEMA_VERSION, "roots": sorted(graph.roots), "nodes": nodes, "edges": edges}
    if facts.target:
        document["target"] = facts.target
        document["not_pinned"] = [{"name": n, "asked_by": sorted(k)} for n, k in sorted(facts.not_pinned.items())]
    return dumps(document, indent=1, ensure_ascii=True) + "\n"


def _node(key: str, package: Package) -> dict[str, object]:
    row: dict[str, object] = {
        "id": key,
        "ecosystem": package.ecosystem,
        "name": package.name,
        "version": package.version,
        "source": package.source,
    }
    for field in ("raw_name", "registry", "url", "commit", "yanked"):
        if getattr(package, field):
            row[field] = getattr(package, field)
    if package.hashes:
        row["hashes"] = sorted(package.hashes)
    return row


def _order(edge: Edge) -> tuple[str, str, str, str]:
    return edge.parent, edge.child, edge.label, edge.marker


def _edge(edge: Edge, *, pathed: bool) -> dict[str, object]:
    row: dict[str, object] = {"from": edge.parent, "to": edge.child, "kind": edge.kind, "label": edge.label}
    if edge.marker:
        row["marker"] = edge.marker
    if edge.requested:
        row["requested"] = edge.requested
    if not edge.taken:
        row["taken"] = False
    if pathed:
        row["path"] = edge.path
    return row


def dot(graph: DependencyGraph, facts: EdgeFacts = _NO_FACTS) -> str:
    """Return the graph in Graphviz' language (https://graphviz.org/doc/info/lang.html); unknown nodes are dashed."""
    lines = ["digraph depscan {", "  rankdir=LR; node [shape=box];"]
    for key in sorted(graph.nodes):
        style = ", style=dashed" if facts.unknown(key) else ""
        lines.append(f"  {_dot(key)} [label={_dot(_label(graph.nodes[key]))}{style}];")
    lines += [f"  {_dot(a)} -> {_dot(b)};" for a, b in sorted(_pairs(graph))]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(graph: DependencyGraph, facts: EdgeFacts = _NO_FACTS) -> str:
    """Return the graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""
    number = {key: f"n{i}" for i, key in enumerate(sorted(graph.nodes))}
    lines = ["flowchart LR"]
    for key in sorted(graph.nodes):
        doubt = " - edges unknown" if facts.unknown(key) else ""
        lines.append(f'  {number[key]}["{_mermaid(_label(graph.nodes[key]) + doubt)}"]')
    lines += [f"  {number[a]} --> {number[b]}" for a, b in sorted(_pairs(graph))]
    return "\n".join(lines) + "\n"


def _pairs(graph: DependencyGraph) -> set[tuple[str, str]]:
    return {(e.parent, e.child) for e in graph.edges if e.taken}


def _label(package: Package) -> str:
    return f"{package.name} {package.version}" if package.version else package.name


def _dot(text: str) -> str:
    shown = "".join(c if c.isprintable() else "\\\\u%x" % ord(c) for c in text.replace("\\", "\\\\"))  # noqa: UP031
    return '"' + shown.replace('"', '\\"') + '"'


def _mermaid(text: str) -> str:
    safe = "@/._-+ ~"
    return "".join(c if (c.isascii() and c.isalnum()) or c in safe else f"#{ord(c)};" for c in visible(text))
