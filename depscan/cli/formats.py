"""List the input formats depscan reads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli._table import table

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--markdown", action="store_true", help="as a Markdown table")


def run(args: Namespace) -> int:
    """Print the table."""
    from depscan.inputs.discover import entries

    rows = []
    for entry in entries():
        made = entry.load()
        quote = "`" if args.markdown else ""
        globs = " ".join(f"{quote}{g}{quote}" for g in entry.patterns)
        rows.append((made.id, made.title, globs, made.ecosystem))
    sys.stdout.write(table(("id", "format", "file names", "ecosystem"), sorted(rows), markdown=args.markdown))
    return 0
