"""Was I hit: the verdict, the timeline and what is to be done, of everything that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.incident.cleanup import steps
from depscan.incident.matching import is_bad
from depscan.incident.rotation import UNKNOWN, Rotation, rotations

if TYPE_CHECKING:
    from depscan.incident.records import Bad, Gap, Incident, Step, Trace

HIT, POSSIBLE, NONE, INCOMPLETE, NOTHING = "hit", "possible", "no trace", "incomplete", "nothing to look at"

MARKERS = "kinds of markers"
"""What is looked for everywhere; alone it is no answer about anything that was named."""

_MAX_EVENTS = 200


class Answer(NamedTuple):
    """What there is to say.

    Attributes:
        incident: asked about, with the windows that were asked about.
        traces: what was found, the certain ones first.
        gaps: what was not looked at; those that failed first.
        looked: (what, how many) of what was looked at.
        timeline: (time, what happened), the first one first.
        rotate: what has to be made worthless; empty where nothing was found.
        clean: in which order; empty where nothing was found.
        certain_only: whether what is only possible does not count.
    """

    incident: Incident
    traces: list[Trace]
    gaps: list[Gap]
    looked: list[tuple[str, int]]
    timeline: list[tuple[str, str]]
    rotate: list[Rotation]
    clean: list[Step]
    certain_only: bool

    @property
    def verdict(self) -> str:
        """Return hit, possible, incomplete, no trace or nothing to look at."""
        if any(trace.certain for trace in self.traces):
            return HIT
        if self.traces:
            return POSSIBLE
        if any(gap.failed for gap in self.gaps):
            return INCOMPLETE
        return NONE if any(count for what, count in self.looked if what != MARKERS) else NOTHING

    @property
    def exit_code(self) -> int:
        """Return 1 hit or possible, 0 no trace, 3 nothing to look at, 4 incomplete."""
        verdict = self.verdict
        if verdict == POSSIBLE and self.certain_only:
            return 4 if any(gap.failed for gap in self.gaps) else 0
        return {HIT: 1, POSSIBLE: 1, NONE: 0, NOTHING: 3, INCOMPLETE: 4}[verdict]


def answer(
    incident: Incident,
    traces: list[Trace],
    gaps: list[Gap],
    looked: list[tuple[str, int]],
    *,
    certain_only: bool = False,
) -> Answer:
    """Return the answer of everything that was found."""
    kept = sorted(dict.fromkeys(traces), key=lambda t: (not t.certain, t.kind, t.place, t.line, t.package, t.version))
    counts = certain_only and not any(t.certain for t in kept)
    return Answer(
        incident,
        kept,
        sorted(dict.fromkeys(gaps), key=lambda g: (not g.failed, g.place, g.why)),
        looked,
        _timeline(incident, kept),
        rotations(incident.steal) or [UNKNOWN] if kept and not counts else [],
        steps(incident, kept) if kept and not counts else [],
        certain_only,
    )


def _timeline(incident: Incident, traces: list[Trace]) -> list[tuple[str, str]]:
    events = {(when, what) for trace in traces for when, what in trace.events if when}
    if incident.published:
        events.add((incident.published, "the incident became public"))
    for bad in incident.packages:
        versions = _found(bad, incident, traces)
        if versions:
            what = f"{bad.name} {', '.join(versions)}"
            events.add((bad.first, f"{what} could be had from here on"))
            events.add((bad.last, f"{what} could be had no more, at the latest"))
    found = sorted(events, key=lambda event: (event[0] if "T" in event[0] else f"{event[0]}T24", event[1]))
    return found if len(found) <= _MAX_EVENTS else [*found[: _MAX_EVENTS // 2], *found[-_MAX_EVENTS // 2 :]]


def _found(bad: Bad, incident: Incident, traces: list[Trace]) -> list[str]:
    """Return the bad versions of a package that traces name; all of them where one names none, such as a range."""
    own = [trace for trace in traces if trace.package == bad.name]
    every = [other for other in incident.packages if other.name == bad.name]
    exact = sorted({trace.version for trace in own if is_bad(bad, trace.version)})
    loose = any(not any(is_bad(other, trace.version) for other in every) for trace in own)
    return list(bad.versions) or [low for low, _ in bad.ranges] if loose and not exact else exact
