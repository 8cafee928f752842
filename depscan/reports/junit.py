"""JUnit XML: the test report every CI server can show. A blocked finding is a failure.

There is no standard; element and attribute names follow the schema of Apache Ant's JUnit task as the
servers read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.reports._parts import counted, data_note, not_looked_at, package_name, reason, severity_word
from depscan.reports.report import Report, View
from depscan.text.escape import xml

if TYPE_CHECKING:
    from depscan.model.decision import Coverage, Decision
    from depscan.model.result import ScanResult

_TEXT = 2000


def render(result: ScanResult, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return one suite: a case per file read, per finding and per gap."""
    cases = [
        _case("depscan.file", f.path, f"read: {counted(f.packages, 'package')}", "system-out") for f in result.files
    ]
    cases += [_finding(result, d) for d in result.decisions]
    gaps = not_looked_at(result)
    cases += [_gap(c) for c in gaps]
    failures = sum(d.action == "block" for d in result.decisions)
    errors = sum(c.needed for c in gaps)
    skipped = sum(d.action == "allow" for d in result.decisions) + len(gaps) - errors
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
    properties = {"version": result.tool_version, "verdict": result.verdict, "data": data_note(result)}
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="depscan" {counts}>',
        f'  <testsuite name="depscan" {counts} skipped="{skipped}" timestamp="{xml(result.timestamp)}">',
        "    <properties>",
        *(f'      <property name="{name}" value="{xml(value)}"/>' for name, value in properties.items()),
        "    </properties>",
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _finding(result: ScanResult, decision: Decision) -> str:
    finding = decision.finding
    ident = finding.ids[0] if finding.ids else finding.rule
    name = f"{package_name(result, finding.subject)}: {ident}"
    classname = "depscan." + finding.rule.replace("/", ".")
    place = finding.primary
    where = place.shown
    facts = (
        ("severity", severity_word(finding)),
        ("ids", ", ".join(finding.ids)),
        ("where", " > ".join((*place.container, where))),
        ("why", " -> ".join(package_name(result, key) for key in finding.via[0]) if finding.via else ""),
        ("fix", finding.fix),
        (decision.action, reason(decision)),
    )
    body = [finding.message, *(f"{key}: {value}" for key, value in facts if value)]
    if decision.action == "block":
        return _case(classname, name, finding.message, "failure", body, finding.rule)
    if decision.action == "allow":
        return _case(classname, name, reason(decision), "skipped")
    return _case(classname, name, "", "system-out", body)


def _gap(item: Coverage) -> str:
    where = f"{item.what}:{item.line}" if item.line else item.what
    name = "error" if item.needed else "skipped"
    return _case(f"depscan.coverage.{item.kind}", where, item.why, name, kind=item.status if item.needed else "")


def _case(classname: str, name: str, message: str, inner: str, body: list[str] | None = None, kind: str = "") -> str:
    head = f'    <testcase classname="{xml(classname)}" name="{xml(name, 300)}">'
    text = "\n".join(xml(line, _TEXT) for line in body or ())
    if inner == "system-out":
        child = f"<system-out>{text or xml(message, _TEXT)}</system-out>"
    else:
        typed = f' type="{xml(kind)}"' if kind else ""
        opening = f'<{inner} message="{xml(message, _TEXT)}"{typed}'
        child = f"{opening}>{text}</{inner}>" if text else f"{opening}/>"
    return f"{head}\n      {child}\n    </testcase>"


REPORT = Report("junit", "JUnit XML", "application/xml", render)
