"""An answer as Markdown, for a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.incident.formats import _words as words
from depscan.text.escape import markdown

if TYPE_CHECKING:
    from depscan.incident.answer import Answer

_TRACES = 200


def render(answer: Answer) -> str:
    """Return the whole answer."""
    incident = answer.incident
    lines = [f"## {markdown(incident.title, 300)}", "", f"**{markdown(words.verdict(answer))}**", ""]
    lines += [f"- {markdown(text, 1000)}" for text in words.when_it_ran(answer)]
    if answer.traces:
        lines += ["", "| how | where | what | when |", "| --- | --- | --- | --- |"]
    for trace in answer.traces[:_TRACES]:
        cells = (words.kind(trace), words.place(trace), words.what(trace), words.period(answer, trace))
        lines.append("| " + " | ".join(markdown(cell, 1000) for cell in cells) + " |")
    if len(answer.traces) > _TRACES:
        lines.append(f"\nand {len(answer.traces) - _TRACES} more")
    lines += _section("Timeline", [f"{markdown(when)}: {markdown(text, 400)}" for when, text in answer.timeline])
    rotate = [
        f"{markdown(one.what + (f' ({one.detail})' if one.detail else ''))}: {markdown(one.how)}"
        for one in answer.rotate
    ]
    lines += _section("Rotate, after what would notice has been stopped", rotate)
    clean = [markdown(step.do, 600) + (f" ({markdown(step.why)})" if step.why else "") for step in answer.clean]
    lines += _section("Clean up, in this order", clean, numbered=True)
    lines += _section("Looked at", [markdown(words.looked(answer))])
    gaps = [("**failed** " if gap.failed else "") + markdown(words.gap(gap), 600) for gap in answer.gaps]
    lines += _section("Not looked at", gaps)
    lines += _section("References", [markdown(text) for text in incident.references])
    return "\n".join(lines) + "\n"


def _section(title: str, rows: list[str], *, numbered: bool = False) -> list[str]:
    marks = (f"{at}." if numbered else "-" for at in range(1, len(rows) + 1))
    return ["", f"### {title}", "", *(f"{mark} {row}" for mark, row in zip(marks, rows, strict=True))] if rows else []
