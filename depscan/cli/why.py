"""Show every shortest path from the roots to a package: who asked, where, and with which marker.

depscan why torch
depscan why torch==2.4.0 uv.lock
"""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.errors import UsageError
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.graph.graph import DependencyGraph
    from depscan.model.package import Package


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("package", help="name, name==version, name@version or purl")
    arguments.add_inputs(parser, default=".")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="paths shown per package (20)")


def run(args: Namespace) -> int:
    """Print the paths; exit 2 when the package is not there."""
    from depscan.api import read_graph

    stdin = arguments.read_stdin(args.paths)
    graph, coverage, _ = read_graph(args.paths, args.format_hint, stdin=stdin)
    failed = [c for c in coverage if c.needed]
    for item in failed:
        sys.stderr.write(f"depscan: not read: {_at(item.what, item.line)}: {terminal(item.why)}\n")
    keys = graph.find(args.package)
    if not keys:
        raise UsageError(f"no package {args.package} in {', '.join(args.paths)}")
    arguments.write("".join(f"{line}\n" for key in keys for line in _explain(graph, key, args.limit)), "")
    return 2 if failed else 0


def _explain(graph: DependencyGraph, key: str, limit: int) -> list[str]:
    lines = [terminal(label(graph.nodes[key]))]
    lines += [f"  stated at {_at(place.path, place.line)}" for place in graph.places(key)]
    paths = graph.why(key, limit + 1)
    for path in paths[:limit]:
        if len(path) == 1:
            lines.append("  a root: nothing in these files asks for it")
            continue
        lines.append("  " + terminal(label(graph.nodes[path[0]])))
        for depth, (parent, child) in enumerate(pairwise(path), 1):
            edge = next(e for e in graph.requests(parent) if e.child == child)
            place = graph.edge_place(edge)
            asked = f" {edge.requested}" if edge.requested else ""
            kind = f" ({edge.label})" if edge.label != "prod" else ""
            marker = f" ; {edge.marker}" if edge.marker else ""
            text = f"{label(graph.nodes[child])}{kind}, asks{asked or ' any version'}{marker}"
            lines.append(f"  {'   ' * (depth - 1)}└─ {terminal(text)}  [{_at(place.path, place.line)}]")
    if len(paths) > limit:
        lines.append(f"  more paths of the same length: --limit {limit * 5}")
    return lines


def label(package: Package) -> str:
    """Return how a package is called in text: name and version, or the name of the project."""
    return f"{package.name} {package.version}" if package.version else package.name


def _at(path: str, line: int) -> str:
    return terminal(f"{path}:{line}" if line else path)
