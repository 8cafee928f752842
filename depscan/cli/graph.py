"""Print the dependency graph of files as json, dot or mermaid.

  depscan graph uv.lock --format mermaid
  depscan graph requirements.txt --find-links wheelhouse --python 3.11 --platform linux

Only what the files themselves state; --follow adds what they include (-r, -c). --find-links and --site-packages add
the edges that the metadata of pins states.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.api import CompletedGraph
    from depscan.model.graphoptions import GraphOptions


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    arguments.add_inputs(parser)
    arguments.add_output(parser, ["json", "dot", "mermaid"])
    parser.add_argument("--follow", action="store_true", help="read included files too")
    arguments.add_graph(parser)


def run(args: Namespace) -> int:
    """Print the graph; nothing is printed, and the exit code is 2, when no file could be read.

    Exit 4: an edge that was asked for should have been known and could not be read.
    """
    from depscan.graph import render

    stdin = arguments.read_stdin(args.paths)
    options = arguments.graph_options_of(args)
    made = completed(args, options, stdin, follow=args.follow)
    failed = told(made)
    if made.files:
        edges = render.EdgeFacts() if made.completion is None else _facts(made)
        arguments.write(getattr(render, args.format)(made.graph, edges), args.output)
        return failed
    return failed or 3


def completed(args: Namespace, options: GraphOptions, stdin: bytes | None, *, follow: bool = True) -> CompletedGraph:
    """Return the graph of the paths; with ``--online`` the user's index is asked for what nothing local knows."""
    from depscan.api import open_registry, read_completed_graph

    if not args.online:
        return read_completed_graph(args.paths, options, args.format_hint, stdin=stdin, follow=follow)
    with open_registry(args.paths[0]) as registry:
        return read_completed_graph(
            args.paths, options, args.format_hint, stdin=stdin, follow=follow, registry=registry
        )


def told(made: CompletedGraph) -> int:
    """Write what could not be read, and the target, to standard error; return 0, 2 (input) or 4 (edges)."""
    needed = [c for c in made.coverage if c.needed]
    for item in needed:
        at = f"{item.what}:{item.line}" if item.line else item.what
        sys.stderr.write(f"depscan: error: {terminal(at)}: {terminal(item.why)}\n")
    for item in made.coverage:
        if item.kind == "resolution" and not item.needed:
            sys.stderr.write(f"depscan: {terminal(item.what)}: {terminal(item.why)}\n")
    if made.completion is not None:
        sys.stderr.write(f"depscan: {terminal(made.completion.sentence())}\n")
    if any(c.kind not in {"edges", "resolution"} for c in needed):
        return 2
    return 4 if needed else 0


def _facts(made: CompletedGraph) -> render.EdgeFacts:
    from depscan.graph.render import EdgeFacts
    from depscan.resolution.wire import edges_from

    completion = made.completion
    if completion is None:
        return EdgeFacts()
    return EdgeFacts(str(completion.target), edges_from(made.graph, completion), completion.not_pinned)


if TYPE_CHECKING:
    from depscan.graph import render
