"""List the checks that run over the graph."""

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
    from depscan.checks.check import checks

    rows = [(check.id, check.title, " ".join(rule.id for rule in check.rules)) for check in checks()]
    sys.stdout.write(table(("check", "what", "rules"), rows, markdown=args.markdown))
    return 0
