"""What was there before a change: findings and gaps that the change is not to blame for.

A finding is known when the side before the change had it too, as certain and as hostile. An advisory or a name
concerns a package whatever its version; everything else is said of one release, so another release makes it new.
A gap is known only when what could not be looked at is the same on both sides: an outage never is.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from depscan.model.finding import Evidence, Severity, fingerprint
from depscan.policy.baseline import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from depscan.graph.changes import Change
    from depscan.model.decision import Coverage, Decision
    from depscan.model.finding import Finding

_SAID_OF_THE_NAME = frozenset({"vulnerability", "name", "policy", "behaviour"})
_BY_ECOSYSTEM = frozenset({"unpinned", "ecosystem", "age"})
"""Gaps of a whole ecosystem: known as long as no changed package adds to them."""

_BY_LINE = frozenset({"input", "include"})
_COUNT = re.compile(r"^\d+ of \d+ ")


class Side(NamedTuple):
    """One side of a comparison.

    Attributes:
        top: path of the file or folder that was named; paths are compared relative to it.
        line: path and 1-based line of a file of this side to the line's text.
        content: path of a file of this side to its bytes; none for a file that is not there, None when
            it cannot be read.
    """

    top: str
    line: Callable[[str, int], str]
    content: Callable[[str], bytes | None]

    def relative(self, path: str) -> str:
        """Return a path relative to what was named; "" for the named file itself."""
        top = self.top.rstrip(os.sep)
        if path == top:
            return ""
        return path[len(top) + 1 :] if top and path.startswith(top + os.sep) else path


def key_of(finding: Finding, side: Side) -> tuple[str, ...]:
    """Return what makes a finding the same on both sides of a comparison.

    A finding about a package does not hang on the file that states it: the project is one graph. What was found
    inside an archive hangs on the place there, what is said of a file on the file.
    """
    place, subject = finding.primary, finding.subject
    of_file = not subject.startswith("pkg:")
    if of_file:
        subject = side.relative(subject)
        place = place._replace(path=side.relative(place.path))
    elif not place.container:
        place = place._replace(path="", text="" if finding.klass == "name" else place.text)
    same = fingerprint(finding._replace(subject=subject, evidence=(Evidence(place),)))
    if of_file:
        return same, _COUNT.sub("", finding.message)
    if finding.klass in _SAID_OF_THE_NAME or (finding.klass == "malicious" and not finding.ids):
        return (same,)
    return same, subject


def known_findings(decisions: Iterable[Decision], side: Side) -> dict[tuple[str, ...], Known]:
    """Return the findings of the side before the change by key, each at its worst."""
    found: dict[tuple[str, ...], Known] = {}
    for decision in decisions:
        key, finding = key_of(decision.finding, side), decision.finding
        held = found.get(key, Known(decided=False, severity=Severity.UNKNOWN))
        decided = held.decided or finding.status != "undecidable"
        found[key] = Known(decided, max(held.severity, finding.severity))
    return found


def is_known(finding: Finding, side: Side, known: dict[tuple[str, ...], Known]) -> bool:
    """Return whether a finding of the side after the change was there before, as certain and as hostile."""
    held = known.get(key_of(finding, side))
    if held is None:
        return False
    escalated = finding.severity is Severity.MALICIOUS and held.severity < Severity.MALICIOUS
    return not escalated and (held.decided or finding.status == "undecidable")


def new_gaps(
    after: Sequence[Coverage], now: Side, before: Sequence[Coverage], then: Side, changes: Sequence[Change]
) -> list[Coverage]:
    """Return what was not looked at after the change and is not just the same as before it."""
    lines = Counter(_line_key(item, then) for item in before if item.kind in _BY_LINE)
    worlds = {(item.kind, item.what) for item in before if item.kind in _BY_ECOSYSTEM}
    others = {item._replace(line=0) for item in before}
    found = []
    for item in after:
        if item.kind in _BY_ECOSYSTEM:
            known = (item.kind, item.what) in worlds and not any(_adds(c, item) for c in changes)
        elif item.kind in _BY_LINE:
            key = _line_key(item, now)
            known = lines[key] > 0 and _same_content(item, now, then)
            lines[key] -= known
        else:
            known = not item.needed and item._replace(line=0) in others
        if not known:
            found.append(item)
    return found


def _line_key(item: Coverage, side: Side) -> tuple[str, ...]:
    text = side.line(item.what, item.line) if item.line else ""
    return item.kind, side.relative(item.what), item.status, item.why, text


def _same_content(item: Coverage, now: Side, then: Side) -> bool:
    """Return whether a gap that is not about single lines is about a file that did not change."""
    if item.line and item.status != "failed":
        return True
    here = now.content(item.what)
    there = then.content(os.path.join(then.top, now.relative(item.what)) if now.relative(item.what) else then.top)
    return here == there and (here is not None or not item.needed)


def _adds(change: Change, item: Coverage) -> bool:
    package = change.new
    if package is None or package.ecosystem != item.what:
        return False
    return package.version is None if item.kind == "unpinned" else True
