"""Hosted vendors and endpoints as CycloneDX services (https://cyclonedx.org/docs/1.7/json/#services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.reports._cyclonedx_component import edge_facts
from depscan.reports._cyclonedx_facts import Facts, compact, endpoint_url, properties
from depscan.reports._score import missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.document import Edge
    from depscan.model.usage import Usage
    from depscan.reports._inventory import Entry

_FLOW = (
    ("inbound", "requests", "What the code sends: prompts, files, documents. How sensitive it is cannot be seen."),
    ("outbound", "responses", "What the service answers, and whatever the code does with it."),
)
"""Directions are relative to the service: inbound enters it."""


def service(entry: Entry, callers: Sequence[Entry], notes: Facts, edges: list[Edge]) -> dict[str, Any]:
    """Return the service of an entry.

    Args:
        entry: a node of the kind service.
        callers: the entries that call it: their uses name endpoints and keys too.
        notes: (rule, message) of findings about it.
        edges: its own requests.
    """
    uses = [use for held in (entry, *callers) for use in held.uses]
    made: dict[str, Any] = {"bom-ref": entry.key, "provider": {"name": entry.supplier}, "name": entry.package.name}
    stated = sorted({use.get("endpoint") for use in uses if use.get("endpoint")})
    if not stated and "." in entry.package.name:
        stated = [entry.package.name]
    if urls := [url for url in map(endpoint_url, stated) if url]:
        made["endpoints"] = list(dict.fromkeys(urls))
    if keys := sorted({use.get("key-env") for use in uses if use.get("key-env")}):
        made["authenticated"] = True
    made["x-trust-boundary"] = True
    made["data"] = [
        {"flow": flow, "classification": "unknown", "name": name, "description": text} for flow, name, text in _FLOW
    ]
    facts = [("ecosystem", entry.package.ecosystem), ("source", entry.package.source), ("kind", entry.kind)]
    facts += [("endpoint", text) for text in stated if not endpoint_url(text)]
    facts += [("key-env", name) for name in keys]
    facts += [("place", place.shown) for place in entry.places]
    facts += [("use", _use(use)) for use in entry.uses]
    facts += [("unknown", ", ".join(missing(entry)))]
    made["properties"] = properties([*facts, *notes, *edge_facts(edges)])
    return made


def _use(use: Usage) -> str:
    place: dict[str, Any] = {"path": use.path} | ({"line": use.line} if use.line else {})
    return compact({"how": use.how, "facts": dict(use.facts), **place})
