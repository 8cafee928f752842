"""Inspect packages: what their code does when it is installed, imported, started or called.

depscan inspect pkg-1.0-py3-none-any.whl
depscan inspect ./folder setup.py --facts
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.cli import scan
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from depscan.reports.discover import report_ids

    parser.add_argument(
        "paths", nargs="+", metavar="ARCHIVE|FOLDER|FILE", help="wheel, sdist, conda, npm, folder, script"
    )
    arguments.add_output(parser, ["text", *(f for f in report_ids() if f != "text")])
    parser.add_argument("--facts", action="store_true", help="print the raw facts instead of findings")
    arguments.add_jobs(parser)
    parser.add_argument("--no-cache", action="store_true", help="read everything again; keep nothing")
    parser.add_argument("-v", "--verbose", action="store_true", help="list everything instead of the first few")
    arguments.add_policy(parser)


def run(args: Namespace) -> int:
    """Inspect, report, and return the exit code."""
    from depscan.api import Options
    from depscan.cli._progress import progress
    from depscan.facts.cache import FactCache
    from depscan.inspection import inspect

    if args.facts:
        return _facts(args.paths)
    options = Options(config=args.config, baseline=args.baseline, vex=tuple(args.vex))
    cache = None if args.no_cache else FactCache()
    with progress() as step:
        result = inspect(args.paths, options._replace(progress=step), jobs=_jobs(args), cache=cache)
    return scan.report(result, args)


def _jobs(args: Namespace) -> int:
    """Return how many workers to use: one artifact, which can take nothing else down, is read in this process."""
    return 0 if len(args.paths) == 1 else arguments.jobs_of(args)


def _facts(paths: list[str]) -> int:
    """Print one line per fact: the engine made visible."""
    from depscan.facts.engine import inspect_path

    for path in paths:
        item = inspect_path(path)
        for i, fact in enumerate(item.facts):
            sources = f" <- {','.join(map(str, fact.sources))}" if fact.sources else ""
            layer = f" [{' > '.join(fact.layer)}]" if fact.layer else ""
            guards = f" if {', '.join(fact.guards)}" if fact.guards else ""
            values = " ".join(repr(v[:160]) for v in fact.values)
            place = f"{fact.path}:{fact.line}"
            line = f"{i:4} {fact.when:8} {fact.what:18} {place} {fact.callee} {values}{layer}{guards}{sources}"
            sys.stdout.write(terminal(line, 1000) + "\n")
        for gap in item.gaps:
            sys.stdout.write(terminal(f"gap  {gap.when:8} {gap.path}:{gap.line} {gap.why}", 500) + "\n")
    return 0
