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

    from depscan.model.result import ScanResult
    from depscan.reports.report import View


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: .)")
    against = "a lock, or a git revision that holds one (PATH/depscan.lock)"
    parser.add_argument("--against", default="", metavar="LOCK|REV", help=against)
    arguments.add_output(parser, _formats())
    arguments.add_also(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="list what is allowed, too")
    parser.add_argument("--config", default="", metavar="FILE", help="policy file instead of the depscan.toml found")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 instead of 1 when something fails")
    add_reading(parser)


def _formats() -> list[str]:
    """Return the reports that speak of findings, the usual one first."""
    from depscan.reports.discover import report_ids

    return ["text", *(name for name in report_ids() if name not in {"text", "cyclonedx", "spdx"})]


def run(args: Namespace) -> int:
    """Compare, report, and return the exit code."""
    from depscan.api import Options
    from depscan.cli._progress import progress
    from depscan.locking import drift
    from depscan.reports.report import View

    more = arguments.also(args, _formats())
    with progress() as step:
        options = arguments.archives_of(Options(config=args.config, online=args.online, progress=step), args)
        result = drift(args.path, options, against=args.against, quick=args.quick)
    for name, path in more:
        arguments.write(_rendered(result, name, View()), path)
    width, colour = arguments.width_and_colour() if not args.output else (100, False)
    arguments.write(_rendered(result, args.format, View(width, colour, args.verbose)), args.output)
    return 0 if args.exit_zero and result.exit_code == 1 else result.exit_code


def _rendered(result: ScanResult, name: str, view: View) -> str:
    if name == "text":
        from depscan.cli._drift_text import render

        return render(result, view)
    from depscan.reports.discover import report_by_id

    return report_by_id(name).render(result, view)
