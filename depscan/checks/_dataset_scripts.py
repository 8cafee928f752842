"""How loud a data set's script is depends on the version of datasets that the project pins.

Source: release notes of datasets 2.20.0 (scripts only with trust_remote_code) and 4.0.0 (scripts removed).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.model.graphview import GraphView

RULE = "model/dataset-script"


def script_verdict(graph: GraphView, verdict: str) -> str:
    """Return the verdict of the rule for a project: note where scripts no longer run, unsafe where they run unasked.

    Args:
        graph: of the scan.
        verdict: of the rule as written, which holds where no version is pinned or several are.
    """
    from packaging.version import InvalidVersion, Version

    pinned = {p.version for p in graph.nodes.values() if (p.ecosystem, p.name) == ("PyPI", "datasets") and p.version}
    if len(pinned) != 1:
        return verdict
    try:
        version = Version(pinned.pop())
    except InvalidVersion:
        return verdict
    if version >= Version("4.0"):
        return "note"
    return "unsafe" if version < Version("2.20") else verdict
