"""Read a fleet of repositories and keep what each of them trusts, night by night.

depscan nightly mirrors
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("paths", nargs="+", metavar="CONFIG|PATH")
    parser.add_argument("--store", default="depscan.db", metavar="FILE", help="where nights are kept (depscan.db)")


def run(args: Namespace) -> int:
    """Run the night and return the exit code."""
    from depscan.nightly import Plan, nightly

    done = nightly(args.paths, Plan(args.store))
    print(done)
    return 0
