"""The inventory for a terminal: one line per model, data set, hosted model, service, agent tool, action and image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.reports._inventory import inventory
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from depscan.model.result import ScanResult
    from depscan.reports._inventory import Entry
    from depscan.reports._score import Score
    from depscan.reports.report import View

_SHOWN = 20
_COLOURS = {"floating": "33", "pinned": "32"}


def inventory_lines(result: ScanResult, view: View) -> list[str]:
    """Return the section; without ``--verbose`` the first 20, each kind getting its share."""
    entries = inventory(result, packages=False)
    if not entries:
        return []
    shown = entries if view.verbose else _share(entries)
    width = min(max(len(_name(e)) for e in shown), 50)
    lines = ["", _paint("inventory", "1", view)]
    for entry in shown:
        pin = _paint(f"{entry.pin or '-':<8}", _COLOURS.get(entry.pin, "2"), view)
        where = entry.where
        more = f" and {len(where) - 1} more" if len(where) > 1 else ""
        place = terminal(where[0], 120) if where else ""
        lines.append(f"  {entry.kind:<12} {_name(entry):<{width}} {pin} {place}{more}")
    if len(entries) > len(shown):
        lines.append(f"  and {len(entries) - len(shown)} more (--verbose)")
    return lines


def score_lines(score: Score) -> list[str]:
    """Return how complete a bill is, and what is missing."""
    lines = [f"completeness: {score.points} of 100"]
    for kind, (count, points) in score.kinds.items():
        lines.append(f"  {kind:<12} {points:>3} of 100 ({count:,})")
    if score.missing:
        lines.append("missing")
        lines += [f"  {field:<12} of {count:,} {kind}{'s' * (count > 1)}" for kind, field, count in score.missing]
    return lines


def _share(entries: list[Entry]) -> list[Entry]:
    """Return at most ``_SHOWN`` entries: the first of every kind, then the second ..."""
    if len(entries) <= _SHOWN:
        return entries
    rank: dict[str, int] = {}
    ranked = []
    for at, entry in enumerate(entries):
        rank[entry.kind] = rank.get(entry.kind, 0) + 1
        ranked.append((rank[entry.kind], at))
    return [entries[at] for at in sorted(at for _, at in sorted(ranked)[:_SHOWN])]


def _name(entry: Entry) -> str:
    version = entry.package.version or ""
    short = version[:12] if version == entry.package.commit else version
    return terminal(f"{entry.name} {short}".rstrip(), 80)


def _paint(text: str, code: str, view: View) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if view.colour else text
