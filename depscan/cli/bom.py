"""Write a bill of materials: packages, models, data sets, vendors, agent tools, actions, images.

depscan bom . -o aibom.cdx.json
depscan bom . --format spdx -o aibom.spdx.json
depscan bom . --format html -o inventory.html
depscan bom . --score
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.model.result import ScanResult

FORMATS = {
    "cyclonedx": "cyclonedx",
    "cyclonedx-1.7": "cyclonedx-1.7",
    "spdx": "spdx3",
    "markdown": "inventory-markdown",
    "html": "inventory-html",
}
"""What ``--format`` takes, and the report that makes it."""


_SAID = 20


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    arguments.add_inputs(parser, default=".")
    arguments.add_output(parser, list(FORMATS))
    parser.add_argument("--timestamp", action="store_true", help="write the time into it (two runs then differ)")
    parser.add_argument("--score", action="store_true", help="print how complete the bill is, and what is missing")
    parser.add_argument("--config", default="", metavar="FILE", help="policy file instead of the depscan.toml found")
    arguments.add_database(parser)


def run(args: Namespace) -> int:
    """Scan without the network and without a gate, write the bill, and return the exit code.

    0, or 2 when a file could not be read, or 3 when there was nothing to list; findings do not change it.
    """
    from depscan.api import Options, scan
    from depscan.cli._progress import progress
    from depscan.reports.discover import report_by_id
    from depscan.reports.report import View

    options = Options(
        format_hint=args.format_hint,
        config=args.config,
        db=args.db,
        max_db_age=args.max_db_age,
        stdin=arguments.read_stdin(args.paths),
        inspect=False,
        skip=args.output,
    )
    with progress() as step:
        result = scan(args.paths, options._replace(progress=step))
    if not args.timestamp:
        result = result._replace(timestamp="")
    if args.score:
        arguments.write(_score(result), "")
    if args.output or not args.score:
        arguments.write(report_by_id(FORMATS[args.format]).render(result, View()), args.output)
    return _say(result)


def _score(result: ScanResult) -> str:
    from depscan.reports._inventory import inventory
    from depscan.reports._inventory_text import score_lines
    from depscan.reports._score import score

    return "\n".join(score_lines(score(inventory(result)))) + "\n"


def _say(result: ScanResult) -> int:
    """Tell what could not be looked at, and return the exit code."""
    from depscan.model.result import EXIT_INCOMPLETE, exit_code
    from depscan.text.escape import terminal

    needed = [c for c in result.coverage if c.needed]
    if sys.stderr is not None:
        for item in needed[:_SAID]:
            where = f"{item.what}:{item.line}" if item.line else item.what
            sys.stderr.write(f"depscan: not looked at: {terminal(where, 200)}: {terminal(item.why, 400)}\n")
        if len(needed) > _SAID:
            sys.stderr.write(f"depscan: and {len(needed) - _SAID} more not looked at; the bill names them all\n")
    code = exit_code((), result.coverage, len(result.graph.nodes) + len(result.models))
    return 0 if code == EXIT_INCOMPLETE else code
