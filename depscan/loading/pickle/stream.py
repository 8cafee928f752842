"""Run one stream of a file of pickles, and measure what it made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.loading.pickle import sizes
from depscan.loading.pickle.broken import BrokenError
from depscan.loading.pickle.judge import Judge
from depscan.loading.pickle.machine import Machine
from depscan.loading.steps import HOSTILE, Report, Step

if TYPE_CHECKING:
    from depscan.artifacts.source import Source
    from depscan.loading.pickle.values import Value

_GRAPH = 5_000
"""Containers or uses of the memo from which on the size of the unfolded value is worth its time."""

_SHARED = 8


class Ran(NamedTuple):
    """One stream that was run."""

    machine: Machine
    judge: Judge
    broken: BrokenError | None


def run_stream(source: Source, start: int, report: Report, depth: int = 0, limit: int = -1) -> Ran:
    """Run one stream and report what it does and how it ends."""
    judge = Judge(report, source, depth)
    machine = Machine(source, start, judge, report.meter)
    broken = machine.run(limit)
    judge.finish()
    if judge.short:
        why = "the unpickler in C stops here, the one in Python goes on"
        judge.odd("frame", judge.short, why, start)
    _bombs(machine, report)
    return Ran(machine, judge, broken)


def _bombs(machine: Machine, report: Report) -> None:
    """Measure what the stream made, where it shares or nests enough to matter."""
    if machine.gets < _SHARED and machine.links < _GRAPH:
        return
    top: list[Value] = [machine.value, *machine.stack[-100:]]
    largest, deepest = sizes.measure(top)
    if largest > sizes.LARGEST:
        text = f"{machine.at - machine.start} bytes make a value of {largest:.3g} items"
        why = "containers share each other so that printing, comparing or copying the value never ends"
        report.add(Step("load.bomb", HOSTILE, "expansion", text, why, at=machine.start))
    if deepest > sizes.DEEPEST:
        text = f"more than {sizes.DEEPEST:,} containers inside each other"
        why = "freeing, comparing or printing the value overflows the stack"
        report.add(Step("load.bomb", HOSTILE, "nesting", text, why, at=machine.start))
