"""Say what a project trusts now that its lock does not say, and the other way round.

depscan drift                        this folder and its depscan.lock
depscan drift --against main         the lock and the policy of a git revision
depscan drift service --against old.lock --format markdown

Code, pickles, templates, weights, hashes, endpoints, publishers, tools, actions and images that changed are told
apart; [drift] in the policy says which fail. Exit 1 when one does, 4 when there is no lock or the project could not be
read whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.cli.lock import add_reading

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from depscan.reports.discover import report_ids

    formats = ["text", *(f for f in report_ids() if f not in {"text", "cyclonedx"})]
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: .)")
    against = "a lock, or a git revision that holds one (PATH/depscan.lock)"
    parser.add_argument("--against", default="", metavar="LOCK|REV", help=against)
    arguments.add_output(parser, formats)
    arguments.add_also(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="list what is allowed, too")
    parser.add_argument("--config", default="", metavar="FILE", help="policy file instead of the depscan.toml found")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 instead of 1 when something fails")
    add_reading(parser)


def run(args: Namespace) -> int:
    """Compare, report, and return the exit code."""
    from depscan.api import Options
    from depscan.cli._progress import progress
    from depscan.locking import drift

    with progress() as step:
        options = arguments.archives_of(Options(config=args.config, online=args.online, progress=step), args)
        result = drift(args.path, options, against=args.against, quick=args.quick)
    if args.format != "text" or args.also:
        from depscan.cli.scan import report

        return report(result, args)
    from depscan.cli._drift_text import render
    from depscan.reports.report import View

    width, colour = arguments.width_and_colour() if not args.output else (100, False)
    arguments.write(render(result, View(width, colour, args.verbose)), args.output)
    return 0 if args.exit_zero and result.exit_code == 1 else result.exit_code
