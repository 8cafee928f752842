"""ONNX Runtime's own format (.ort): a flatbuffer of the same graph.

Source: onnxruntime/core/flatbuffers/schema/ort.fbs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.flatbuffer import Flatbuffer
from depscan.loading.steps import HOSTILE, KNOWN, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.formats.onnx import Reader
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.ort"
TITLE = "ONNX Runtime model"

_SESSION_MODEL, _MODEL_GRAPH, _GRAPH_NODES = 1, 7, 2
_DOMAIN, _OPERATOR, _ATTRIBUTES = 2, 5, 10
_GRAPH, _GRAPHS = 7, 12
_DEEPEST = 40


def looks(file: File) -> bool:
    """Return whether the identifier of the schema stands at offset 4."""
    return file.head[4:8] == b"ORTM"


def read(file: File, report: Report) -> None:
    """Add a step for every operator that the runtime does not bring itself."""
    from depscan.loading.formats.onnx import Reader

    buffer = Flatbuffer(file.source)
    reader = Reader(file, report)
    try:
        model = _table(buffer, buffer.root(), _SESSION_MODEL)
        graph = _table(buffer, model, _MODEL_GRAPH) if model else 0
        if graph:
            _graph(buffer, graph, reader, 0)
    except ValueError as error:
        report.gap(f"no graph behind the identifier: {error}")
    report.about["operators"] = str(reader.operators)
    if reader.operators and not report.steps:
        report.add(Step("load.operator", KNOWN, "operators", f"{reader.operators} operators", "all are ONNX's own"))


def _table(buffer: Flatbuffer, table: int, index: int) -> int:
    at = buffer.field(table, index)
    return buffer.follow(at) if at else 0


def _graph(buffer: Flatbuffer, graph: int, reader: Reader, depth: int) -> None:
    if depth > _DEEPEST:
        why = "graphs in graphs, deeper than any exporter writes"
        reader.report.add(Step("load.bomb", HOSTILE, "depth", f"graphs {depth} deep", why, at=graph))
        return
    for node in buffer.tables(graph, _GRAPH_NODES):
        if reader.report.meter.late:
            raise ValueError("the time for this file is used up")
        reader.operators += 1
        pair = (buffer.text(node, _DOMAIN), buffer.text(node, _OPERATOR))
        if pair not in reader.seen:
            reader.seen.add(pair)
            reader.operator(*pair, node)
        for attribute in buffer.tables(node, _ATTRIBUTES):
            inner = _table(buffer, attribute, _GRAPH)
            for one in ((inner,) if inner else ()), buffer.tables(attribute, _GRAPHS):
                for held in one:
                    _graph(buffer, held, reader, depth + 1)
