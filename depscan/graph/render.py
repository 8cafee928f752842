"""The graph as text for machines and for other people's viewers: json, dot, mermaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.text.escape import visible

if TYPE_CHECKING:
    from depscan.graph.graph import DependencyGraph
    from depscan.model.document import Edge
    from depscan.model.package import Package

SCHEMA_VERSION = "1.0"


def json(graph: DependencyGraph) -> str:
    """Return nodes and edges as JSON, sorted; the shape is part of the interface (docs/reference/graph.md)."""
    from json import dumps

    nodes = [_node(key, graph.nodes[key]) for key in sorted(graph.nodes)]
    edges = [_edge(e) for e in sorted(graph.edges, key=lambda e: (e.parent, e.child, e.label, e.marker))]
    document = {"schema_version": SCHEMA_VERSION, "roots": sorted(graph.roots), "nodes": nodes, "edges": edges}
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


def _edge(edge: Edge) -> dict[str, object]:
    row: dict[str, object] = {"from": edge.parent, "to": edge.child, "kind": edge.kind, "label": edge.label}
    if edge.marker:
        row["marker"] = edge.marker
    if edge.requested:
        row["requested"] = edge.requested
    return row


def dot(graph: DependencyGraph) -> str:
    """Return the graph in Graphviz' language (https://graphviz.org/doc/info/lang.html)."""
    lines = ["digraph depscan {", "  rankdir=LR; node [shape=box];"]
    lines += [f"  {_dot(key)} [label={_dot(_label(graph.nodes[key]))}];" for key in sorted(graph.nodes)]
    lines += [f"  {_dot(a)} -> {_dot(b)};" for a, b in sorted({(e.parent, e.child) for e in graph.edges})]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(graph: DependencyGraph) -> str:
    """Return the graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html)."""
    number = {key: f"n{i}" for i, key in enumerate(sorted(graph.nodes))}
    lines = ["flowchart LR"]
    lines += [f'  {number[key]}["{_mermaid(_label(graph.nodes[key]))}"]' for key in sorted(graph.nodes)]
    lines += [f"  {number[a]} --> {number[b]}" for a, b in sorted({(e.parent, e.child) for e in graph.edges})]
    return "\n".join(lines) + "\n"


def _label(package: Package) -> str:
    return f"{package.name} {package.version}" if package.version else package.name


def _dot(text: str) -> str:
    shown = "".join(c if c.isprintable() else "\\\\u%x" % ord(c) for c in text.replace("\\", "\\\\"))  # noqa: UP031
    return '"' + shown.replace('"', '\\"') + '"'


def _mermaid(text: str) -> str:
    safe = "@/._-+ ~"
    return "".join(c if (c.isascii() and c.isalnum()) or c in safe else f"#{ord(c)};" for c in visible(text))
