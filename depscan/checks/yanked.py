"""Releases that their authors have withdrawn, where the lock or the index says so."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule

RULE = Rule(
    "trust/yanked",
    "Yanked release",
    "trust",
    Severity.MEDIUM,
    "The file itself, or the index where it was asked, says that the pinned release was yanked or deprecated by its "
    "authors.",
    "Releases are yanked because they are broken, or because they are hostile: xinference 2.6.0 to 2.6.2 could "
    "be installed by exact pin for two days after it was yanked for malware. An exact pin ignores yanking.",
    "Move to a release that is not yanked, after reading the reason.",
    "A release yanked for a wrong Python requirement may be harmless.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per package that the file or the index marks as yanked."""
    for key, package in context.graph.nodes.items():
        reason, who = package.yanked, ""
        if reason is None and context.looked is not None:
            reason, who = _served(context, key, package), ", says the index"
        if reason is not None:
            message = f"{package.name} {package.version} was yanked{who}{f': {reason}' if reason else ''}"
            yield finding_at(context, RULE, key, message, context.graph.first_place(key))


def _served(context: Context, key: str, package: Package) -> str | None:
    """Return the index's reason where it has yanked every file of the release (PEP 592)."""
    from depscan.facts.served import release_files

    project = context.looked.projects.get(key) if context.looked and package.version else None
    files = release_files(project, package) if project else []
    if not files or any(f.yanked is None for f in files):
        return None
    return next((f.yanked for f in files if f.yanked), "")


CHECK = Check("yanked", "Yanked releases", (RULE,), run)
