"""A difference for a pull request: verdict, table of changes, then the new findings with folded details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.cli import _diff_parts as parts
from depscan.release import words
from depscan.reports import markdown as scan_report
from depscan.text.escape import markdown, markdown_html, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.difference import Difference
    from depscan.release.words import Line
    from depscan.reports.report import View

_OPEN_ROWS = 20
_LINES = 10
_BUDGET = 7_000
"""Characters for the table; the rest of the comment keeps to its own budget below what hosts take."""

_LARGEST = 65_000
_SIGNS = {"block": "⛔", "warn": "⚠️", "allow": "✅", "": ""}
_HEAD = "| | package | before | after | what | where |\n|---|---|---|---|---|---|"


def render(made: Difference, view: View) -> str:
    """Return the comment; what does not fit is counted."""
    head, told, *rest = scan_report.render(made.result, view).split("\n\n")
    blocks = [head, _sentence(made), told, *_table(made)]
    fixed = [f"{name} {id_}" for name, id_ in parts.fixed_ids(made)]
    if fixed:
        names = ", ".join(markdown(item, 80) for item in fixed[:_OPEN_ROWS])
        more = f" and {len(fixed) - _OPEN_ROWS} more" if len(fixed) > _OPEN_ROWS else ""
        blocks.append(f"Advisories this change gets rid of: {names}{more}.")
    blocks += _releases(made)
    text = "\n\n".join([*blocks, *rest])
    return (
        text
        if len(text) <= _LARGEST
        else "\n\n".join([*blocks, "Details do not fit here: see the full report."]) + "\n"
    )


def _sentence(made: Difference) -> str:
    known = parts.already_there(made)
    sides = f"{markdown(terminal(made.base), 100)} → {markdown(terminal(made.head), 100)}"
    return f"{sides}: {parts.tally(made)}{f'; {known}' if known else ''}."


def _table(made: Difference) -> list[str]:
    rows = list(_rows(made))
    if not rows:
        return []
    blocks = ["\n".join([_HEAD, *rows[:_OPEN_ROWS]])]
    rest = rows[_OPEN_ROWS:]
    if rest:
        body = "\n".join([_HEAD, *rest])
        blocks.append(f"<details><summary>{len(rest)} more changes</summary>\n\n{body}\n\n</details>")
    if len(rows) < len(made.changes):
        blocks.append(f"{len(made.changes) - len(rows)} more changes are not shown.")
    return blocks


def _releases(made: Difference) -> list[str]:
    """Return one folded block per compared release that differs; those that are worse stand open."""
    blocks: list[str] = []
    size = 0
    for diff in parts.differing(made):
        found = words.lines(diff)
        lines = [_line(line) for line in found[:_LINES]]
        lines += [f"- and {len(found) - _LINES} more"] if len(found) > _LINES else []
        title = f"{markdown_html(words.title(diff), 150)}: {diff.verdict}"
        body = "\n".join(lines)
        block = f"<details{' open' if diff.worse else ''}><summary>{title}</summary>\n\n{body}\n\n</details>"
        size += len(block)
        if size > _BUDGET:
            return [*blocks, "More compared releases differ: they are in the full report."]
        blocks.append(block)
    return blocks


def _line(line: Line) -> str:
    sign = "⛔ " if line.loud else ""
    place = f" ({markdown(line.place, 100)})" if line.place else ""
    return f"- {sign}{markdown(line.mark)} {markdown(line.what, 80)}: {markdown(line.detail, 200)}{place}"


def _rows(made: Difference) -> Iterator[str]:
    size = 0
    for action, change in parts.ranked(made):
        before, after = parts.versions(change)
        place = parts.place(made, change)
        where = place.shown
        cells = (
            _SIGNS[action],
            markdown(change.package.name, 80),
            markdown(before, 80),
            markdown(after, 80),
            parts.what(change),
            markdown(where, 100),
        )
        row = f"| {' | '.join(cells)} |"
        size += len(row)
        if size > _BUDGET:
            return
        yield row
