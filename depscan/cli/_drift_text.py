"""The differences between a project and its lock for a terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from depscan.text.escape import terminal

if TYPE_CHECKING:
    from depscan.model.decision import Decision
    from depscan.model.location import Location
    from depscan.model.result import ScanResult
    from depscan.reports.report import View

_COLOURS = {"block": "1;31", "warn": "33", "allow": "2"}
_WORDS = {"block": "fails", "warn": "warns", "allow": "allowed"}
_ALLOWED = 20


def render(result: ScanResult, view: View) -> str:
    """Return what failed, what only shows, what was not compared, and one line that sums it up."""
    lines: list[str] = []
    allowed = [d for d in result.decisions if d.action == "allow"]
    for decision in result.decisions:
        if decision.action != "allow":
            lines += _long(decision, view)
    shown = allowed if view.verbose else allowed[:_ALLOWED]
    lines += [_short(decision, view) for decision in shown]
    if len(allowed) > len(shown):
        lines.append(f"  and {len(allowed) - len(shown)} more that are allowed (--verbose)")
    if lines:
        lines.append("")
    for item in result.coverage:
        if item.needed or item.kind == "drift":
            where = f"{item.what}:{item.line}" if item.line else item.what
            lines.append(f"not compared: {terminal(where, 200)}: {terminal(item.why, 300)}")
    return "\n".join([*lines, _summary(result, view)]) + "\n"


def _long(decision: Decision, view: View) -> list[str]:
    finding = decision.finding
    head = f"{_WORDS[decision.action]}: {finding.rule.removeprefix('drift/')} ({finding.severity.word})"
    lines = [_paint(head, _COLOURS[decision.action], view)]
    lines += [f"  {line}" for line in wrap(terminal(finding.message, 1000), view.width - 2)]
    places = " -> ".join(_place(one.location) for one in finding.evidence)
    lines.append(_paint(f"  {places}", "2", view))
    lines += [f"  {line}" for line in wrap(f"fix: {finding.fix}", view.width - 2)]
    return lines


def _place(place: Location) -> str:
    return terminal(f"{place.path}:{place.line}" if place.line else place.path, 200)


def _short(decision: Decision, view: View) -> str:
    finding = decision.finding
    word = finding.rule.removeprefix("drift/")
    why = "" if decision.waiver is None else f" (exception at {decision.because})"
    return _paint(f"allowed: {word}: {terminal(finding.message, 300)}{terminal(why, 200)}", "2", view)


def _summary(result: ScanResult, view: View) -> str:
    counts = {action: sum(d.action == action for d in result.decisions) for action in _WORDS}
    told = ", ".join(f"{count} {_WORDS[action]}" for action, count in counts.items() if count)
    verdict = {0: "no drift that fails", 1: "drift", 4: "incomplete", 3: "nothing to compare"}.get(result.exit_code, "")
    text = f"{verdict}: {told}" if told else "no drift" if result.exit_code == 0 else verdict
    return _paint(text, "1;31" if result.exit_code else "1", view)


def _paint(text: str, code: str, view: View) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if view.colour else text
