"""SPDX 3.0.1 JSON-LD with the profiles software, AI and dataset (https://spdx.github.io/spdx-spec/v3.0.1/).

What a profile demands and nobody knows is said to be so (NOASSERTION); a time cannot be: ``releaseTime`` is left out,
and the document says for how many packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.model.result import ScanResult
from depscan.reports._content import content_uuid
from depscan.reports._inventory import inventory, loose_files
from depscan.reports._json import dump
from depscan.reports._parts import not_looked_at
from depscan.reports._spdx3_package import file_element, package_element
from depscan.reports._spdx3_relations import Relations
from depscan.reports.report import Report, View

if TYPE_CHECKING:
    from depscan.model.document import Edge
    from depscan.reports._inventory import Entry

_CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_PROFILES = ["core", "software", "simpleLicensing", "ai", "dataset", "extension"]
_NO_TIME = "1970-01-01T00:00:00Z"
"""``created`` is mandatory; where nobody asked for the time, the epoch stands there and a comment says why."""


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the document; its name space is made of its content and not of the time."""
    entries = inventory(result)
    edges: dict[str, list[Edge]] = {}
    for edge in result.graph.edges:
        edges.setdefault(edge.parent, []).append(edge)
    base = content_uuid(_content(result, entries))
    ids = {entry.key: f"{base}#package-{i}" for i, entry in enumerate(entries, 1)}
    relations = Relations(base)
    elements = [package_element(e, ids[e.key], relations, edges.get(e.key, [])) for e in entries]
    for i, file in enumerate(result.models and sorted(result.models, key=lambda m: (m.shown, m.format)), 1):
        elements.append(file_element(file, f"{base}#file-{i}"))
        for entry in entries:
            if entry.file is file:
                relations.add(ids[entry.key], "contains", f"{base}#file-{i}")
    for entry in entries:
        relations.add_edges(entry, edges.get(entry.key, []), ids)
    made = [*elements, *relations.elements()]
    head = _head(result, base, [row["spdxId"] for row in made], [ids[key] for key in result.graph.roots])
    return dump({"@context": _CONTEXT, "@graph": [*head, *made]})


def _content(result: ScanResult, entries: list[Entry]) -> list[Any]:
    nodes = [(e.key, e.kind, e.package, e.where, e.uses, e.wants) for e in entries]
    edges = sorted((e.parent, e.child, e.label, e.marker, e.requested, e.taken) for e in result.graph.edges)
    return [result.tool_version, nodes, edges, [m.shown for m in loose_files(result, entries)], result.models]


def _head(result: ScanResult, base: str, elements: list[str], roots: list[str]) -> list[dict[str, Any]]:
    info = "_:creationinfo"
    created: dict[str, Any] = {
        "type": "CreationInfo",
        "@id": info,
        "specVersion": "3.0.1",
        "created": result.timestamp or _NO_TIME,
        "createdBy": [f"{base}#depscan"],
    }
    if not result.timestamp:
        created["comment"] = "The time is not the time: none was asked for, so that two runs give the same bytes."
    collection = {"element": elements, "rootElement": roots} if roots else {}
    said = _comment(result)
    agent = {"type": "SoftwareAgent", "spdxId": f"{base}#depscan", "creationInfo": info}
    document: dict[str, Any] = {
        "type": "SpdxDocument",
        "spdxId": f"{base}#document",
        "creationInfo": info,
        "name": "depscan",
        "comment": said,
        "profileConformance": _PROFILES,
        "rootElement": [f"{base}#sbom"],
        "element": [f"{base}#depscan", f"{base}#sbom", *elements],
    }
    sbom = {"type": "software_Sbom", "spdxId": f"{base}#sbom", "creationInfo": info, **collection}
    return [
        created,
        agent | {"name": f"depscan {result.tool_version}"},
        document,
        sbom | {"profileConformance": _PROFILES, "software_sbomType": ["source"]},
    ]


def _comment(result: ScanResult) -> str:
    """Return what is missing, as far as the format has no field to say it."""
    said = [
        "Not known and left out, though the profiles ai and dataset ask for it: releaseTime, builtTime of data sets."
    ]
    gaps = [f"{item.what}: {item.why}" for item in not_looked_at(result)]
    return " ".join([*said, *(f"Not looked at: {gap}." for gap in gaps)])


REPORT = Report("spdx3", "SPDX 3.0.1 JSON-LD", "application/spdx+json", render)
