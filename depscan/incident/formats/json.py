"""An answer as JSON, whole."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from depscan.version import __version__

if TYPE_CHECKING:
    from depscan.incident.answer import Answer

SCHEMA = "1"


def render(answer: Answer) -> str:
    """Return the whole answer; control characters and everything beyond ASCII are escaped as JSON does it."""
    incident = answer.incident
    made = {
        "schema_version": SCHEMA,
        "tool": {"name": "depscan", "version": __version__},
        "incident": {
            "id": incident.id,
            "title": incident.title,
            "published": incident.published,
            "references": list(incident.references),
            "packages": [bad._asdict() for bad in incident.packages],
        },
        "verdict": answer.verdict,
        "exit_code": answer.exit_code,
        "traces": [{**t._asdict(), "events": [_event(e) for e in t.events]} for t in answer.traces],
        "timeline": [_event(event) for event in answer.timeline],
        "rotate": [one._asdict() for one in answer.rotate],
        "clean": [step._asdict() for step in answer.clean],
        "looked_at": [{"what": what, "count": count} for what, count in answer.looked],
        "not_looked_at": [gap._asdict() for gap in answer.gaps],
    }
    return dumps(made, indent=2) + "\n"


def _event(event: tuple[str, str]) -> dict[str, str]:
    return {"when": event[0], "what": event[1]}
