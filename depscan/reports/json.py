"""The report for programs; its shape is fixed by ``schema/depscan-1.json`` and only ever extended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from depscan.model.finding import fingerprint
from depscan.reports._json import dump
from depscan.reports.report import Report, View

if TYPE_CHECKING:
    from depscan.model.decision import Coverage, Decision, Waiver
    from depscan.model.modelfile import ModelFile
    from depscan.model.result import ScanResult

SCHEMA_VERSION = 1


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the report as JSON."""
    return dump(document(result))


def document(result: ScanResult) -> dict[str, Any]:
    """Return the report as plain values."""
    info = result.snapshot
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "depscan", "version": result.tool_version},
        "timestamp": result.timestamp,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "summary": _summary(result),
        "findings": [_finding(result, d) for d in result.decisions],
        "coverage": [_coverage(c) for c in result.coverage],
        "files": [f._asdict() for f in result.files],
        "models": [_model(m) for m in result.models],
        "uses": [u._asdict() | {"facts": dict(u.facts)} for u in result.uses],
        "snapshot": None if info is None else info._asdict() | {"counts": dict(sorted(info.counts.items()))},
    }


def _summary(result: ScanResult) -> dict[str, Any]:
    actions = Counter(d.action for d in result.decisions)
    return {
        "files": len(result.files),
        "packages": sum(f.packages for f in result.files),
        "findings": len(result.decisions),
        "blocked": actions["block"],
        "warned": actions["warn"],
        "allowed": actions["allow"],
        "undecidable": sum(f.status == "undecidable" for f in result.findings),
        "not_looked_at": sum(c.status != "done" for c in result.coverage),
        "by_class": dict(sorted(Counter(f.klass for f in result.findings).items())),
        "by_severity": dict(sorted(Counter(f.severity.word for f in result.findings).items())),
    }


def _finding(result: ScanResult, decision: Decision) -> dict[str, Any]:
    finding = decision.finding
    package = result.graph.nodes.get(finding.subject)
    return {
        "rule": finding.rule,
        "class": finding.klass,
        "severity": finding.severity.word,
        "confidence": finding.confidence.word,
        "subject": finding.subject,
        "package": package
        and {
            "ecosystem": package.ecosystem,
            "name": package.name,
            "version": package.version,
            "source": package.source,
        },
        "ids": list(finding.ids),
        "status": finding.status,
        "message": finding.message,
        "evidence": [
            {
                "path": e.location.path,
                "container": list(e.location.container),
                "line": e.location.line,
                **({"offset": e.location.offset} if e.location.offset >= 0 else {}),
                "text": e.location.text,
                "role": e.role,
            }
            for e in finding.evidence
        ],
        "action": decision.action,
        "because": decision.because,
        "exception": decision.waiver and _waiver(decision.waiver),
        "fix": finding.fix,
        "fixed_version": finding.fixed_version,
        "fits": finding.fits,
        "via": [list(path) for path in finding.via],
        "references": list(finding.references),
        "vector": finding.vector,
        "published": finding.published,
        "fingerprint": fingerprint(finding),
    }


def _model(model: ModelFile) -> dict[str, Any]:
    keys = ("place", "text", "verdict", "why")
    return model._asdict() | {
        "container": list(model.container),
        "needs": list(model.needs),
        "about": dict(model.about),
        "program": [dict(zip(keys, step, strict=True)) for step in model.program],
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return waiver._asdict()


def _coverage(item: Coverage) -> dict[str, Any]:
    return item._asdict()


REPORT = Report("json", "JSON", "application/json", render)
