"""Show every shortest path from the roots to a package: who asked, where, and with which marker.

depscan why torch
depscan why torch==2.4.0 uv.lock
depscan why torch requirements.txt --site-packages .venv
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
    from depscan.resolution.complete import Completion


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("package", help="name, name==version, name@version or purl")
    arguments.add_inputs(parser, default=".")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="paths shown per package (20)")
    arguments.add_graph(parser)


def run(args: Namespace) -> int:
    """Print the paths; exit 2 when the package is not there, 4 when an edge should have been known and is not."""
    from depscan.cli.graph import completed

    stdin = arguments.read_stdin(args.paths)
    made = completed(args, arguments.graph_options_of(args), stdin)
    graph, completion = made.graph, made.completion
    failed = [c for c in made.coverage if c.needed]
    for item in failed:
        sys.stderr.write(f"depscan: not read: {_at(item.what, item.line)}: {terminal(item.why)}\n")
    keys = graph.find(args.package)
    if not keys:
        raise UsageError(f"no package {args.package} in {', '.join(args.paths)}")
    lines = [] if completion is None else [terminal(completion.sentence(), 400)]
    for key in keys:
        lines += _explain(graph, key, args.limit)
        lines += [] if completion is None else _completed(graph, key, completion)
    arguments.write("".join(f"{line}\n" for line in lines), "")
    if any(c.kind not in {"edges", "resolution"} for c in failed):
        return 2
    return 4 if failed else 0


def _completed(graph: DependencyGraph, key: str, completion: Completion) -> list[str]:
    """Return who asks for it on other targets only, and where its own edges come from."""
    lines = []
    for edge in graph.edges:
        if edge.child == key and not edge.taken:
            why = f"; {edge.marker}" if edge.marker else edge.label
            lines.append(f"  not taken: {terminal(label(graph.nodes[edge.parent]))} asks {terminal(why)}")
    if key in completion.unknown:
        lines.append(f"  what it asks for itself is unknown: {terminal(completion.unknown[key], 400)}")
    elif key in completion.origins:
        lines.append(f"  its own edges come from: {terminal(completion.origins[key])}")
    return lines


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
