"""Scan files or folders (the default command).

depscan uv.lock
depscan .
depscan requirements.txt --format sarif -o out.sarif
pip freeze | depscan - --format-hint requirements
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from depscan.reports.discover import report_ids

    formats = report_ids()
    arguments.add_inputs(parser)
    arguments.add_output(parser, ["text", *(f for f in formats if f != "text")])
    parser.add_argument("-v", "--verbose", action="store_true", help="list everything instead of the first few")
    arguments.add_policy(parser)
    arguments.add_database(parser)
    arguments.add_network(parser)
    arguments.add_archives(parser)
    arguments.add_graph(parser, links=False)


def run(args: Namespace) -> int:
    """Scan, report, and return the exit code."""
    from depscan.api import scan
    from depscan.cli._progress import progress

    with progress() as step:
        options = arguments.archives_of(arguments.options_of(args), args)
        result = scan(args.paths, options._replace(progress=step))
    return report(result, args)


def report(result: ScanResult, args: Namespace) -> int:
    """Write the report of a result and return the exit code the user asked for."""
    from depscan.reports.discover import report_by_id
    from depscan.reports.report import View

    width, colour = arguments.width_and_colour() if not args.output else (100, False)
    arguments.write(report_by_id(args.format).render(result, View(width, colour, args.verbose)), args.output)
    return 0 if args.exit_zero and result.exit_code == 1 else result.exit_code


if TYPE_CHECKING:
    from depscan.model.result import ScanResult
