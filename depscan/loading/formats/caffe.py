"""Caffe: layers of type Python in a network, as text (prototxt) or protobuf (caffemodel). Source: caffe.proto."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.keras.names import of_import
from depscan.loading.protobuf import SPAN, Field, Wire, WireError, shape
from depscan.loading.steps import FOREIGN, KNOWN, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.caffemodel"
TITLE = "Caffe network"

_TEXT = re.compile(rb"^[ \t]*layers?\s*\{", re.MULTILINE)
_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_PYTHON_TEXT = re.compile(
    rf"python_param\s*:?\s*\{{(?P<body>(?:[^{{}}\"']|{_STRING}){{0,4000}})\}}|\btype\s*:\s*[\"']?Python\b",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\b(module|layer|param_str)\s*:\s*(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')")
_LAYER, _TYPE, _PYTHON = 100, 2, 130
_MOST = 64 << 20


def looks(file: File) -> bool:
    """Return whether the file is a network: text with layers, or a NetParameter."""
    if file.name.endswith((".prototxt", ".pt.txt")):
        return bool(_TEXT.search(file.bytes(1 << 20)))
    if file.head[:1] != b"\x0a" and not file.name.endswith(".caffemodel"):
        return False
    wire = Wire(file.source)
    fields = shape(wire)
    if not fields or not all(f.kind == SPAN or f.number in {5, 7} for f in fields):
        return False
    layers = [f for f in fields if f.number == _LAYER]
    try:
        return bool(layers) and all(_layer_like(wire, layer) for layer in layers[:4])
    except WireError:
        return False


def _layer_like(wire: Wire, layer: Field) -> bool:
    kind = next((wire.bytes(f, 100) for f in wire.spans(layer, _TYPE)), b"")
    return kind.isascii() and kind.isalnum()


def read(file: File, report: Report) -> None:
    """Add a step for every layer that imports a Python module."""
    if file.name.endswith(("txt",)):
        _text(file, report)
    else:
        wire = Wire(file.source)
        try:
            for layer in wire.spans(None, _LAYER):
                _layer(wire, layer, report)
        except WireError as error:
            report.gap(f"broken at byte {error.at}: {error}")
    if not report.steps and not report.gaps:
        report.add(Step("load.layout", KNOWN, "layers", "a network of Caffe", "it has no layer of Python"))


def _layer(wire: Wire, layer: Field, report: Report) -> None:
    kind, values = "", {"module": "", "layer": "", "param_str": ""}
    for field in wire.spans(layer, _TYPE, _PYTHON):
        if field.number == _TYPE:
            kind = wire.text(field, 100)
        else:
            kind = "Python"
            names = {1: "module", 2: "layer", 3: "param_str"}
            values |= {names[f.number]: wire.text(f, 2000) for f in wire.spans(field, 1, 2, 3)}
    if kind == "Python":
        _python(values, report, layer.start, 0)


def _text(file: File, report: Report) -> None:
    if file.size > _MOST:
        report.gap("more text than is read")
    text = file.bytes(_MOST).decode("utf-8", "replace")
    for match in _PYTHON_TEXT.finditer(text):
        body = match["body"]
        if body is None and "python_param" in text[match.end() : match.end() + 2000].partition("layer {")[0]:
            continue  # its parameters follow
        values = {name: value[1:-1] for name, value in _VALUE.findall(body or "")}
        _python(values, report, -1, text.count("\n", 0, match.start()) + 1)


def _python(values: dict[str, str], report: Report, at: int, line: int) -> None:
    module, layer = values.get("module", ""), values.get("layer", "")
    judged = of_import(layer, module) if module else None
    report.add(
        Step(
            "load.import",
            judged.verdict if judged else FOREIGN,
            "python-layer",
            f"import {module}; {module}.{layer}(...)",
            "a layer of type Python: Caffe imports the module when it builds the network",
            callee=f"{module}.{layer}",
            values=(values.get("param_str", ""),),
            does="code.import-dynamic",
            package=judged.package if judged else "",
            at=at,
            line=line,
        )
    )
