"""Markdown for a pull-request comment: the verdict, one table row per package, details folded away."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from depscan.model.modelfile import MODEL_VERDICTS
from depscan.reports._parts import data_note, not_looked_at, package_name, reason, severity_word, summary
from depscan.reports.report import Report, View
from depscan.text.escape import markdown, markdown_html

if TYPE_CHECKING:
    from depscan.model.decision import Coverage, Decision
    from depscan.model.location import Location
    from depscan.model.modelfile import ModelFile
    from depscan.model.result import ScanResult

_ROWS = 50
_BUDGET = 55_000
"""Characters: the largest comment GitHub takes has 65,536."""

_TEXT = 400
_IDS = 5
_SIGNS = {"clean": "✅", "warnings": "⚠️", "blocked": "⛔", "incomplete": "❓", "bad-input": "❓", "nothing": "❓",
          "malicious": "⛔", "unsafe": "⛔", "suspicious": "⚠️"}  # fmt: skip
_ACTIONS = {"block": "blocked", "warn": "warning", "allow": "accepted"}


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the comment; what does not fit is counted at its end."""
    word, _, rest = summary(result).partition(": ")
    open_ones = [d for d in result.decisions if d.action != "allow"]
    groups = _groups(open_ones)
    blocks = [f"## {_SIGNS[result.verdict]} depscan: {word}", rest[:1].upper() + rest[1:] + "."]
    if groups:
        blocks.append(_table(result, groups))
    blocks += _bounded([_details(result, group) for group in groups])
    if result.models:
        shown = sorted(result.models, key=lambda m: MODEL_VERDICTS.index(m.verdict))
        lines = [_model(m) for m in shown[:_ROWS]]
        blocks.append(_folded(f"Model files ({len(shown)})", lines, len(shown) - _ROWS))
    gaps = not_looked_at(result)
    if gaps:
        blocks.append(_folded(f"Not looked at ({len(gaps)})", [_gap(c) for c in gaps[:_ROWS]], len(gaps) - _ROWS))
    accepted = [d for d in result.decisions if d.action == "allow"]
    if accepted:
        lines = [_accepted(result, d) for d in accepted[:_ROWS]]
        blocks.append(_folded(f"Accepted ({len(accepted)})", lines, len(accepted) - _ROWS))
    blocks.append(f"<sub>depscan {markdown(result.tool_version)}, {markdown(data_note(result))}</sub>")
    return "\n\n".join(blocks) + "\n"


def _groups(decisions: list[Decision]) -> list[list[Decision]]:
    """Return the decisions by subject, in the order in which the subjects first appear."""
    order = {s: i for i, s in reversed(list(enumerate(d.finding.subject for d in decisions)))}
    ranked = sorted(decisions, key=lambda d: order[d.finding.subject])
    return [list(group) for _, group in groupby(ranked, key=lambda d: d.finding.subject)]


def _table(result: ScanResult, groups: list[list[Decision]]) -> str:
    rows = ["| | package | severity | findings | move to | where |", "|---|---|---|---|---|---|"]
    for group in groups[:_ROWS]:
        first = group[0].finding
        sign = "⛔" if any(d.action == "block" for d in group) else "⚠️"
        names = list(dict.fromkeys(d.finding.ids[0] if d.finding.ids else d.finding.rule for d in group))
        shown = ", ".join(markdown(n, 60) for n in names[:_IDS])
        more = f" and {len(names) - _IDS} more" if len(names) > _IDS else ""
        fixed = next((d.finding for d in group if d.finding.fixed_version), None)
        move = markdown(fixed.fixed_version, 40) if fixed else ""
        move += " (outside a parent's constraint)" if fixed and fixed.fits is False else ""
        cells = (sign, markdown(package_name(result, first.subject), 100), severity_word(first), shown + more, move,
                 markdown(_where(first.primary), 120))  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    if len(groups) > _ROWS:
        rows.append(f"\n{len(groups) - _ROWS} more are not shown.")
    return "\n".join(rows)


def _where(place: Location) -> str:
    return " > ".join((*place.container, place.shown))


def _model(model: ModelFile) -> str:
    worst = next((step for step in reversed(model.program) if step[2] == "hostile"), None)
    said = f": {markdown(worst[1], 120)}, {markdown(worst[3], 160)}" if worst else ""
    needs = f" of {markdown(', '.join(model.needs), 120)}" if model.needs else ""
    return f"- {markdown(model.shown, 160)} ({model.format}): **{model.verdict}**{needs}{said}"


def _bounded(blocks: list[str]) -> list[str]:
    """Return as many blocks as the comment holds, then how many are left."""
    shown: list[str] = []
    size = 0
    for block in blocks:
        size += len(block)
        if size > _BUDGET - _ROWS * _TEXT:
            return [*shown, f"Details of {len(blocks) - len(shown)} more are not shown: they are in the full report."]
        shown.append(block)
    return shown


def _details(result: ScanResult, group: list[Decision]) -> str:
    lines = []
    for decision in group:
        finding = decision.finding
        ids = f" ({', '.join(markdown(i, 60) for i in finding.ids[:_IDS])})" if finding.ids else ""
        word = f"**{severity_word(finding)}**, {_ACTIONS[decision.action]} by {markdown(decision.because, 200)}"
        lines.append(f"- {word}: {markdown(finding.message, _TEXT)}{ids} {markdown(f'[{finding.rule}]')}")
        if finding.fix:
            lines.append(f"  - fix: {markdown(finding.fix, _TEXT)}")
    via = next((d.finding.via[0] for d in group if d.finding.via and len(d.finding.via[0]) > 1), ())
    if via:
        lines.append("- why: " + " → ".join(markdown(package_name(result, key), 100) for key in via))
    return _folded(markdown_html(package_name(result, group[0].finding.subject), 100), lines)


def _gap(item: Coverage) -> str:
    where = f"{item.what}:{item.line}" if item.line else item.what
    mark = "**needed:** " if item.needed else ""
    return f"- {mark}{markdown(where, 120)}: {markdown(item.why, 200)}"


def _accepted(result: ScanResult, decision: Decision) -> str:
    finding = decision.finding
    name = finding.ids[0] if finding.ids else finding.rule
    subject = markdown(package_name(result, finding.subject), 100)
    return f"- {subject}: {markdown(name, 60)}, {markdown(reason(decision), 200)}"


def _folded(title: str, lines: list[str], left: int = 0) -> str:
    body = "\n".join([*lines, f"- and {left} more"] if left > 0 else lines)
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


REPORT = Report("markdown", "Markdown for a pull request", "text/markdown", render)
