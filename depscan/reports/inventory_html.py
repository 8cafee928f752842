"""The inventory as one HTML page: no script, nothing loaded from elsewhere, light and dark, fit to print."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from depscan.model.result import VERDICTS, ScanResult
from depscan.reports._inventory import TITLES, inventory
from depscan.reports._inventory_rows import HEADS, row
from depscan.reports._parts import data_note, not_looked_at
from depscan.reports._score import score
from depscan.reports.report import Report, View
from depscan.text.escape import html

if TYPE_CHECKING:
    from depscan.reports._inventory import Entry
    from depscan.reports._score import Score

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d1d9e0; --back: #ffffff; --band: #f6f8fa;
  --good: #1a7f37; --bad: #9a6700; --worst: #cf222e; --bar: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117;
  --band: #151b23; --good: #3fb950; --bad: #d29922; --worst: #f85149; --bar: #4493f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 90rem; background: var(--back); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, ul { margin: .25rem 0; } .soft, footer { color: var(--soft); }
nav { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
nav a { display: block; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .5rem; color: inherit;
  text-decoration: none; background: var(--band); } nav a:hover { border-color: var(--bar); }
nav b { font-size: 1.25rem; } nav span { display: block; } meter { width: 100%; height: .6rem; }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; } th { background: var(--band); white-space: nowrap; }
td { overflow-wrap: anywhere; min-width: 7rem; } td:first-child { font-weight: 600; min-width: 11rem; }
.where, .mono { font: .82rem/1.5 ui-monospace, monospace; } .where { min-width: 20rem; }
.pinned, .data-only { color: var(--good); } .floating, .known-constructors, .incomplete { color: var(--bad); }
.hostile, .foreign-code-needed { color: var(--worst); font-weight: 600; } .unknown { color: var(--soft); }
footer { margin-top: 2.5rem; font-size: .85rem; }
@media print { body { max-width: none; padding: 0; } .wide { overflow: visible; } nav a { break-inside: avoid; } }
"""
_GAPS = 200
_WORDS = frozenset({"pinned", "floating", "data only", "known constructors", "incomplete", "hostile",
                    "foreign code needed"})  # fmt: skip
"""Words of our own that have a colour; a colour is never the only sign."""

_CLASSES = {"where": "where", "where and how": "where", "unknown": "unknown", "SHA-256": "mono", "command": "mono",
            "version": "mono", "tag": "mono"}  # fmt: skip


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the page."""
    every = inventory(result)
    entries = [e for e in every if e.kind != "project"]
    made = score(entries)
    projects = sorted({e.name for e in every if e.kind == "project" and not e.is_file})
    title = html(f"Inventory of {', '.join(projects[:3])}" if projects else "Inventory", 200)
    parts = [f"<h1>{title}</h1>", _summary(result, len(entries), made), _navigation(made)]
    for kind, group in groupby(entries, key=lambda e: e.kind):
        parts += [f'<h2 id="{_slug(kind)}">{TITLES[kind]}</h2>', _table(kind, list(group))]
    if made.missing:
        rows = [f"<li>{field} of {count:,} of the {TITLES[kind].lower()}</li>" for kind, field, count in made.missing]
        parts += ["<h2>What is missing</h2>", f"<ul>{''.join(rows)}</ul>"]
    if gaps := not_looked_at(result):
        rows = [f"<li>{html(item.what, 200)}: {html(item.why, 400)}</li>" for item in gaps[:_GAPS]]
        rows += [f"<li>and {len(gaps) - _GAPS} more</li>"] if len(gaps) > _GAPS else []
        parts += ["<h2>Not looked at</h2>", f"<ul>{''.join(rows)}</ul>"]
    time = f", {html(result.timestamp)}" if result.timestamp else ""
    parts.append(f"<footer>depscan {html(result.tool_version)}{time}; {html(data_note(result))}</footer>")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    body = "\n".join(part for part in parts if part)
    return f'<!doctype html>\n<html lang="en"><head>{head}{policy}<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n'  # noqa: E501


def _summary(result: ScanResult, count: int, made: Score) -> str:
    standing = sum(d.action != "allow" for d in result.decisions)
    words = [
        f"{count:,} entries",
        f"completeness {made.points} of 100",
        f"verdict of the scan: {VERDICTS[result.verdict]}",
    ]
    words += [f"{standing:,} findings"] if standing else []
    return f'<p class="soft">{"; ".join(words)}</p>'


def _navigation(made: Score) -> str:
    links = [
        f'<a href="#{_slug(kind)}"><b>{count:,}</b><span>{TITLES[kind]}</span>'
        f'<meter min="0" max="100" value="{points}" title="complete"></meter>'
        f'<span class="soft">{points} of 100 complete</span></a>'
        for kind, (count, points) in made.kinds.items()
    ]
    return f"<nav>{''.join(links)}</nav>" if links else ""


def _table(kind: str, entries: list[Entry]) -> str:
    heads = HEADS[kind]
    lines = ["<tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"]
    for entry in entries:
        cells = [_cell(head, cell) for head, cell in zip(heads, row(entry), strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="wide"><table>{"".join(lines)}</table></div>'


def _cell(head: str, lines: list[str]) -> str:
    word = lines[0] if len(lines) == 1 and head in {"pin", "loading it"} else ""
    name = _slug(word) if word in _WORDS else _CLASSES.get(head, "")
    text = "<br>".join(html(line, 300) for line in lines)
    return f'<td class="{name}">{text}</td>' if name else f"<td>{text}</td>"


def _slug(words: str) -> str:
    return words.replace(" ", "-")


REPORT = Report("inventory-html", "inventory as an HTML page", "text/html", render)
