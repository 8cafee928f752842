"""A baseline: an earlier JSON report. What it holds is known and stays accepted; what is new is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import InputError, PolicyError
from depscan.model.finding import Severity, fingerprint
from depscan.text.load import load_json
from depscan.text.shape import required, string, table, tables
from depscan.text.source import read_source

if TYPE_CHECKING:
    from depscan.model.finding import Finding

_VERSION = 1


class Known(NamedTuple):
    """What the earlier report said about a finding; the worst where it said several things."""

    decided: bool
    severity: Severity


class Baseline(NamedTuple):
    """The findings of an earlier report, by fingerprint."""

    path: str
    findings: dict[str, Known]

    def knows(self, finding: Finding) -> bool:
        """Return whether the earlier report held this finding, as certain and as hostile as it is now.

        What was undecidable and is now affected is news, and so is a package found to be malicious.
        """
        held = self.findings.get(fingerprint(finding))
        if held is None:
            return False
        escalated = finding.severity is Severity.MALICIOUS and held.severity < Severity.MALICIOUS
        return not escalated and (held.decided or finding.status == "undecidable")


def load_baseline(path: str) -> Baseline | None:
    """Return the findings of a depscan JSON report; None for the path "".

    Raises:
        PolicyError: unreadable, not JSON, or not a depscan report of a known schema version.
    """
    if not path:
        return None
    try:
        source = read_source(path)
        report = table(load_json(source), "the report")
        version = report.get("schema_version")
        if version != _VERSION or isinstance(version, bool) or "findings" not in report:
            hint = "write one with depscan --format json -o FILE"
            raise source.error(f"not a depscan JSON report of schema version {_VERSION}", hint=hint)
        found: dict[str, Known] = {}
        for row in tables(report["findings"], "findings"):
            key, known = required(row.get("fingerprint"), "fingerprint of a finding"), _known(row)
            before = found.get(key, known)
            found[key] = Known(before.decided or known.decided, max(before.severity, known.severity))
    except InputError as error:
        raise PolicyError(error.message, path=error.path or path, line=error.line, hint=error.hint) from None
    return Baseline(path, found)


def _known(row: dict[str, Any]) -> Known:
    word = string(row.get("severity"), "severity of a finding").upper()
    if word not in Severity.__members__:
        raise InputError(f"severity {word[:40]!r} of a finding is not known")
    return Known(string(row.get("status"), "status of a finding") != "undecidable", Severity[word])
