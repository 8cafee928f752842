"""Read a whole store and say what is wrong with it.

depscan history verify
depscan history verify --store /backup/depscan.db

The file itself, what refers to what, digests of graphs and findings, the index of packages, shortest paths, and the
nights in which things held. Exit 0 when the store is whole, 4 when something is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.cli._arguments import add_store

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_SHOWN = 100


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    add_store(parser)


def run(args: Namespace) -> int:
    """Verify the store and return the exit code."""
    from depscan.history.store import Store
    from depscan.history.verify import faults
    from depscan.text.escape import terminal

    with Store.open(args.store) as store:
        count = 0
        for fault in faults(store.database):
            count += 1
            if count <= _SHOWN:
                print(f"{terminal(fault.where, 200)}: {terminal(fault.what, 500)}")
        if count > _SHOWN:
            print(f"and {count - _SHOWN} more")
        if count:
            print(f"damaged: {count} faults. Restore a copy, or let depscan nightly make a new store.")
            return 4
        tables = ("night", "repository", "reading", "graph", "package", "finding")
        counts = [store.database.rows(f"SELECT COUNT(*) FROM {table}")[0][0] for table in tables]  # noqa: S608
    words = ("nights", "repositories", "readings", "graphs", "packages", "findings")
    print(
        "whole: "
        + ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in zip(counts, tables, words, strict=True))
    )
    return 0
