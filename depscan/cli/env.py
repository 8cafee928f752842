"""Scan an installed environment: this one, a venv, another Python's, or a site-packages folder.

depscan env
depscan env .venv
depscan env .venv --inspect         (reads what the installed code does, without running it)
depscan env /usr/bin/python3.12      (its folders are read, it is never started)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.cli import scan

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from depscan.reports.discover import report_ids

    parser.add_argument("target", nargs="?", default="", metavar="PYTHON|PATH", help="default: the Python of depscan")
    parser.add_argument("--inspect", action="store_true", help="read the code of everything installed")
    arguments.add_jobs(parser)
    arguments.add_output(parser, ["text", *(f for f in report_ids() if f != "text")])
    parser.add_argument("-v", "--verbose", action="store_true", help="list everything instead of the first few")
    arguments.add_policy(parser)
    arguments.add_database(parser)
    arguments.add_network(parser)


def run(args: Namespace) -> int:
    """Scan, report, and return the exit code."""
    from depscan.api import scan_environment
    from depscan.cli._progress import progress

    args.paths, args.format_hint = [], ""
    with progress() as step:
        options = arguments.options_of(args)._replace(progress=step)
        if args.inspect:
            from depscan.inspection import inspect_environment

            result = inspect_environment(args.target, options, jobs=arguments.jobs_of(args))
        else:
            result = scan_environment(args.target, options)
    return scan.report(result, args)
