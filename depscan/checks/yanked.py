"""Releases that their authors have withdrawn, where the lock says so."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "trust/yanked",
    "Yanked release",
    "trust",
    Severity.MEDIUM,
    "The file itself says that the pinned release was yanked or deprecated by its authors.",
    "Releases are yanked because they are broken, or because they are hostile: xinference 2.6.0 to 2.6.2 could "
    "be installed by exact pin for two days after it was yanked for malware. An exact pin ignores yanking.",
    "Move to a release that is not yanked, after reading the reason.",
    "A release yanked for a wrong Python requirement may be harmless.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per package that the file marks as yanked."""
    for key, package in context.graph.nodes.items():
        if package.yanked is not None:
            reason = f": {package.yanked}" if package.yanked else ""
            message = f"{package.name} {package.version} was yanked{reason}"
            yield finding_at(context, RULE, key, message, context.graph.first_place(key))


CHECK = Check("yanked", "Yanked releases", (RULE,), run)
