"""Take old nights out of a store and make it smaller.

depscan history prune --keep 90              days before the last night
depscan history prune --nights 30 --dry-run

What ended before the nights that are kept goes, then every reading, graph, package and finding that nothing refers to
any more. What still holds stays, and can still tell since when. Ended half-way, the store is whole; run it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.cli._arguments import add_store, natural

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    add_store(parser)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--keep", type=natural, metavar="DAYS", help="keep so many days before the last night")
    which.add_argument("--nights", type=natural, metavar="N", help="keep the last N nights")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")


def run(args: Namespace) -> int:
    """Prune the store and return the exit code."""
    from depscan.history.prune import cut_of, prune
    from depscan.history.store import Store

    with Store.open(args.store) as store:
        cut = cut_of(store.database, days=args.keep or 0, nights=args.nights or 0)
    with Store.open(args.store, write=not args.dry_run) as store:
        done = prune(store.database, cut, dry=args.dry_run)
    word = "would go" if args.dry_run else "gone"
    print(f"{word}: " + ", ".join(f"{count} {name}" for name, count in done.counts.items()))
    print(f"the first night that can {'still ' if not args.dry_run else ''}be asked about: {done.cut}")
    return 0
