"""What the reports of a difference say in the same words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from depscan.graph.changes import ADDED, CHANGED, DOWNGRADED, MOVED, REHASHED, REMOVED, UPGRADED
from depscan.model.location import Location
from depscan.release import words
from depscan.reports._parts import counted

if TYPE_CHECKING:
    from depscan.difference import Change, Difference
    from depscan.model.package import Package
    from depscan.release.diff import ReleaseDiff

_ORDER = (ADDED, UPGRADED, DOWNGRADED, CHANGED, MOVED, REHASHED, REMOVED)
_WORDS = {MOVED: "moved", REHASHED: "other hashes", CHANGED: "changed"}
_RANK = {"block": 0, "warn": 1, "allow": 2, "": 3}


def action_of(made: Difference, change: Change) -> str:
    """Return block, warn, allow or "": the worst that a new finding means for the package."""
    actions = [d.action for d in made.result.decisions if change.after and d.finding.subject == change.after]
    return min(actions, key=_RANK.__getitem__, default="")


def ranked(made: Difference) -> list[tuple[str, Change]]:
    """Return (action, change), the blocked first, then by kind and name."""
    rows = [(action_of(made, change), change) for change in made.changes]
    return sorted(rows, key=lambda r: (_RANK[r[0]], _ORDER.index(r[1].kind), r[1].package.ecosystem, r[1].package.name))


def what(change: Change) -> str:
    """Return the kind of a change in words; a move is told beside another version."""
    word = _WORDS.get(change.kind, change.kind)
    return f"{word}, moved" if change.moved and change.kind != MOVED else word


def version(package: Package | None) -> str:
    """Return the version, or the short commit, of a side; "" where there is none."""
    if package is None:
        return ""
    commit = f"{package.commit[:12]}" if package.commit else ""
    return " ".join(part for part in (package.version or "", commit) if part) or "no version"


def versions(change: Change) -> tuple[str, str]:
    """Return both versions; where they are equal and the place is not, the places."""
    before, after = version(change.old), version(change.new)
    if before == after and change.moved and change.old and change.new:
        return f"{before} from {_place(change.old)}", f"{after} from {_place(change.new)}"
    return before, after


def _place(package: Package) -> str:
    return package.url or package.registry or package.source


def place(made: Difference, change: Change) -> Location:
    """Return where the package stands in HEAD, or stood in BASE."""
    graph, key = (made.result.graph, change.after) if change.after else (made.before.graph, change.before)
    return next(iter(graph.places(key)), Location(""))


def tally(made: Difference) -> str:
    """Return how many packages were added, upgraded and so on, in a sentence without scanned text."""
    if not made.changes:
        return "no package changed"
    kinds = Counter(change.kind for change in made.changes)
    parts = [f"{kinds[kind]} {_WORDS.get(kind, kind)}" for kind in _ORDER if kinds[kind]]
    return f"{counted(len(made.changes), 'package')} changed ({', '.join(parts)})"


def already_there(made: Difference) -> str:
    """Return how much BASE had already; "" for nothing."""
    parts = [counted(made.known, "finding")] if made.known else []
    parts += [f"{made.known_gaps} not looked at"] if made.known_gaps else []
    return f"{' and '.join(parts)} in BASE already, not judged" if parts else ""


def fixed_ids(made: Difference) -> list[tuple[str, str]]:
    """Return (package, id) of the advisories that the change gets rid of."""
    nodes = made.before.graph.nodes
    return [(nodes[f.subject].name if f.subject in nodes else f.subject, (*f.ids, f.rule)[0]) for f in made.fixed]


def differing(made: Difference) -> list[ReleaseDiff]:
    """Return the comparisons of releases that say something, the worse ones first."""
    found = [diff for diffs in made.releases.values() for diff in diffs if words.lines(diff)]
    return sorted(found, key=lambda d: (not d.worse, d.package, d.new))
