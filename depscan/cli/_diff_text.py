"""A difference for the terminal: the verdict, the changes, then the new findings as a scan shows them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.cli import _diff_parts as parts
from depscan.release import words
from depscan.reports import text
from depscan.reports._parts import counted
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from depscan.difference import Difference
    from depscan.reports.report import View

_ROWS = 20
_LINES = 8
_MARKS = {"block": "!", "warn": "-"}


def render(made: Difference, view: View) -> str:
    """Return the whole report."""
    verdict, gap, rest = text.render(made.result, view).partition("\n\n")
    lines = [verdict.rstrip("\n"), f"  {terminal(made.base, 200)} -> {terminal(made.head, 200)}: {parts.tally(made)}"]
    known = parts.already_there(made)
    lines += [f"  {known}"] if known else []
    lines += _table(made, view)
    lines += _releases(made, view)
    lines += _fixed(made, view)
    return "\n".join(lines) + (f"\n\n{rest}" if gap else "\n")


def _table(made: Difference, view: View) -> list[str]:
    rows = parts.ranked(made)
    shown = rows if view.verbose else rows[:_ROWS]
    cells = []
    for action, change in shown:
        before, after = (terminal(v, 100) for v in parts.versions(change))
        arrow = f"{before} -> {after}" if before and after else before or after
        where = parts.place(made, change)
        at = f"{where.path}:{where.line}" if where.line else where.path
        name = terminal(change.package.name, 80)
        cells.append((_MARKS.get(action, " "), name, arrow, parts.what(change), terminal(at, 120)))
    widths = [min(40, max((len(row[i]) for row in cells), default=0)) for i in range(4)]
    lines = ["", "changes"] if cells else []
    pairs = [zip(row, [*widths, 0], strict=True) for row in cells]
    lines += ["  " + "  ".join(f"{cell:{width}}" for cell, width in row).rstrip() for row in pairs]
    return lines + ([f"    and {len(rows) - len(shown)} more (--verbose)"] if len(rows) > len(shown) else [])


def _releases(made: Difference, view: View) -> list[str]:
    """Return what the new releases run and need that those they replace did not; "!" is what counts."""
    lines: list[str] = []
    for diff in parts.differing(made):
        found = words.lines(diff)
        shown = found if view.verbose else found[:_LINES]
        lines += ["", f"{terminal(words.title(diff), 200)}, {terminal(os.path.basename(diff.new), 120)}"]
        for line in shown:
            mark = "!" if line.loud else line.mark
            place = f"  {terminal(line.place, 120)}" if line.place else ""
            lines.append(f"  {mark} {terminal(line.what, 80)}: {terminal(line.detail, 200)}{place}")
        lines += [f"    and {len(found) - len(shown)} more (--verbose)"] if len(found) > len(shown) else []
    return lines


def _fixed(made: Difference, view: View) -> list[str]:
    found = parts.fixed_ids(made)
    if not found:
        return []
    shown = found if view.verbose else found[:_ROWS]
    more = f" and {len(found) - len(shown)} more" if len(found) > len(shown) else ""
    names = ", ".join(terminal(f"{name} {id_}", 120) for name, id_ in shown)
    return ["", f"{counted(len(found), 'advisory finding')} gone: {names}{more}"]
