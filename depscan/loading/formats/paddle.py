"""PaddlePaddle: operators of a program. Source: framework.proto of Paddle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.paths import leaves
from depscan.loading.protobuf import SPAN, VARINT, Field, Wire, WireError, shape
from depscan.loading.steps import HOSTILE, KNOWN, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.pdmodel"
TITLE = "PaddlePaddle program"

_BLOCK, _OPERATORS, _TYPE, _ATTRIBUTES = 1, 4, 3, 4
_PYTHON = frozenset({"py_func", "py_layer", "pyfunc", "run_program_py"})
_FILES = frozenset({"save", "load", "save_combine", "load_combine", "read_file", "load_lib", "c_gen_nccl_id"})


def looks(file: File) -> bool:
    """Return whether the file is a ProgramDesc: blocks that start with their number."""
    if file.head[:1] not in {b"\x0a", b"\x22"}:
        return False
    wire = Wire(file.source)
    fields = shape(wire)
    if not fields or not all((f.number, f.kind) in {(1, SPAN), (4, SPAN), (5, SPAN)} for f in fields):
        return False
    block = next((f for f in fields if f.number == _BLOCK), None)
    try:
        inner = [(f.number, f.kind) for f in wire.inside(block)] if block else []
    except WireError:
        return False
    whole = (2, VARINT) in inner or file.name.endswith(".pdmodel")
    return inner[:1] == [(1, VARINT)] and whole and all(number <= 5 for number, _ in inner)  # noqa: PLR2004


def read(file: File, report: Report) -> None:
    """Add a step for every operator that calls Python or touches a file outside the model."""
    wire = Wire(file.source)
    count = 0
    try:
        for block in wire.spans(None, _BLOCK):
            for operator in wire.spans(block, _OPERATORS):
                count += 1
                _operator(wire, operator, report)
    except WireError as error:
        report.gap(f"broken at byte {error.at}: {error}")
    if count and not report.steps:
        report.add(Step("load.operator", KNOWN, "operators", f"{count} operators", "none calls Python or names a file"))


def _operator(wire: Wire, operator: Field, report: Report) -> None:
    kind = next((wire.text(f, 200) for f in wire.spans(operator, _TYPE)), "")
    if kind in _PYTHON:
        why = "calls a Python function of the process that loads the model"
        report.add(
            Step("load.operator", HOSTILE, "operator", f"{kind}(...)", why, kind, does="code.eval", at=operator.start)
        )
    elif kind in _FILES:
        for attribute in wire.spans(operator, _ATTRIBUTES):
            for value in wire.spans(attribute, 5):
                path = wire.text(value, 4096)
                outside = leaves(path)
                if outside:
                    text = f"{kind}({path!r})"
                    why = f"reads or writes {outside}"
                    report.add(
                        Step("load.path", HOSTILE, "graph-path", text, why, kind, (path,), "file.write", at=value.start)
                    )
