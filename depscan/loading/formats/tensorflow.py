"""TensorFlow: SavedModel, MetaGraph and frozen graphs, as protobuf or as its text form.

Format: saved_model.proto, meta_graph.proto and saved_object_graph.proto of TensorFlow, read by wire format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.graphdef import Graphs
from depscan.loading.paths import leaves
from depscan.loading.protobuf import SPAN, VARINT, Field, Wire, WireError, shape
from depscan.loading.steps import HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "saved_model.pb saved_model.pbtxt"
TITLE = "TensorFlow graph"

_GRAPH = {1: SPAN, 2: SPAN, 3: VARINT, 4: SPAN, 5: SPAN}
_NAME = re.compile(rb"[A-Za-z0-9.^][A-Za-z0-9_>./\\^-]{0,400}\Z")
_OPERATOR = re.compile(rb"[A-Za-z_][A-Za-z0-9_>]{0,200}\Z")
_TEXT_START = re.compile(
    rb"(?>(?:\s+|#[^\n]*\n)*)(?:saved_model_schema_version\s*:|(?:meta_graphs|node|meta_info_def)\s*:?\s*[{<])"
)
_TEXT_OPERATOR = re.compile(rb'\bop\s*:(?>(?:\s+|#[^\n]*\n)*)["\']([^"\'\n]{0,500})["\']')
_TEXT_FUNCTION = re.compile(rb'\bsignature\s*\{\s*name\s*:\s*["\']([^"\'\n]{0,500})["\']')
_MOST_TEXT = 256 << 20
_MOST_BEFORE = 100_000
_SAVED, _META, _PLAIN = "SavedModel", "MetaGraph", "GraphDef"


def looks(file: File) -> bool:
    """Return whether the file is a SavedModel, a MetaGraph or a GraphDef with at least one node."""
    if _TEXT_START.match(file.head) and b"op" in file.bytes(1 << 16):
        return file.name.endswith((".pbtxt", ".pb.txt", ".prototxt")) and bool(
            _TEXT_OPERATOR.search(file.bytes(1 << 20))
        )
    loose = file.name.endswith((".pb", ".meta"))
    return bool(_kind(Wire(file.source), trusted=file.name == "saved_model.pb", loose=loose))


def read(file: File, report: Report) -> None:
    """Add a step for every operator that acts or is not TensorFlow's, and for paths that leave the folder."""
    wire = Wire(file.source)
    graphs = Graphs(wire, report)
    if _TEXT_START.match(file.head):
        _read_text(file, graphs)
        graphs.done()
        return
    kind = _kind(wire, trusted=file.name == "saved_model.pb", loose=True)
    report.about["kind"] = kind
    try:
        if kind == _SAVED:
            for meta in wire.spans(None, 2):
                _meta(meta, graphs, file)
        elif kind == _META:
            _meta(Field(2, SPAN, 0, 0, wire.size), graphs, file)
        else:
            graphs.graph(None)
    except WireError as error:
        report.gap(f"broken at byte {error.at}: {error}")
    graphs.done()


def _kind(wire: Wire, *, trusted: bool, loose: bool) -> str:
    """Return which message it is; "" for none.

    Args:
        wire: the file.
        trusted: it is named like a SavedModel.
        loose: it is named like a graph: fields that the message does not have are passed over, as parsers do.
    """
    fields = shape(wire, _MOST_BEFORE if loose else 64)
    if not fields:
        return ""
    try:
        metas = [f for f in fields if (f.number, f.kind) == (2, SPAN)]
        if trusted and any(_has_graph(wire, meta) for meta in metas):
            return _SAVED
        alone = metas and all((f.number, f.kind) in {(1, VARINT), (2, SPAN)} for f in fields)
        if alone and (trusted or any(_has_graph(wire, meta) for meta in metas)):
            return _SAVED
        if _graph_like(wire, fields, loose=loose):
            return _PLAIN
        if _has_graph(wire, None):
            return _META
    except WireError:
        return _SAVED if trusted else ""
    return ""


def _has_graph(wire: Wire, meta: Field | None) -> bool:
    """Return whether a MetaGraphDef has a graph with a node."""
    for count, field in enumerate(wire.inside(meta) if meta else wire.fields()):
        if field.kind != SPAN or field.number > 7:  # noqa: PLR2004 - MetaGraphDef.object_graph_def
            return False
        if field.number == 2:  # noqa: PLR2004 - MetaGraphDef.graph_def
            first = []
            for inner in wire.inside(field):
                first.append(inner)
                if len(first) > 8:  # noqa: PLR2004 - enough to know
                    break
            return _graph_like(wire, first, loose=False)
        if count > 8:  # noqa: PLR2004 - it stands near the front
            return False
    return False


def _graph_like(wire: Wire, fields: list[Field], *, loose: bool) -> bool:
    if loose:
        fields = [f for f in fields if f.number in _GRAPH]
        return any(f.number == 1 and f.kind == SPAN and _node_like(wire, f) for f in fields[:1000])
    if not all(_GRAPH.get(f.number) == f.kind for f in fields):
        return False
    nodes = [f for f in fields if f.number == 1]
    return bool(nodes) and all(_node_like(wire, node) for node in nodes[:4])


def _node_like(wire: Wire, node: Field) -> bool:
    name = operator = b""
    for field in wire.inside(node):
        if field.kind != SPAN or field.number > 7:  # noqa: PLR2004 - NodeDef.experimental_type
            return False
        if field.number == 1:
            name = wire.bytes(field, 500)
        elif field.number == 2:  # noqa: PLR2004 - NodeDef.op
            operator = wire.bytes(field, 500)
    return bool(_NAME.match(name) and _OPERATOR.match(operator))


def _meta(meta: Field, graphs: Graphs, file: File) -> None:
    wire, report = graphs.wire, graphs.report
    fields = [f for f in wire.inside(meta) if f.kind == SPAN]
    for field in fields:
        if field.number == 6:  # noqa: PLR2004 - MetaGraphDef.asset_file_def
            for name in wire.spans(field, 2):
                _asset(wire.text(name, 4096), name.start, graphs, file)
    for field in fields:
        if field.number == 2:  # noqa: PLR2004 - MetaGraphDef.graph_def
            graphs.graph(field)
        elif field.number == 7:  # noqa: PLR2004 - MetaGraphDef.object_graph_def
            for node in wire.spans(field, 1):
                for user in wire.spans(node, 4):
                    for text in wire.spans(user, 3):
                        _keras(wire.bytes(text, 16 << 20), text.start, report)


def _asset(name: str, at: int, graphs: Graphs, file: File) -> None:
    graphs.assets.add(name.replace("\\", "/").rpartition("/")[2])
    why = leaves(name)
    if why:
        graphs.report.add(
            Step(
                "load.path",
                HOSTILE,
                "asset-path",
                f"assets/{name}",
                f"an asset is read from {why}",
                values=(name,),
                does="file.read",
                at=at,
            )
        )
    elif file.beside and file.name == "saved_model.pb" and file.sibling(f"assets/{name}") is None:
        why = "an asset of the model that is not beside it"
        graphs.report.add(Step("load.layout", ODD, "asset-missing", f"assets/{name}", why, at=at))


def _keras(data: bytes, at: int, report: Report) -> None:
    if data.lstrip()[:1] == b"{":
        from depscan.loading.keras.config import read_text

        read_text(data, report, at=at, revived=True)


def _read_text(file: File, graphs: Graphs) -> None:
    if file.size > _MOST_TEXT:
        graphs.report.gap(f"{file.size} bytes of text are more than is read")
    data = file.bytes(_MOST_TEXT)
    local = {match[1] for match in _TEXT_FUNCTION.finditer(data)}
    for match in _TEXT_OPERATOR.finditer(data):
        if match[1] not in local:
            graphs.operator(match[1].decode("utf-8", "replace"), match.start())
