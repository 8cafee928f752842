"""In which order one cleans up: nothing that waits for a revoked token is left running when the first is revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.incident.records import PHASES, Step

if TYPE_CHECKING:
    from depscan.incident.records import Incident, Trace

_FILES = frozenset({"locked", "allowed", "history", "stored"})
"""Kinds of traces that tell what would have been installed, and not where it was."""

_FIND = Step(
    "isolate",
    "Find every machine, CI job, notebook and image that installed from what is listed under 'where' while the bad"
    " release could be had, or later from a cache: job logs, image histories, colleagues.",
    "a file tells what would be installed, not who did it",
)
_USUAL = (
    Step(
        "isolate",
        "Take each machine that ran it off the network and keep a copy of its disk and logs.",
        "what is there is evidence",
    ),
    Step("rotate", "Renew what is listed under 'rotate', from another machine.", ""),
    Step(
        "check",
        "Read the logs of all that was renewed since the first day of exposure, and look for what strangers made.",
        "stolen credentials are used within hours",
    ),
)


def steps(incident: Incident, traces: list[Trace]) -> list[Step]:
    """Return the steps in order: the incident's own of a phase come before what is always done in it."""
    find = [_FIND] if any(trace.kind in _FILES for trace in traces) else []
    own = [*incident.clean, *find, *_stop(incident), *_remove(incident, traces), *_USUAL]
    return sorted(own, key=lambda step: PHASES.index(step.phase))


def _stop(incident: Incident) -> list[Step]:
    markers = incident.markers
    found = []
    if markers.processes:
        names = ", ".join(markers.processes)
        found.append(Step("stop", f"End these processes and whatever starts them again: {names}.", ""))
    if markers.files:
        why = "what stays behind would read the new credentials, too"
        found.append(Step("stop", f"Look for and take away: {', '.join(markers.files)}.", why))
    return found


def _remove(incident: Incident, traces: list[Trace]) -> list[Step]:
    found = []
    names = sorted({t.package for t in traces if t.package} or {bad.name for bad in incident.packages})
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")  # noqa: PLR2004
    if names:
        found.append(
            Step(
                "remove",
                f"Pin {shown} to a release before or after the bad ones in every lock, and make environments, images"
                " and node_modules anew from it.",
                "to uninstall leaves behind what it wrote",
            )
        )
    if any(t.kind == "cached" for t in traces):
        found.append(
            Step("remove", "Empty the caches that hold it, mirrors and proxies of indexes too.", "they serve it still")
        )
    return found
