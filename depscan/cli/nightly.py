"""Read a fleet of repositories and keep what each of them trusts, night by night.

depscan nightly mirrors --store depscan.db         every repository below a folder
depscan nightly mirrors --new-only                 fail only on what the night before did not have
depscan nightly mirrors --shard 2/8                the second of eight jobs
depscan nightly mirrors --notify night.md          a short digest for a chat, beside the account

Only what changed is read. A run that is interrupted or killed has kept what it read: the next goes on from there. Exit
1 when the policy blocks something, 2 for a file that is not what its name says, 3 when there are no packages at all, 4
when a repository, advisories or anything else that is needed could not be read.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.nightly import Done, Plan


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    repositories = "configuration (.toml), folder of repositories, or one repository: a clone, an archive, a folder"
    parser.add_argument("paths", nargs="+", metavar="CONFIG|PATH", help=repositories)
    arguments.add_store(parser, "", "where nights are kept (depscan.db)")
    arguments.add_jobs(parser)
    parser.add_argument("--shard", default="", metavar="I/N", help="visit one of N parts of the fleet only")
    engine = "where files are read (local: processes of this machine)"
    parser.add_argument("--engine", default="local", metavar="ENGINE", help=engine)
    seconds = "time that reading one repository may take (180)"
    parser.add_argument("--seconds", type=arguments.natural, default=180, metavar="N", help=seconds)
    memory = "memory that a worker process may use; 0 for no limit (2048)"
    parser.add_argument("--memory", type=arguments.natural, default=2048, metavar="MIB", help=memory)
    arguments.add_database(parser)
    parser.add_argument("--names", default="", metavar="PATH", help="table of popular names instead of the default")
    parser.add_argument(
        "--config", default="", metavar="FILE", help="policy file instead of the depscan.toml beside PATH"
    )
    new = "let only findings that a repository did not have in the night before decide the exit code"
    parser.add_argument("--new-only", action="store_true", help=new)
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 instead of 1 when the gate is hit")
    late = "exit 0 once the night is in the store, whatever it says: for shards, which 'report --gate' judges together"
    parser.add_argument("--gate-later", action="store_true", help=late)
    arguments.add_notify(parser)
    arguments.add_output(parser, ["text", "json"])
    parser.add_argument("-v", "--verbose", action="store_true", help="one line per repository on standard error")


def run(args: Namespace) -> int:
    """Run the night and return the exit code."""
    from depscan.cli._nightly_progress import watching
    from depscan.cli._nightly_text import as_json, as_text
    from depscan.nightly import nightly

    if args.notify:
        from depscan.overview.digest import form_of

        form_of(args.notify, args.link)  # what is wrong with it is said before the night, not after
    with watching(verbose=args.verbose) as watch:
        try:
            done = nightly(args.paths, _plan(args)._replace(told=watch.step, progress=watch.say))
        except KeyboardInterrupt:
            watch.clear()
            sys.stderr.write(
                f"depscan: interrupted: {watch.done} of {watch.all} repositories are settled and what was read of them"
                " is kept; the same command goes on from there\n"
            )
            return 130
    arguments.write(as_json(done) if args.format == "json" else as_text(done), args.output)
    if args.notify:
        arguments.write(_digest(done, args), args.notify)
    if args.gate_later:
        return 0
    code = done.digest.exit_code
    return 0 if args.exit_zero and code == 1 else code


def _digest(done: Done, args: Namespace) -> str:
    """Return the digest of the night that was published: it counts as the account and the exit code do."""
    from depscan.overview.digest import digest_of
    from depscan.overview.gather import made_of

    overview = made_of(
        done.store,
        today=done.started[:10],
        night=str(done.digest.night),
        config=args.config,
        database=args.db,
        new_only=args.new_only,
    )
    return digest_of(args.notify, overview, args.link)


def _plan(args: Namespace) -> Plan:
    from depscan.fleet.engines.engine import Options
    from depscan.nightly import Plan

    return Plan(
        args.store,
        args.config,
        args.db,
        args.names,
        args.max_db_age,
        engine=args.engine,
        limits=Options(arguments.jobs_of(args), float(args.seconds or 180), args.memory << 20),
        shard=args.shard,
        new_only=args.new_only,
    )
