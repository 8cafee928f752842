"""List, show, check and try the rules a finding can come from.

depscan rules                        the table
depscan rules show exfiltration/environment-over-network
depscan rules lint                   every rule file, strictly
depscan rules test [FAMILY|ID...]    every example against the whole rule set
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli._table import table
from depscan.errors import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.model.rule import Rule


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("action", nargs="?", default="list", choices=["list", "show", "lint", "test"])
    parser.add_argument("ids", nargs="*", metavar="ID", help="rule ids or families")
    parser.add_argument("--markdown", action="store_true", help="the list as a Markdown table")


def run(args: Namespace) -> int:
    """Run one action and return the exit code."""
    if args.action == "list":
        rows = [(rule.id, rule.klass, rule.severity.word, rule.title) for rule in all_rules()]
        sys.stdout.write(table(("rule", "class", "severity", "title"), rows, markdown=args.markdown))
        return 0
    if args.action == "show":
        return _show(args.ids)
    return _lint() if args.action == "lint" else _test(args.ids)


def _show(ids: list[str]) -> int:
    from depscan.cli.explain import page

    known = {rule.id: rule for rule in all_rules()}
    for wanted in ids:
        if wanted not in known:
            raise UsageError(f"no rule {wanted}", hint="depscan rules lists them")
        sys.stdout.write(page(known[wanted]))
    return 0


def _lint() -> int:
    from depscan.loading.lint import lint as lint_loading
    from depscan.lock.classes import drift_classes
    from depscan.names.lint import lint as lint_names
    from depscan.rules.lint import lint

    drift_classes()  # raises where the table is wrong
    problems = lint() + lint_names() + lint_loading()
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


def _test(ids: list[str]) -> int:
    from depscan.rules.load import load_rules
    from depscan.rules.trial import try_examples

    wanted = [r for r in load_rules() if not ids or r.id in ids or r.id.partition("/")[0] in ids]
    problems = try_examples(wanted)
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.stdout.write(f"{sum(len(r.examples) for r in wanted)} examples of {len(wanted)} rules, {len(problems)} wrong\n")
    return 1 if problems else 0


def all_rules() -> list[Rule]:
    """Return the rules of every check, of the policy and of drift, and those over facts, by id."""
    from depscan.checks.behaviour import rule_page
    from depscan.checks.check import checks
    from depscan.lock.classes import drift_classes
    from depscan.policy.rules import RULES
    from depscan.rules.load import load_rules

    behaviour = [rule_page(rule) for rule in load_rules()]
    drift = [one.rule for one in drift_classes().values()]
    own = [rule for check in checks() for rule in check.rules]
    return sorted([*own, *RULES, *behaviour, *drift], key=lambda rule: rule.id)
