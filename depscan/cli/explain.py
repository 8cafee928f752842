"""Explain a rule, an advisory or an exit code, offline.

depscan explain trust/extra-index
depscan explain PYSEC-2024-250
depscan explain 4
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.cli import _arguments as arguments
from depscan.errors import UsageError
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from depscan.model.rule import Rule

EXIT_CODES = {
    "0": ("clean", "Everything the policy needs was looked at and nothing is blocked."),
    "1": ("gate hit", "A finding is blocked by the policy: by default a malicious or vulnerable package."),
    "2": ("bad usage or input", "The command, the policy or a scanned file is wrong. The rest was still scanned."),
    "3": ("nothing to scan", "No file with dependencies was found, or those found state no package."),
    "4": ("incomplete", "Something the policy needs could not be done. Never read it as clean."),
}
"""Exit code to (name, meaning). Where several hold, 1 wins, then 2, then 4, then 3."""


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("topic", help="rule id, advisory id or alias, or exit code")
    arguments.add_database(parser)


def run(args: Namespace) -> int:
    """Print the page.

    Raises:
        UsageError: nothing is known under this name.
    """
    from depscan.cli.rules import all_rules

    if args.topic in EXIT_CODES:
        name, meaning = EXIT_CODES[args.topic]
        sys.stdout.write(f"exit code {args.topic}: {name}\n\n{meaning}\n")
        return 0
    rule = next((r for r in all_rules() if args.topic in {r.id, r.id.partition("/")[2]}), None)
    sys.stdout.write(page(rule) if rule is not None else _advisory(args.topic, args.db))
    return 0


def page(rule: Rule) -> str:
    """Return the page of a rule as Markdown, which reads well in a terminal too."""
    return (
        f"# {rule.id}: {rule.title}\n\nclass {rule.klass}, severity {rule.severity.word}\n\n"
        f"## What\n\n{rule.what}\n\n## Why it matters\n\n{rule.why}\n\n## How to fix\n\n{rule.fix}\n\n"
        f"## False positives\n\n{rule.false_positives}\n"
    )


def _advisory(topic: str, db: str) -> str:
    from depscan.intel.store import open_index

    found = open_index(db).find_advisory(topic)
    if not found:
        raise UsageError(f"no rule, advisory or exit code {topic}", hint="depscan rules lists the rules")
    blocks = []
    for advisory in found:
        rows = [
            f"{advisory.id}: {advisory.kind} in {advisory.ecosystem} package {advisory.package}",
            f"aliases:    {', '.join(advisory.aliases) or 'none'}",
            f"severity:   {advisory.severity.word} {' '.join(advisory.vectors)}".rstrip(),
            f"published:  {advisory.published[:10]}, modified {advisory.modified[:10]}",
        ]
        rows += [f"affected:   {text}" for text in advisory.affected_texts()]
        if advisory.withdrawn:
            rows.append(f"withdrawn:  {advisory.withdrawn[:10]}")
        blocks.append("\n".join(terminal(row, 1000) for row in rows))
    return "\n\n".join(blocks) + "\n\nThe index holds facts only; the full text is at osv.dev under this id.\n"
