"""SARIF 2.1.0 for code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.model.finding import Severity, fingerprint
from depscan.reports._json import dump
from depscan.reports._parts import FILE_KINDS, package_name, reason, reported_path, severity_word, uri
from depscan.reports.report import Report, View
from depscan.text.escape import markdown, visible

if TYPE_CHECKING:
    from depscan.model.decision import Coverage, Decision
    from depscan.model.location import Location
    from depscan.model.result import ScanResult
    from depscan.model.rule import Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SCORES = {
    Severity.MALICIOUS: "10.0",
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.UNKNOWN: "0.0",
}
"""A number inside the band of each word: code-scanning hosts sort by it."""

_TEXT = 1000
_FINGERPRINT = "depscanFinding/v1"


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return one run."""
    ids = sorted({*result.rules, *(f.rule for f in result.findings)})
    driver = {
        "name": "depscan",
        "version": result.tool_version,
        "semanticVersion": result.tool_version,
        "rules": [_rule(i, result.rules.get(i)) for i in ids],
    }
    index = {rule: i for i, rule in enumerate(ids)}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(result)],
        "results": [_result(result, d, index[d.finding.rule]) for d in result.decisions],
        "properties": {"verdict": result.verdict},
    }
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _plain(text: str, limit: int = _TEXT) -> str:
    r"""Return hostile text for a message: brackets would make embedded links (section 3.11.6)."""
    text = visible(text, limit).replace("\\", "\\\\")
    return text.replace("[", "\\[").replace("]", "\\]")


def _level(severity: Severity) -> str:
    if severity >= Severity.HIGH:
        return "error"
    return "warning" if severity is Severity.MEDIUM else "note"


def _rule(rule_id: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": rule_id}
    parts = (("What", rule.what), ("Why", rule.why), ("Fix", rule.fix), ("False positives", rule.false_positives))
    return {
        "id": rule_id,
        "name": rule_id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.what},
        "help": {
            "text": "\n\n".join(f"{head}: {text}" for head, text in parts),
            "markdown": "\n\n".join(f"**{head}.** {markdown(text)}" for head, text in parts),
        },
        "defaultConfiguration": {"level": _level(rule.severity)},
        "properties": {
            "tags": ["security", "supply-chain", rule.klass],
            "security-severity": _SCORES[rule.severity],
        },
    }


def _result(result: ScanResult, decision: Decision, index: int) -> dict[str, Any]:
    finding = decision.finding
    name = package_name(result, finding.subject)
    text = f"{name}: {finding.message}"
    if finding.ids:
        text += f" ({', '.join(finding.ids)})"
    if finding.fix:
        text += f" Fix: {finding.fix}"
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _level(finding.severity),
        "message": {"text": _plain(text)},
        "locations": [_location(finding.primary, finding.subject)] if finding.evidence else [],
        "partialFingerprints": {_FINGERPRINT: fingerprint(finding)},
        "properties": {
            "severity": severity_word(finding),
            "confidence": finding.confidence.word,
            "subject": finding.subject,
            "ids": list(finding.ids),
            "action": decision.action,
            "because": decision.because,
            "fixedVersion": finding.fixed_version,
            "security-severity": _SCORES[finding.severity],
        },
    }
    related = [e.location for e in finding.evidence[1:]]
    if related:
        made["relatedLocations"] = [_location(p, finding.subject) | {"id": i} for i, p in enumerate(related, 1)]
    if decision.action == "allow":
        justification = visible(reason(decision), _TEXT)
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return made


def _location(place: Location, subject: str = "") -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(reported_path(place))}}
    if place.line and not place.container:
        physical["region"] = {"startLine": place.line}
        if place.text:
            physical["region"]["snippet"] = {"text": visible(place.text, _TEXT)}
    elif place.offset >= 0 and not place.container:
        physical["region"] = {"byteOffset": place.offset}
    made: dict[str, Any] = {"physicalLocation": physical}
    inner = " > ".join((*place.container, place.path)) if place.container else subject
    if inner:
        made["logicalLocations"] = [{"fullyQualifiedName": visible(inner, _TEXT), "kind": "module"}]
    return made


def _invocation(result: ScanResult) -> dict[str, Any]:
    missing = [c for c in result.coverage if c.status != "done"]
    return {
        "executionSuccessful": not any(c.needed for c in missing),
        "exitCode": result.exit_code,
        "endTimeUtc": result.timestamp,
        "toolConfigurationNotifications": [_notification(c) for c in missing],
    }


def _notification(item: Coverage) -> dict[str, Any]:
    made: dict[str, Any] = {
        "descriptor": {"id": f"coverage/{item.kind}"},
        "level": "error" if item.needed else "warning" if item.status == "failed" else "note",
        "message": {"text": _plain(f"{item.what}: {item.why}")},
    }
    if item.kind in FILE_KINDS and item.what:
        physical: dict[str, Any] = {"artifactLocation": {"uri": uri(item.what)}}
        if item.line:
            physical["region"] = {"startLine": item.line}
        made["locations"] = [{"physicalLocation": physical}]
    return made


REPORT = Report("sarif", "SARIF 2.1.0", "application/sarif+json", render)
