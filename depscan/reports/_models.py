"""The model files of a scan for a terminal: one line each, and the program of those that are not plainly harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.model.modelfile import MODEL_VERDICTS
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.modelfile import ModelFile
    from depscan.reports.report import View

_MARKS = {"hostile": ("!!", "1;31"), "foreign": ("! ", "31"), "odd": ("? ", "33"), "known": ("  ", "2")}
_WORDS = {"hostile": "1;31", "foreign code needed": "31", "incomplete": "33"}
_FILES = 20
_STEPS = 6


def model_lines(models: Sequence[ModelFile], view: View) -> list[str]:
    """Return the section; worst first, and of the harmless ones only how many where there are many."""
    ranked = sorted(models, key=lambda m: MODEL_VERDICTS.index(m.verdict))
    shown = ranked if view.verbose else ranked[:_FILES]
    lines = ["", _paint("model files", "1", view)]
    width = min(max(len(m.shown) for m in shown), 60)
    for model in shown:
        word = _paint(model.verdict, _WORDS.get(model.verdict, "0"), view)
        needs = f" of {', '.join(model.needs)}" if model.verdict == "foreign code needed" and model.needs else ""
        lines.append(f"  {terminal(model.shown, 200):<{width}}  {model.format}: {word}{terminal(needs, 200)}")
        lines += _program(model, view)
    if len(ranked) > len(shown):
        left = ranked[len(shown) :]
        counted = [(word, sum(m.verdict == word for m in left)) for word in MODEL_VERDICTS]
        lines.append("  and " + ", ".join(f"{count} {word}" for word, count in counted if count) + " (--verbose)")
    return lines


def _program(model: ModelFile, view: View) -> list[str]:
    """Return the steps that were not allowed; with ``--verbose`` the whole program."""
    steps = [s for s in model.program if view.verbose or s[2] != "known"]
    lines = []
    for place, text, verdict, why in steps if view.verbose else steps[:_STEPS]:
        mark, colour = _MARKS[verdict]
        at = f"@ {terminal(place, 80)}: " if place else ""
        lines.append(f"    {_paint(mark, colour, view)} {at}{terminal(text, 160)}")
        if verdict != "known" or view.verbose:
            lines.append(_paint(f"         {terminal(why, 200)}", "2", view))
    if len(steps) > _STEPS and not view.verbose:
        lines.append(f"       and {len(steps) - _STEPS} more steps (--verbose)")
    return lines


def _paint(text: str, code: str, view: View) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if view.colour and code != "0" else text
