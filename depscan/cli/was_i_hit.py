"""Say whether an incident reached you: where, when it could have run, what to rotate, in which order to clean up.

depscan was-i-hit --list                      the incidents that depscan knows
depscan was-i-hit litellm-2026-03             this folder: locks, their history in git, environments; this machine
depscan was-i-hit incident.toml work --caches  a file of your own; every repository below a folder; installers' caches
depscan was-i-hit litellm-2026-03 --store depscan.db   the repositories of the nightly store, too

Nothing is executed, nothing is contacted, nothing is changed. Exit 1 hit or possible (with --certain only hit), 0 no
trace, 2 an incident that is not known, 3 nothing to look at, 4 no trace but something could not be looked at.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    from depscan.incident.formats import format_names

    parser.add_argument("incident", nargs="?", default="", metavar="INCIDENT.toml|ID", help="what happened")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="file or folder, with repositories below it (default: .)"
    )
    parser.add_argument("--list", action="store_true", help="list the incidents that depscan knows")
    arguments.add_store(parser, "", "ask the nightly store, too")
    parser.add_argument(
        "--caches", action="store_true", help="look at this user's caches of pip, uv, npm, Poetry, Yarn"
    )
    places = "environment or folder of installed packages; repeatable"
    parser.add_argument("--site-packages", action="append", default=[], metavar="DIR", help=places)
    parser.add_argument("--since", type=_start, metavar="TIME", help="instead of the start of the window (UTC)")
    parser.add_argument("--until", type=_end, metavar="TIME", help="instead of the end of the window (UTC)")
    parser.add_argument("--certain", action="store_true", help="what is only possible does not fail")
    arguments.add_output(parser, format_names())


def run(args: Namespace) -> int:
    """Look, report, and return the exit code."""
    from depscan.errors import UsageError

    if args.list:
        arguments.write(_listed(), args.output)
        return 0
    if not args.incident:
        raise UsageError("no incident was named", hint="depscan was-i-hit --list shows those that are known")
    if args.since and args.until and args.since > args.until:
        raise UsageError("--since is after --until")
    from depscan.cli._progress import progress
    from depscan.incident.ask import Where, ask
    from depscan.incident.formats import render
    from depscan.incident.known import incident_of

    incident = incident_of(args.incident)
    home = os.path.expanduser("~")
    where = Where(
        tuple(args.paths or ["."]),
        home if os.path.isabs(home) else "",
        dict(os.environ),
        args.caches,
        tuple(args.site_packages),
        args.store,
        args.since or "",
        args.until or "",
        args.certain,
    )
    with progress() as step:
        made = ask(incident, where, step)
    arguments.write(render(made, args.format), args.output)
    return made.exit_code


def _listed() -> str:
    from depscan.incident.known import known

    rows = [(one.id, one.published, one.title) for one in known()]
    width = max(len(row[0]) for row in rows)
    return "".join(f"{own:{width}}  {published}  {title}\n" for own, published, title in rows)


def _time(text: str, end: str) -> str:
    day = re.fullmatch(r"(?a)\d{4}-[01]\d-[0-3]\d", text)
    if day:
        return f"{text}T{end}Z"
    if not re.fullmatch(r"(?a)\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ", text):
        raise ValueError(text)
    return text


def _start(text: str) -> str:
    return _time(text, "00:00:00")


def _end(text: str) -> str:
    return _time(text, "23:59:59")
