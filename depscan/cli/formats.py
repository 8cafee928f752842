"""List the input formats depscan reads, or the formats of model files.

depscan formats
depscan formats --models
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli._table import table

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--models", action="store_true", help="formats of model files")
    parser.add_argument("--markdown", action="store_true", help="as a Markdown table")


def run(args: Namespace) -> int:
    """Print the table."""
    quote = "`" if args.markdown else ""
    if args.models:
        sys.stdout.write(table(("format", "file names", "told by"), _models(quote), markdown=args.markdown))
        return 0
    from depscan.inputs.discover import entries

    rows = []
    for entry in entries():
        made = entry.load()
        globs = " ".join(f"{quote}{g}{quote}" for g in entry.patterns)
        rows.append((made.id, made.title, globs, made.ecosystem))
    sys.stdout.write(table(("id", "format", "file names", "ecosystem"), sorted(rows), markdown=args.markdown))
    return 0


def _models(quote: str) -> list[tuple[str, str, str]]:
    from depscan.loading.route import declared

    rows = []
    for one in declared():
        names = " ".join(f"{quote}{name}{quote}" for name in one.names)
        how = [*(["first bytes"] if one.starts else []), *(["shape"] if one.asked else [])] or ["name and content"]
        rows.append((one.title, names, ", ".join(how)))
    return sorted(rows)
