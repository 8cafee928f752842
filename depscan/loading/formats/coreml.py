"""Core ML: classes and layers that an application must bring.

Source: Model.proto and NeuralNetwork.proto of coremltools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.paths import leaves
from depscan.loading.protobuf import SPAN, VARINT, Field, Wire, WireError, shape
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.mlmodel"
TITLE = "Core ML"

_CUSTOM_MODEL, _LINKED = 555, 556
_NETWORKS, _PIPELINES, _PIPELINE = (303, 403, 500), (200, 201), 202
_CUSTOM_LAYER, _CLASS_NAME = 500, 10
_FIRST_KIND, _LAST_KIND = 200, 3000
_MOST_VERSION = 30
_DEEPEST = 50


def looks(file: File) -> bool:
    """Return whether the file is a Model: a version, a description, and one kind of model."""
    if file.head[:1] != b"\x08":
        return False
    fields = shape(Wire(file.source))
    if not fields:
        return False
    version = next((f.value for f in fields if (f.number, f.kind) == (1, VARINT)), 0)
    kinds = [f for f in fields if _FIRST_KIND <= f.number <= _LAST_KIND and f.kind == SPAN]
    rest = [f for f in fields if f.number not in {1, 2, 10} and f not in kinds]
    return 0 < version <= _MOST_VERSION and bool(kinds) and not rest


def read(file: File, report: Report) -> None:
    """Add a step for every custom model, custom layer and linked model."""
    wire = Wire(file.source)
    try:
        _model(wire, None, report, 0)
    except WireError as error:
        report.gap(f"broken at byte {error.at}: {error}")
    if not report.steps and not report.gaps:
        report.add(Step("load.layout", KNOWN, "layers", "a Core ML model", "it has no custom layer"))


def _model(wire: Wire, model: Field | None, report: Report, depth: int) -> None:
    if depth > _DEEPEST:
        report.add(Step("load.bomb", HOSTILE, "depth", f"models {depth} deep", "deeper than any pipeline"))
        return
    for field in wire.inside(model) if model else wire.fields():
        if field.kind != SPAN:
            continue
        if field.number in _PIPELINES:
            for pipeline in wire.spans(field, 1):
                _pipeline(wire, pipeline, report, depth)
        elif field.number == _PIPELINE:
            _pipeline(wire, field, report, depth)
        else:
            _kind(wire, field, report)


def _kind(wire: Wire, field: Field, report: Report) -> None:
    """Read one kind of model that holds no others."""
    if field.number == _CUSTOM_MODEL:
        _custom(wire, field, report, "custom model")
    elif field.number == _LINKED:
        _linked(wire, field, report)
    elif field.number in _NETWORKS:
        for layer in wire.spans(field, 1):
            for custom in wire.spans(layer, _CUSTOM_LAYER):
                _custom(wire, custom, report, "custom layer")


def _pipeline(wire: Wire, pipeline: Field, report: Report, depth: int) -> None:
    for inner in wire.spans(pipeline, 1):
        _model(wire, inner, report, depth + 1)


def _custom(wire: Wire, field: Field, report: Report, what: str) -> None:
    name = next((wire.text(f, 500) for f in wire.spans(field, _CLASS_NAME)), "")
    why = f"a {what}: code of the application must implement this class"
    report.add(
        Step(
            "load.operator",
            FOREIGN,
            "custom-operator",
            f"{name}(...)",
            why,
            name,
            does="code.load-native",
            at=field.start,
        )
    )


def _linked(wire: Wire, field: Field, report: Report) -> None:
    for linked in wire.spans(field, 1):
        for part in wire.spans(linked, 1, 2):
            for text in wire.spans(part, 1, 2):
                path = wire.text(text, 4096)
                outside = leaves(path)
                why = f"another model is loaded from {outside}" if outside else "another model is loaded with this one"
                verdict = HOSTILE if outside else ODD
                report.add(Step("load.path", verdict, "linked-model", path, why, values=(path,), at=text.start))
