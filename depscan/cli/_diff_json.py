"""A difference for programs: the json report of the new findings, with the changes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.cli import _diff_parts as parts
from depscan.cli._compare_formats import as_json
from depscan.reports import json as scan_report
from depscan.reports._json import dump

if TYPE_CHECKING:
    from depscan.difference import Change, Difference
    from depscan.model.package import Package
    from depscan.reports.report import View


def render(made: Difference, view: View) -> str:  # noqa: ARG001 - the common signature
    """Return the report as JSON; see docs/reference/json.md."""
    return dump(document(made))


def document(made: Difference) -> dict[str, Any]:
    """Return the report as plain values."""
    return scan_report.document(made.result) | {
        "kind": "diff",
        "base": made.base,
        "head": made.head,
        "changes": [_change(made, change) for change in made.changes],
        "advisories": {
            "fixed": [{"subject": f.subject, "ids": list(f.ids), "rule": f.rule} for f in made.fixed],
            "introduced": [{"subject": f.subject, "ids": list(f.ids), "rule": f.rule} for f in made.introduced],
        },
        "releases": [
            {"subject": key, **as_json(diff)} for key, diffs in sorted(made.releases.items()) for diff in diffs
        ],
        "known": {"findings": made.known, "not_looked_at": made.known_gaps},
    }


def _change(made: Difference, change: Change) -> dict[str, Any]:
    place = parts.place(made, change)
    return {
        "kind": change.kind,
        "moved": change.moved,
        "ecosystem": change.package.ecosystem,
        "name": change.package.name,
        "before": _package(change.before, change.old),
        "after": _package(change.after, change.new),
        "action": parts.action_of(made, change),
        "path": place.path,
        "line": place.line,
    }


def _package(key: str, package: Package | None) -> dict[str, Any] | None:
    if package is None:
        return None
    return {
        "purl": key,
        "version": package.version,
        "source": package.source,
        "registry": package.registry,
        "url": package.url,
        "commit": package.commit,
        "hashes": list(package.hashes),
    }
