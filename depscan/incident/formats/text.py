"""An answer for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.incident.formats import _words as words
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from depscan.incident.answer import Answer

_TRACES = 50


def render(answer: Answer) -> str:
    """Return the whole answer."""
    incident = answer.incident
    lines = [terminal(words.verdict(answer)), f"  {terminal(incident.id)}: {terminal(incident.title)}"]
    lines += [f"  {terminal(text, 1000)}" for text in words.when_it_ran(answer)]
    lines += _where(answer)
    lines += _section("timeline", [f"{when:20}  {terminal(text, 400)}" for when, text in answer.timeline])
    lines += _section("rotate, after what would notice has been stopped", _rotate(answer))
    lines += _section(
        "clean up, in this order",
        [
            f"{at}. {terminal(step.do, 600)}" + (f" ({terminal(step.why)})" if step.why else "")
            for at, step in enumerate(answer.clean, 1)
        ],
    )
    lines += _section("looked at", [terminal(words.looked(answer))])
    lines += _section(
        "not looked at", [f"{'!' if gap.failed else '-'} {terminal(words.gap(gap))}" for gap in answer.gaps]
    )
    lines += _section("references", [terminal(text) for text in incident.references])
    return "\n".join(lines) + "\n"


def _section(title: str, rows: list[str]) -> list[str]:
    return ["", title, *(f"  {row}" for row in rows)] if rows else []


def _where(answer: Answer) -> list[str]:
    lines = []
    for trace in answer.traces[:_TRACES]:
        lines.append(f"{words.kind(trace):9}  {terminal(words.place(trace))}")
        lines.append(f"           {terminal(words.what(trace), 1000)}")
        period = words.period(answer, trace)
        lines += [f"           {terminal(period)}"] if period else []
    more = len(answer.traces) - _TRACES
    return _section("where", [*lines, *([f"and {more} more (--format json has all)"] if more > 0 else [])])


def _rotate(answer: Answer) -> list[str]:
    lines = []
    for one in answer.rotate:
        lines.append(f"{one.what}" + (f" ({terminal(one.detail)})" if one.detail else ""))
        lines.append(f"    {one.how}")
    return lines
