"""Hosted vendors and endpoints as CycloneDX services (https://cyclonedx.org/docs/1.7/json/#services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.reports._cyclonedx_component import edge_facts
from depscan.reports._cyclonedx_facts import Facts, endpoint_url, properties, use_text
from depscan.reports._score import missing

if TYPE_CHECKING:
    from depscan.model.document import Edge
    from depscan.reports._inventory import Entry

_FLOW = ("inbound", "outbound")
"""Directions are relative to the service: requests enter it, answers leave it."""

_DESCRIPTION = "Receives what the code sends and answers it. How sensitive that is cannot be seen from here."


def service(entry: Entry, notes: Facts, edges: list[Edge]) -> dict[str, Any]:
    """Return the service of an entry.

    Args:
        entry: a node of the kind service.
        notes: (rule, message) of findings about it.
        edges: its own requests.
    """
    made: dict[str, Any] = {"bom-ref": entry.key, "provider": {"name": entry.supplier}, "name": entry.package.name}
    made["description"] = _DESCRIPTION
    if urls := [url for url in map(endpoint_url, entry.endpoints) if url]:
        made["endpoints"] = list(dict.fromkeys(urls))
    if entry.keys:
        made["authenticated"] = True
    made["x-trust-boundary"] = True
    made["data"] = [{"flow": flow, "classification": "unknown"} for flow in _FLOW]
    facts = [("ecosystem", entry.package.ecosystem), ("source", entry.package.source), ("kind", entry.kind)]
    facts += [("endpoint", text) for text in entry.endpoints if not endpoint_url(text)]
    facts += [("key-env", name) for name in entry.keys]
    facts += [("place", place.shown) for place in entry.places]
    facts += [("use", use_text(use)) for use in entry.uses]
    facts += [("unknown", ", ".join(missing(entry)))]
    made["properties"] = properties([*facts, *notes, *edge_facts(edges)])
    return made
