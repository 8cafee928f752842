"""Markdown: the answer, what is new, what to do by owner, then the tables; what does not fit is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.model.result import VERDICTS
from depscan.overview import _words as words
from depscan.overview.format import Report
from depscan.text.count import counted
from depscan.text.escape import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.fleet.gaps import Gap
    from depscan.overview.records import Deed, Hit, Moved, Overview, Stock, Told

_ROWS = 100
_LINES = 20
"""Subjects of what is new, and of what is cleared."""
_DEEDS, _ALL_DEEDS = 25, 250
_NIGHTS = 7
_FEW = 3
_NAME, _TEXT = 100, 400


def render(overview: Overview) -> str:
    """Return the report."""
    title = f"# {words.SIGNS.get(overview.verdict, '❓')} depscan, night of {markdown(overview.night[:10])}"
    blocks = [f"{title}: {VERDICTS[overview.verdict]}", words.answer(overview)]
    blocks += _new(overview)
    blocks += _todo(overview)
    standing = words.standing(overview)
    if standing:
        head = ("", "finding", "severity", "what", "move to", "repositories", "why", "since")
        blocks += ["## Findings", _table(head, [_row(t) for t in standing[:_ROWS]], len(standing))]
    accepted = [t for t in overview.findings if t.action == "allow"]
    if accepted:
        blocks += ["## Accepted", _list([_accepted(t) for t in accepted[:_ROWS]], len(accepted))]
    if overview.moved:
        blocks += ["## Moved", _list([_moved(m) for m in overview.moved[:_ROWS]], len(overview.moved))]
    blocks += _nights(overview)
    if overview.stock:
        heads = ("kind", "name", "version", "pin", "endpoint", "used by", "where")
        blocks += ["## Inventory", _table(heads, [_stock(s) for s in overview.stock[:_ROWS]], len(overview.stock))]
    gaps = [_gap(g) for g in overview.gaps[:_ROWS]]
    blocks += ["## Not looked at", _list(gaps, len(overview.gaps)) if gaps else "Nothing was left out."]
    policy = markdown(overview.policy, _NAME) if overview.policy else "the default policy"
    blocks.append(f"depscan {markdown(overview.tool, 40)}, {markdown(overview.snapshot, _TEXT)}, {policy}")
    return "\n\n".join(blocks) + "\n"


def _new(overview: Overview) -> list[str]:
    if not overview.previous:
        return ["## New since last night", words.since_before(overview)]
    new = words.fresh(overview)
    blocks = ["## New since last night", words.since_before(overview)]
    if new:
        groups = words.together(new)
        blocks.append(_list([_fresh(g) for g in groups[:_LINES]], len(groups)))
    if overview.cleared:
        gone = words.together(overview.cleared)
        blocks += ["Cleared, nobody has it any more:", _list([_cleared(g) for g in gone[:_LINES]], len(gone))]
    return blocks


def _fresh(group: Sequence[Told]) -> str:
    """Return the new findings of a subject with whom they reach now, and by which path."""
    told = group[0]
    reached = _where(sorted({h.repository for t in group for h in t.hits if h.new}))
    known = not any(t.new for t in group)
    every = counted(len({h.repository for t in group for h in t.hits}), "repository")
    further = f" (known, in {every} in all)" if known else ""
    first = next((h for t in group for h in t.hits if h.new), None)
    via = f"; {_path(first)}" if first is not None and len(first.via) > 1 else ""
    word = f"**{words.severity(told)}**, {words.ACTIONS[told.action]}"
    return f"{word}: {_said(group)} in {reached}{further}{via}"


def _cleared(group: Sequence[Told]) -> str:
    told = group[0]
    where = _where(sorted({h.repository for t in group for h in t.hits}))
    what = f": {words.several(group)}" if len(group) > 1 else _ids(told) or f": {markdown(told.title, _NAME)}"
    return f"**{words.severity(told)}** {markdown(words.subject(told), _NAME)}{what}, was in {where}"


def _said(group: Sequence[Told]) -> str:
    """Return what one finding says, or how many there are, the first of them and what clears them."""
    told = group[0]
    if len(group) == 1:
        return f"{markdown(told.message, _TEXT)}{_ids(told)}"
    names, more = words.some([(*t.ids, t.title)[0] for t in group], _FEW)
    ids = ", ".join(markdown(n, 60) for n in names)
    fix = f"; move to {markdown(told.fixed_version, 60)}" if told.fixed_version else ""
    return f"{markdown(words.subject(told), _NAME)}: {words.several(group)} ({ids}{more}){fix}"


def _about(told: Told) -> str:
    what = _ids(told) or f": {markdown(told.title, _NAME)}"
    return f"**{words.severity(told)}** {markdown(words.subject(told), _NAME)}{what}"


def _ids(told: Told) -> str:
    return f" ({', '.join(markdown(i, 60) for i in told.ids[:_FEW])})" if told.ids else ""


def _todo(overview: Overview) -> list[str]:
    if not overview.todo:
        return ["## To do", "Nothing is blocked."]
    blocks, room = ["## To do"], _ALL_DEEDS
    for at, one in enumerate(overview.todo):
        if room <= 0:
            return [*blocks, f"{counted(len(overview.todo) - at, 'more owner')}: --owner NAME shows one of them."]
        shown = one.deeds[: min(room, _DEEDS)]
        room -= len(shown)
        name = markdown(one.owner, _NAME) if one.owner else "Repositories without an owner"
        blocks += [f"### {name}", _list([_deed(d) for d in shown], len(one.deeds))]
    return blocks


def _deed(deed: Deed) -> str:
    cleared = counted(len(deed.findings), "finding")
    new = ", new" if deed.new else ""
    return f"**{deed.severity}**{new}: {markdown(deed.text, _TEXT)} ({cleared}) in {_where(deed.repositories)}"


def _row(told: Told) -> tuple[str, ...]:
    sign = words.SIGNS["blocked" if told.action == "block" else "warnings"]
    names, more = words.some(told.ids or (told.rule,), _FEW)
    what = f"{markdown(told.title, _NAME)}: {', '.join(markdown(n, 60) for n in names)}{more}"
    first = max(told.hits, key=lambda h: len(h.via) > 1, default=None)
    subject = markdown(words.subject(told), _NAME)
    return (
        f"{sign} {words.ACTIONS[told.action]}",
        subject,
        words.severity(told),
        what,
        markdown(told.fixed_version, 60),
        _where(words.repositories(told)) if told.hits else "",
        _path(first) if first else "",
        markdown(told.since),
    )


def _path(hit: Hit) -> str:
    """Return how a repository comes to it."""
    place = markdown(f"{hit.repository}: {hit.path}:{hit.line}" if hit.line else f"{hit.repository}: {hit.path}", 160)
    return " → ".join([place if hit.path else markdown(hit.repository, _NAME), *(markdown(n, _NAME) for n in hit.via)])


def _where(names: Sequence[str]) -> str:
    """Return how many repositories, and the first few."""
    shown, more = words.some(names, _FEW)
    return f"{counted(len(names), 'repository')}: {', '.join(markdown(n, _NAME) for n in shown)}{more}"


def _accepted(told: Told) -> str:
    return f"{_about(told)}, by {markdown(told.because, _NAME)}"


def _moved(one: Moved) -> str:
    owner = f" ({markdown(one.owner, _NAME)})" if one.owner else ""
    texts = [f"{name} {old or 'any'} → {new or 'any'}" for name, old, new in one.moved]
    parts = [_some("", texts), _some("added ", one.added), _some("removed ", one.removed)]
    parts.append(markdown(one.problem, _TEXT))
    said = "; ".join(part for part in parts if part)
    return f"**{one.what}**: {markdown(one.repository, _NAME)}{owner}{': ' if said else ''}{said}"


def _some(word: str, texts: Sequence[str]) -> str:
    shown, more = words.some(texts, 8)
    return f"{word}{', '.join(markdown(t, _NAME) for t in shown)}{more}" if shown else ""


def _nights(overview: Overview) -> list[str]:
    if len(overview.points) <= 1:
        return []
    head = ("night", "repositories", "unreadable", "packages", "malicious", "blocked", "warnings", "reached")
    rows = [(markdown(p.day), *(f"{amount:,}" for amount in p[1:])) for p in overview.points[-_NIGHTS:]]
    return ["## Nights", _table(head, rows, len(rows))]


def _stock(one: Stock) -> tuple[str, ...]:
    places, more = words.some(one.places, 2)
    ends, further = words.some(one.endpoints, 2)
    return (markdown(one.kind), markdown(one.name, _NAME), markdown(one.version, 60), one.pin,
            ", ".join(markdown(e, _NAME) for e in ends) + further, _where(one.repositories),
            ", ".join(markdown(p, 160) for p in places) + more)  # fmt: skip


def _gap(gap: Gap) -> str:
    needed = "**needed:** " if gap.needed else ""
    itself = not gap.repositories or gap.repositories == (gap.what,)
    where = "" if itself else f" in {_where(gap.repositories)}"
    return f"{needed}{markdown(gap.what, _NAME)}: {markdown(gap.why, _TEXT)}{where}"


def _list(lines: Iterable[str], total: int) -> str:
    made = [f"- {line}" for line in lines]
    return "\n".join([*made, f"- and {total - len(made):,} more"] if total > len(made) else made)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], total: int) -> str:
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"{table}\n\n{total - len(rows):,} more are not shown." if total > len(rows) else table


REPORT = Report("markdown", "Markdown", "text/markdown", render)
