"""The graph as a CycloneDX bill of materials, with what is known against its parts, in version 1.6 or 1.7.

https://cyclonedx.org/docs/1.7/json/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.reports._content import content_uuid
from depscan.reports._cyclonedx_component import component, file_component
from depscan.reports._cyclonedx_facts import Facts, properties
from depscan.reports._cyclonedx_service import service
from depscan.reports._cyclonedx_vulnerabilities import vulnerabilities
from depscan.reports._inventory import Entry, inventory, loose_files
from depscan.reports._json import dump
from depscan.reports._parts import not_looked_at

if TYPE_CHECKING:
    from depscan.model.document import Edge
    from depscan.model.result import ScanResult

_SCHEMA = "http://cyclonedx.org/schema/bom-{}.schema.json"


def bill(result: ScanResult, version: str) -> str:
    """Return the bill of materials; its serial number is made of its content and not of the time.

    Args:
        result: of a scan; without a time the bill has none.
        version: of CycloneDX, "1.6" or "1.7"; what we write is the same in both.
    """
    entries = inventory(result)
    root, notes, edges = _root(result, entries), _notes(result), _edges(result)
    about = [e for e in entries if e.key == root]
    parts = sorted((e for e in entries if e.key != root and e.kind != "service"), key=lambda e: e.key)
    services = [e for e in entries if e.kind == "service"]
    components = [component(e, notes.get(e.key, []), edges.get(e.key, [])) for e in parts]
    files = [file_component(m, f"file:{i}:{m.shown}") for i, m in enumerate(loose_files(result, entries), 1)]
    components += files
    bom: dict[str, Any] = {"components": components}
    if services:
        bom["services"] = [service(e, notes.get(e.key, []), edges.get(e.key, [])) for e in services]
    bom["dependencies"] = [_depends(e) for e in sorted(entries, key=lambda e: e.key)]
    bom["dependencies"] += [{"ref": made["bom-ref"]} for made in files]
    bom["vulnerabilities"] = vulnerabilities(result)
    bom["compositions"] = _compositions(result, entries)
    metadata = _metadata(result, [component(e, notes.get(e.key, []), edges.get(e.key, [])) for e in about])
    head = {
        "$schema": _SCHEMA.format(version),
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": content_uuid([bom, metadata]),
        "version": 1,
    }
    time = {"timestamp": result.timestamp} if result.timestamp else {}
    return dump({**head, "metadata": {**time, **metadata}, **bom})


def _root(result: ScanResult, entries: list[Entry]) -> str:
    """Return the local root that is no single file, which the bill is about; "" when there are several or none.

    Manifest and lock of one project are two roots of one name: the published one of them.
    """
    local = {e.key: e.name for e in entries if e.kind == "project" and e.package.source == "local" and not e.is_file}
    roots = [key for key in result.graph.roots if key in local]
    roots.sort(key=lambda key: result.graph.nodes[key].ecosystem == "project")
    return roots[0] if len({local[key] for key in roots}) == 1 else ""


def _notes(result: ScanResult) -> dict[str, Facts]:
    """Return subject to (rule, message) of the findings that no advisory stands behind."""
    notes: dict[str, Facts] = {}
    for finding in result.findings:
        if not finding.ids:
            notes.setdefault(finding.subject, []).append((finding.rule, finding.message))
    return notes


def _edges(result: ScanResult) -> dict[str, list[Edge]]:
    edges: dict[str, list[Edge]] = {}
    for edge in result.graph.edges:
        edges.setdefault(edge.parent, []).append(edge)
    return edges


def _metadata(result: ScanResult, about: list[dict[str, Any]]) -> dict[str, Any]:
    info = result.snapshot
    facts = [("verdict", result.verdict)]
    if info is not None:
        facts += [("snapshot:origin", info.origin), ("snapshot:newest", info.newest), ("snapshot:sha256", info.sha256)]
    for item in not_looked_at(result):
        where = f"{item.what}:{item.line}" if item.line else item.what
        facts.append(("not-looked-at", f"{where}: {item.why}"))
    made: dict[str, Any] = {
        "tools": {"components": [{"type": "application", "name": "depscan", "version": result.tool_version}]}
    }
    if about:
        made["component"] = about[0] | {"type": "application"}
    made["properties"] = properties(facts)
    return made


def _depends(entry: Entry) -> dict[str, Any]:
    return {"ref": entry.key, "dependsOn": list(entry.wants)} if entry.wants else {"ref": entry.key}


def _compositions(result: ScanResult, entries: list[Entry]) -> list[dict[str, Any]]:
    """Return how complete the bill is; of what stands behind a service or a hosted model nobody can say."""
    whole = {"aggregate": "incomplete" if not_looked_at(result) else "unknown"}
    hosted = [e.key for e in entries if e.kind in {"service", "hosted model"}]
    return [whole, {"aggregate": "unknown", "assemblies": hosted}] if hosted else [whole]
