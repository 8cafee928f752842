"""Graphs of MXNet (``model-symbol.json``): operators by name, of which ``Custom`` calls a Python class.

Source: MXNet ``Symbol.tojson`` and ``mx.operator.register``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.plain import object_of
from depscan.loading.steps import FOREIGN, KNOWN, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "MXNet graph"

_PYTHON = frozenset({"Custom", "_Native", "_NDArray", "CaffeOp", "CaffeLoss", "_FusedOp", "TorchModule"})
_MOST = 100_000


def looks(file: File) -> bool:
    """Return whether it is JSON with nodes that have operators, and their arguments beside them."""
    if not file.name.endswith(".json") or b'"nodes"' not in file.head:
        return False
    graph = object_of(file)
    nodes = graph.get("nodes")
    return (
        isinstance(nodes, list)
        and bool({"arg_nodes", "heads", "node_row_ptr"} & set(graph))
        and all(isinstance(node, dict) and "op" in node for node in nodes[:8])
    )


def read(file: File, report: Report) -> None:
    """Add every operator that code outside the file must bring."""
    nodes = object_of(file).get("nodes")
    nodes = [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
    for node in nodes[:_MOST]:
        if node.get("op") in _PYTHON:
            attributes: dict[str, object] = next(
                (node[key] for key in ("attrs", "attr", "param") if isinstance(node.get(key), dict)), {}
            )
            kind = str(attributes.get("op_type", ""))[:200]
            why = "calls an operator that Python code of somebody registers"
            report.add(
                Step("load.operator", FOREIGN, "custom-operator", f"{node['op']}({kind!r})", why, kind,
                     does="code.import-dynamic")
            )  # fmt: skip
    if nodes and not report.steps:
        report.add(Step("load.operator", KNOWN, "operators", f"{len(nodes)} operators", "none calls Python"))
