"""List the rules a finding can come from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli._table import table

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.model.rule import Rule


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--markdown", action="store_true", help="as a Markdown table")


def run(args: Namespace) -> int:
    """Print the table."""
    rows = [(rule.id, rule.klass, rule.severity.word, rule.title) for rule in all_rules()]
    sys.stdout.write(table(("rule", "class", "severity", "title"), rows, markdown=args.markdown))
    return 0


def all_rules() -> list[Rule]:
    """Return the rules of every check and of the policy, by id."""
    from depscan.checks.check import checks
    from depscan.policy.rules import RULES

    return sorted([rule for check in checks() for rule in check.rules] + list(RULES), key=lambda rule: rule.id)
