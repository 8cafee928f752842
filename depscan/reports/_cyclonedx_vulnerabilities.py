"""Advisories against parts of the bill, with what was decided (https://cyclonedx.org/docs/1.7/json/#vulnerabilities)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.model.finding import Severity
from depscan.reports._cyclonedx_facts import is_url, properties
from depscan.reports._parts import reason

if TYPE_CHECKING:
    from depscan.model.decision import Decision
    from depscan.model.result import ScanResult

_SEVERITIES = {Severity.MALICIOUS: "critical", Severity.UNKNOWN: "unknown"}
_METHODS = (("CVSS:4", "CVSSv4"), ("CVSS:3.1", "CVSSv31"), ("CVSS:3.0", "CVSSv3"), ("AV:", "CVSSv2"))
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def vulnerabilities(result: ScanResult) -> list[dict[str, Any]]:
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
    advisories = [{"url": url} for url in dict.fromkeys(first.references) if is_url(url)]
    if advisories:
        made["advisories"] = advisories
    if _TIME.fullmatch(first.published):
        made["published"] = first.published
    if group[0].action == "allow":
        made["analysis"] = {"detail": reason(group[0])}
    made["affects"] = [_affects(result, d) for d in sorted(group, key=lambda d: d.finding.subject)]
    facts = [("rule", first.rule), ("class", first.klass), ("action", group[0].action)]
    made["properties"] = properties([*facts, ("because", group[0].because)])
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
