"""Documents of pipelines and images, made from text as the inputs read them."""

from __future__ import annotations

from depscan.checks.check import Check
from depscan.inputs.discover import by_id
from depscan.model.document import Document
from depscan.model.finding import Finding
from depscan.text.source import SourceFile
from tests.unit.checks.facts import context, outcome


def read(format_id: str, text: str) -> Document:
    return by_id(format_id).parse(SourceFile(format_id, text.encode()))


def workflow(*steps: str, on: str = "push", more: str = "") -> Document:
    lines = "\n".join(f"      - {step}" for step in steps)
    return read("github-workflow", f"on: {on}\n{more}jobs:\n  a:\n    steps:\n{lines}\n")


def found(check: Check, *documents: Document) -> list[Finding]:
    findings, coverage = outcome(check, context(*documents))
    assert coverage == []
    return findings


def said(check: Check, *documents: Document) -> list[tuple[str, str, int]]:
    """Return rule, severity and line of each finding."""
    return [(f.rule, f.severity.word, f.primary.line) for f in found(check, *documents)]
