"""Write what a store says as JSON lines that depend on nothing but what was said.

depscan history dump
depscan history dump --store postgresql://depscan@db.example/depscan -o nights.jsonl

Without ids, times, durations, places and whatever no night refers to: two stores of the same nights give equal bytes.
"""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

from depscan.cli._arguments import add_store, destination, discard_stdout
from depscan.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable
    from typing import BinaryIO


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    add_store(parser)
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="write the lines there")


def run(args: Namespace) -> int:
    """Dump the store and return the exit code."""
    from depscan.history.dump import lines
    from depscan.history.store import Store

    with Store.open(args.store) as store, closing(lines(store.database)) as told:
        if not args.output:
            try:
                _write(told, sys.stdout.buffer)
            except BrokenPipeError:  # a reader that goes away changes nothing
                discard_stdout()
            return 0
        try:
            with destination(args.output) as stream:
                _write(told, stream)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise UsageError(f"cannot write: {why}", path=args.output) from None
    return 0


def _write(told: Iterable[str], stream: BinaryIO) -> None:
    for line in told:
        stream.write(line.encode() + b"\n")
    stream.flush()
