"""The inventory as Markdown: what is trusted, one table per kind, with where and how, and how complete that is."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from depscan.model.result import ScanResult
from depscan.reports._inventory import TITLES, inventory
from depscan.reports._inventory_rows import HEADS, row
from depscan.reports._parts import data_note, not_looked_at
from depscan.reports._score import score
from depscan.reports.report import Report, View
from depscan.text.escape import markdown

if TYPE_CHECKING:
    from depscan.reports._inventory import Entry

_GAPS = 50


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the whole inventory."""
    entries = [e for e in inventory(result) if e.kind != "project"]
    made = score(entries)
    blocks = ["# Inventory", f"{len(entries):,} entries, completeness {made.points} of 100."]
    if made.kinds:
        rows = [f"| {TITLES[kind]} | {count:,} | {points} |" for kind, (count, points) in made.kinds.items()]
        blocks.append("\n".join(["| kind | entries | complete of 100 |", "|---|---|---|", *rows]))
    for kind, group in groupby(entries, key=lambda e: e.kind):
        blocks += [f"## {TITLES[kind]}", _table(kind, list(group))]
    if made.missing:
        lines = [f"- {field} of {count:,} of the {TITLES[kind].lower()}" for kind, field, count in made.missing]
        blocks += ["## What is missing", "\n".join(lines)]
    if gaps := not_looked_at(result):
        lines = [f"- {markdown(item.what, 160)}: {markdown(item.why, 300)}" for item in gaps[:_GAPS]]
        more = [f"- and {len(gaps) - _GAPS} more"] if len(gaps) > _GAPS else []
        blocks += ["## Not looked at", "\n".join([*lines, *more])]
    time = f", {result.timestamp}" if result.timestamp else ""
    blocks.append(f"<sub>depscan {markdown(result.tool_version)}{time}, {markdown(data_note(result))}</sub>")
    return "\n\n".join(blocks) + "\n"


def _table(kind: str, entries: list[Entry]) -> str:
    head = HEADS[kind]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for entry in entries:
        cells = ["<br>".join(markdown(text, 200) for text in cell) for cell in row(entry)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


REPORT = Report("inventory-markdown", "inventory in Markdown", "text/markdown", render)
