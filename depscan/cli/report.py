"""Show a night of the fleet: what is new, what to do and by whom, why, and what was not looked at.

depscan report -o night.html                        the last night of depscan.db
depscan report --store depscan.db -o night.md --also json=night.json
depscan report --owner ml-platform --night 2026-11-20
depscan report --notify digest.json --link https://reports.example/night.html

Exit 0 when the report is written, whatever it says; with --gate, the exit code of the night.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.errors import UsageError
from depscan.overview.format import ENDINGS, format_by_id, format_ids

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_USUAL = "markdown"


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    arguments.add_store(parser)
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="write the report there")
    told = f"default: what the name of FILE ends in, {_USUAL} for none"
    parser.add_argument("--format", default="", choices=format_ids(), metavar="FORMAT", help=told)
    arguments.add_also(parser)
    parser.add_argument(
        "--night", default="", metavar="N|DATE", help="number of a night, or a day: the last one until then"
    )
    parser.add_argument("--config", default="", metavar="FILE", help="policy file instead of that of the night")
    parser.add_argument("--owner", default="", metavar="NAME", help="only the repositories of this owner")
    parser.add_argument("--db", default="", metavar="PATH", help="advisory index, instead of DEPSCAN_DB or the default")
    arguments.add_notify(parser)
    new = "let only findings that a repository did not have in the night before decide verdict and exit code"
    parser.add_argument("--new-only", action="store_true", help=new)
    parser.add_argument("--gate", action="store_true", help="exit with the code of the night")


def run(args: Namespace) -> int:
    """Write the report and return the exit code.

    Raises:
        UsageError, StoreError, PolicyError, IntelError: as they say.
    """
    from depscan.api import time_of_scan
    from depscan.overview.digest import digest_of
    from depscan.overview.gather import made_of

    more = arguments.also(args, format_ids())
    form = args.format or _format_of(args.output)
    overview = made_of(
        args.store,
        today=time_of_scan()[:10],
        night=args.night,
        config=args.config,
        owner=args.owner,
        database=args.db,
        new_only=args.new_only,
    )
    digest = digest_of(args.notify, overview, args.link) if args.notify else ""
    for name, path in more:
        arguments.write(format_by_id(name).render(overview), path)
    if args.output or not (args.notify or more):
        arguments.write(format_by_id(form).render(overview), args.output)
    if digest:
        arguments.write(digest, args.notify)
    return overview.exit_code if args.gate else 0


def _format_of(path: str) -> str:
    """Return the format that the ending of a file's name means."""
    ending = os.path.splitext(path)[1].lower()
    if not path or path.startswith("/dev/"):
        return _USUAL
    if ending not in ENDINGS:
        hint = f"--format {'|'.join(format_ids())} says it"
        raise UsageError(f"cannot tell the format from {ending or 'a name without an ending'}", path=path, hint=hint)
    return ENDINGS[ending]
