"""Compare two states of a project: what does this change let in?

depscan diff old/uv.lock uv.lock               (two files or folders)
depscan diff --git main                        (a revision with the files on disk)
depscan diff --git main HEAD -- service/a      (two revisions, only below a folder)
depscan diff --git "$BASE" --find-links wheels --format markdown

Packages added, removed, moved and replaced, advisories fixed and introduced, names, cooldown and every other new
finding. Only the change decides the exit code; what BASE had already is counted, not judged. The policy is that of
BASE (or --config FILE): a change does not vote on itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.difference import Difference
    from depscan.reports.report import View

_FORMATS = ["text", "json", "sarif", "markdown", "github"]
_SIDES = 2


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="BASE and HEAD, files or folders; with --git the files or folders to compare (default: .)",
    )
    parser.add_argument(
        "--git",
        nargs="+",
        default=[],
        metavar="REV",
        help="compare revisions: BASE and HEAD, or BASE and the files on disk; paths follow after --",
    )
    parser.add_argument("--format-hint", default="", metavar="ID", help="read PATH as this format (depscan formats)")
    parser.add_argument(
        "--find-links",
        action="append",
        default=[],
        metavar="DIR",
        help="folder with archives: those of changed packages are inspected and compared; repeatable",
    )
    arguments.add_jobs(parser)
    arguments.add_output(parser, _FORMATS)
    arguments.add_also(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="list everything instead of the first few")
    arguments.add_policy(parser)
    arguments.add_database(parser)
    arguments.add_network(parser)


def run(args: Namespace) -> int:
    """Compare, report, and return the exit code.

    Raises:
        UsageError: not two sides, or standard input as one.
    """
    from depscan.cli._progress import progress
    from depscan.difference import diff, diff_revisions

    if "-" in args.paths:
        raise UsageError("standard input cannot be compared", hint="write it to a file first")
    if len(args.git) > _SIDES or not (args.git or len(args.paths) == _SIDES):
        raise UsageError("two sides are needed", hint="depscan diff BASE HEAD, or depscan diff --git REV [REV]")
    more = arguments.also(args, _FORMATS)
    jobs = arguments.jobs_of(args) if args.find_links else 0
    with progress() as step:
        options = arguments.options_of(args)._replace(progress=step)
        if args.git:
            base, head = [*args.git, ""][:2]
            made = diff_revisions(
                base, head, args.paths or ["."], options, archives=tuple(args.find_links), jobs=jobs
            )  # fmt: skip
        else:
            made = diff(args.paths[0], args.paths[1], options, archives=tuple(args.find_links), jobs=jobs)
    from depscan.reports.report import View

    for name, path in more:
        arguments.write(_rendered(made, name, View()), path)
    width, colour = arguments.width_and_colour() if not args.output else (100, False)
    arguments.write(_rendered(made, args.format, View(width, colour, args.verbose)), args.output)
    return 0 if args.exit_zero and made.result.exit_code == 1 else made.result.exit_code


def _rendered(made: Difference, name: str, view: View) -> str:
    if name == "text":
        from depscan.cli._diff_text import render
    elif name == "markdown":
        from depscan.cli._diff_markdown import render
    elif name == "json":
        from depscan.cli._diff_json import render
    else:
        from depscan.reports.discover import report_by_id

        return report_by_id(name).render(made.result, view)
    return render(made, view)
