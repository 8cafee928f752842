"""What several reports say in the same words."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.model.result import VERDICTS

if TYPE_CHECKING:
    from depscan.model.decision import Coverage, Decision
    from depscan.model.finding import Finding
    from depscan.model.location import Location
    from depscan.model.result import ScanResult


def counted(number: int, noun: str) -> str:
    """Return "1 package", "2 packages"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def package_name(result: ScanResult, subject: str) -> str:
    """Return "name version" of a node, or the subject itself when it is a file."""
    package = result.graph.nodes.get(subject)
    if package is None:
        return subject
    return f"{package.name} {package.version}" if package.version else package.name


def reported_path(place: Location) -> str:
    """Return the file on disk: the outermost archive where the place is inside one."""
    return place.container[0] if place.container else place.path


def severity_word(finding: Finding) -> str:
    """Return the severity in words; what cannot be decided says that instead."""
    return "undecided" if finding.status == "undecidable" else finding.severity.word


def not_looked_at(result: ScanResult) -> list[Coverage]:
    """Return the coverage that a reader must know of, the needed first."""
    items = [c for c in result.coverage if c.status != "done"]
    return sorted(items, key=lambda c: (not c.needed, c.kind, c.what, c.line, c.why))


def summary(result: ScanResult) -> str:
    """Return the verdict as one sentence, free of scanned text."""
    actions = [d.action for d in result.decisions]
    parts = [
        f"{actions.count(action)} {word}"
        for action, word in (("block", "blocked"), ("warn", "to look at"), ("allow", "accepted"))
        if action in actions
    ]
    packages = counted(sum(f.packages for f in result.files), "package")
    scope = f"{packages} in {counted(len(result.files), 'file')}" if result.files else "no file was read"
    findings = f"{counted(len(actions), 'finding')} ({', '.join(parts)})" if actions else "no findings"
    missing = sum(c.needed for c in result.coverage)
    gap = f", {counted(missing, 'needed thing')} not looked at" if missing else ""
    return f"{VERDICTS[result.verdict]}: {findings}{gap}; {scope}"


def data_note(result: ScanResult) -> str:
    """Return which advisories the answer rests on; the origin is the user's own text."""
    info = result.snapshot
    if info is None:
        return "no advisory data was used"
    days = counted(info.age_days, "day")
    return f"advisories of {info.origin}, newest of {info.newest[:10]} ({days} old)"


def reason(decision: Decision) -> str:
    """Return why a finding is accepted, with the words of its exception."""
    waiver = decision.waiver
    if waiver is None:
        return decision.because
    until = f"until {waiver.expires}" if waiver.expires else "without end"
    owner = f", {waiver.owner}" if waiver.owner else ""
    return f"{decision.because}: {waiver.reason} ({until}{owner})"


FILE_KINDS = ("input", "include", "budget")
"""Kinds of coverage whose ``what`` is a path."""


def uri(path: str) -> str:
    """Return a path as a URI reference (RFC 3986): relative stays relative, absolute becomes ``file:``."""
    from urllib.parse import quote

    made = quote(path.replace(os.sep, "/").encode("utf-8", "surrogatepass"), safe="/-._~")
    if made.startswith("/"):
        return "file://" + ("/" + made.lstrip("/"))
    return made[2:] if made.startswith("./") else made
