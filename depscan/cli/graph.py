"""Print the dependency graph of files as json, dot or mermaid.

  depscan graph uv.lock --format mermaid

Only what the files themselves state; --follow adds what they include (-r, -c).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    arguments.add_inputs(parser)
    arguments.add_output(parser, ["json", "dot", "mermaid"])
    parser.add_argument("--follow", action="store_true", help="read included files too")


def run(args: Namespace) -> int:
    """Print the graph; nothing is printed, and the exit code is 2, when no file could be read."""
    from depscan.api import read_graph
    from depscan.graph import render

    stdin = arguments.read_stdin(args.paths)
    graph, coverage, files = read_graph(args.paths, args.format_hint, stdin=stdin, follow=args.follow)
    failed = [c for c in coverage if c.needed]
    for item in failed:
        at = f"{item.what}:{item.line}" if item.line else item.what
        sys.stderr.write(f"depscan: error: {terminal(at)}: {terminal(item.why)}\n")
    if files:
        arguments.write(getattr(render, args.format)(graph), args.output)
        return 2 if failed else 0
    return 2 if failed else 3
