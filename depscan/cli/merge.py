"""Make one night of the last nights of several stores: of all shards of a fleet, or of several fleets.

depscan merge shard-1.db shard-2.db -o depscan.db

The night is added to the output's history; an output that is not there is made. Shards have to be whole, complete, and
read and judged by the same depscan and advisories; otherwise the output stays as it is (exit 2 or 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("shards", nargs="+", metavar="SHARD.db", help="stores of depscan nightly --shard i/n")
    parser.add_argument("-o", "--output", default="depscan.db", metavar="FILE|URL", help="store to add to (depscan.db)")


def run(args: Namespace) -> int:
    """Merge and return the exit code."""
    from depscan.cli._progress import progress
    from depscan.history.merge import merge
    from depscan.text.count import counted

    with progress() as step:
        done = merge(args.shards, args.output, step)
    print(f"night {done.night}: {counted(done.repositories, 'repository')} of {counted(done.shards, 'shard')}")
    return 0
