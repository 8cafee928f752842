"""The sentences that formats share; nothing here is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.incident.answer import HIT, INCOMPLETE, MARKERS, NONE, NOTHING, POSSIBLE
from depscan.incident.matching import is_bad

if TYPE_CHECKING:
    from depscan.incident.answer import Answer
    from depscan.incident.records import Bad, Gap, Trace

VERDICTS = {
    HIT: "HIT: a bad release, or what it leaves behind, is here now",
    POSSIBLE: "POSSIBLE: a bad release was allowed while it could be had; that it came is not shown",
    NONE: "NO TRACE in what was looked at",
    INCOMPLETE: "INCOMPLETE: no trace, but not everything could be looked at",
    NOTHING: "NOTHING TO LOOK AT: no lock, no history, no environment",
}

_GONE = "HIT: a bad release was here and is here no longer; what it did while it was here is not undone"

_RUNS = {
    "install": "while it was installed",
    "start": "at every start of the interpreter",
    "import": "when the library was used",
}


def verdict(answer: Answer) -> str:
    """Return the verdict as a line."""
    more = "; and not everything could be looked at" if answer.traces and any(g.failed for g in answer.gaps) else ""
    gone = answer.verdict == HIT and all(trace.last for trace in answer.traces if trace.certain)
    return (_GONE if gone else VERDICTS[answer.verdict]) + more


def kind(trace: Trace) -> str:
    """Return a word for how it was found."""
    return trace.kind if trace.certain else "possible"


def place(trace: Trace) -> str:
    """Return file and line."""
    return f"{trace.place}:{trace.line}" if trace.line else trace.place


def what(trace: Trace) -> str:
    """Return the bad release, or what a marker is."""
    if not trace.package:
        return trace.said
    return f"{trace.package} {trace.version}".rstrip() + (f": {trace.said}" if trace.said else "")


def period(answer: Answer, trace: Trace) -> str:
    """Return since when and until when, and what that says of whether it could have run."""
    if not trace.first:
        return f"until {trace.last}" if trace.last else ""
    text = f"{trace.first} to {trace.last}" if trace.last else f"since {trace.first}"
    named = [bad for bad in answer.incident.packages if bad.name == trace.package]
    bads = [bad for bad in named if is_bad(bad, trace.version)] or named
    if any(trace.first <= bad.last and (not trace.last or trace.last >= bad.first) for bad in bads):
        return f"{text}: it could be had in that time"
    if bads and trace.first > max(bad.last for bad in bads):
        return f"{text}: after it could be had; what ran then came from a cache or a mirror"
    return f"{text}: before it could be had, by the committer's clock" if bads else text


def when_it_ran(answer: Answer) -> list[str]:
    """Return one sentence for each way in which the bad releases that were found ran."""
    names = {trace.package for trace in answer.traces}
    rows: dict[tuple[str, str, str], list[str]] = {}
    for bad in answer.incident.packages:
        if not names or bad.name in names:
            rows.setdefault((bad.runs, bad.first, bad.last), []).append(_releases(bad))
    return [
        f"{_few(releases)} could be had between {first} and {last} at most and ran {_RUNS[runs]}"
        for (runs, first, last), releases in rows.items()
    ]


def _releases(bad: Bad) -> str:
    ranges = [f"from {low}" + (f" below {end}" if end else "") for low, end in bad.ranges]
    return f"{bad.name} {', '.join((*bad.versions, *ranges))}"


def _few(texts: list[str]) -> str:
    return "; ".join(texts[:6]) + (f"; and {len(texts) - 6} more packages" if len(texts) > 6 else "")  # noqa: PLR2004


_ONE = {
    "repositories": "repository",
    "versions of locks and manifests in their histories": "version of a lock or manifest in their histories",
    "locks and manifests": "lock or manifest",
    "environments": "environment",
    "folders of npm packages": "folder of npm packages",
    "entries of caches": "entry of a cache",
    "nights": "night",
    MARKERS: "kind of markers",
}
"""What was looked at, where there is one of it."""


def looked(answer: Answer) -> str:
    """Return what was looked at, with numbers."""
    return ", ".join(f"{count:,} {_ONE.get(what, what) if count == 1 else what}" for what, count in answer.looked)


def gap(one: Gap) -> str:
    """Return what was not looked at."""
    return f"{one.place}: {one.why}"
