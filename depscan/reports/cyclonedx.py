"""CycloneDX 1.6 JSON: the graph as a bill of materials, with what is known against its parts.

https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.model.finding import Severity
from depscan.reports._json import dump
from depscan.reports._parts import not_looked_at, reason
from depscan.reports.report import Report, View

if TYPE_CHECKING:
    from depscan.model.decision import Decision
    from depscan.model.package import File, Package
    from depscan.model.result import ScanResult

_SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
_ALGORITHMS = {
    "md5": ("MD5", 16), "sha1": ("SHA-1", 20), "sha256": ("SHA-256", 32), "sha384": ("SHA-384", 48),
    "sha512": ("SHA-512", 64), "blake2b": ("BLAKE2b-512", 64),
}  # fmt: skip
_SEVERITIES = {Severity.MALICIOUS: "critical", Severity.UNKNOWN: "unknown"}
_METHODS = (("CVSS:4", "CVSSv4"), ("CVSS:3.1", "CVSSv31"), ("CVSS:3.0", "CVSSv3"), ("AV:", "CVSSv2"))
_URL = re.compile(r"(?:https?|git\+https|git|ssh)://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?(?:#[\w.~&=+-]*)?", re.ASCII)  # fmt: skip  # noqa: E501
"""URLs that every validator of IRI references takes; others stay out: they are the file's own text."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the bill of materials; its serial number is made of its content and not of the time."""
    root, notes = _root(result), _notes(result)
    bom: dict[str, Any] = {
        "components": [_component(key, p, notes) for key, p in sorted(result.graph.nodes.items()) if key != root],
        "dependencies": _dependencies(result),
        "vulnerabilities": _vulnerabilities(result),
        "compositions": [{"aggregate": "incomplete" if not_looked_at(result) else "unknown"}],
    }
    metadata = _metadata(result, root, notes)
    serial = _serial(bom, metadata)
    head = {"$schema": _SCHEMA, "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": serial, "version": 1}
    return dump({**head, "metadata": {"timestamp": result.timestamp, **metadata}, **bom})


def _root(result: ScanResult) -> str:
    """Return the one local root, which the bill is about; "" when there are several or none."""
    roots = [key for key in result.graph.roots if result.graph.nodes[key].source == "local"]
    return roots[0] if len(roots) == 1 else ""


def _notes(result: ScanResult) -> dict[str, list[tuple[str, str]]]:
    """Return subject to (rule, message) of the findings that no advisory stands behind."""
    notes: dict[str, list[tuple[str, str]]] = {}
    for finding in result.findings:
        if not finding.ids:
            notes.setdefault(finding.subject, []).append((finding.rule, finding.message))
    return notes


def _metadata(result: ScanResult, root: str, notes: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
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
    if root:
        made["component"] = _component(root, result.graph.nodes[root], notes) | {"type": "application"}
    made["properties"] = _properties(facts)
    return made


def _properties(facts: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": f"depscan:{name}", "value": value} for name, value in facts if value]


def _component(key: str, package: Package, notes: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "library", "bom-ref": key, "name": package.name}
    if package.version:
        made["version"] = package.version
    if package.ecosystem != "project":
        made["purl"] = key
    hashes = _hashes(package.hashes) if len(package.hashes) == 1 else []
    if hashes:
        made["hashes"] = hashes
    links = [_distribution(f) for f in package.files if _URL.fullmatch(f.url)]
    if package.url and _URL.fullmatch(package.url):
        links.append({"type": "vcs" if package.source == "git" else "distribution", "url": package.url})
    if links:
        made["externalReferences"] = links
    facts = [("ecosystem", package.ecosystem), ("source", package.source), ("registry", package.registry)]
    if package.source != "registry":
        facts += [("url", package.url), ("commit", package.commit)]
    facts += notes.get(key, ())
    made["properties"] = _properties(facts)
    return made


def _distribution(file: File) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "distribution", "url": file.url}
    hashes = _hashes((file.hash,))
    return made | ({"hashes": hashes} if hashes else {})


def _hashes(texts: tuple[str, ...]) -> list[dict[str, str]]:
    """Return ``algorithm:hex`` and ``algorithm-base64`` texts as CycloneDX hashes; unknown ones are left out."""
    found = []
    for text in texts:
        name, _, value = text.partition(":" if ":" in text else "-")
        algorithm, size = _ALGORITHMS.get(name.lower(), ("", 0))
        digits = value if ":" in text else _hex(value)
        if algorithm and re.fullmatch(rf"[0-9a-fA-F]{{{2 * size}}}", digits):
            found.append({"alg": algorithm, "content": digits.lower()})
    return found


def _hex(text: str) -> str:
    import base64
    import binascii

    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def _dependencies(result: ScanResult) -> list[dict[str, Any]]:
    wants: dict[str, set[str]] = {key: set() for key in result.graph.nodes}
    for edge in result.graph.edges:
        if not edge.taken:
            continue
        wants[edge.parent].add(edge.child)
    return [{"ref": key, "dependsOn": sorted(wants[key])} if wants[key] else {"ref": key} for key in sorted(wants)]


def _vulnerabilities(result: ScanResult) -> list[dict[str, Any]]:
    """Return one entry per advisory and decision, with every component it affects."""
    groups: dict[tuple[object, ...], list[Decision]] = {}
    for decision in result.decisions:
        f = decision.finding
        if f.ids:
            key = (f.ids, f.severity, f.vector, f.message, f.fix, decision.action, decision.because)
            groups.setdefault(key, []).append(decision)
    return [_vulnerability(result, group) for group in groups.values()]


def _vulnerability(result: ScanResult, group: list[Decision]) -> dict[str, Any]:
    first = group[0].finding
    rating: dict[str, Any] = {"severity": _SEVERITIES.get(first.severity, first.severity.word)}
    method = next((name for start, name in _METHODS if first.vector.startswith(start)), "")
    if method:
        rating |= {"method": method, "vector": first.vector}
    made: dict[str, Any] = {"id": first.ids[0], "source": {"name": _source(first.ids[0])}}
    if first.ids[1:]:
        made["references"] = [{"id": i, "source": {"name": _source(i)}} for i in first.ids[1:]]
    made |= {"ratings": [rating], "description": first.message, "recommendation": first.fix}
    advisories = [{"url": url} for url in dict.fromkeys(first.references) if _URL.fullmatch(url)]
    if advisories:
        made["advisories"] = advisories
    if _TIME.fullmatch(first.published):
        made["published"] = first.published
    if group[0].action == "allow":
        made["analysis"] = {"detail": reason(group[0])}
    made["affects"] = [_affects(result, d) for d in sorted(group, key=lambda d: d.finding.subject)]
    facts = [("rule", first.rule), ("class", first.klass), ("action", group[0].action)]
    made["properties"] = _properties([*facts, ("because", group[0].because)])
    return made


def _source(advisory: str) -> str:
    """Return the name space of an id, such as GHSA, CVE or PYSEC."""
    return advisory.partition("-")[0] or "unknown"


def _affects(result: ScanResult, decision: Decision) -> dict[str, Any]:
    finding = decision.finding
    package = result.graph.nodes.get(finding.subject)
    made: dict[str, Any] = {"ref": finding.subject}
    if package is not None and package.version:
        status = "unknown" if finding.status == "undecidable" else "affected"
        made["versions"] = [{"version": package.version, "status": status}]
    return made


def _serial(bom: dict[str, Any], metadata: dict[str, Any]) -> str:
    """Return a name-based UUID (RFC 9562 version 8: custom) of everything but the time."""
    import json
    from hashlib import sha256
    from uuid import UUID

    digest = sha256(json.dumps([bom, metadata]).encode()).digest()[:16]
    number = int.from_bytes(digest, "big")
    number = number & ~(0xF << 76) | 8 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    return f"urn:uuid:{UUID(int=number)}"


REPORT = Report("cyclonedx", "CycloneDX 1.6 JSON", "application/vnd.cyclonedx+json", render)
