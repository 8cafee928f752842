"""CNTK: native and Python functions of users in a model. Source: CNTK's Serialization and CompositeFunction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.protobuf import Wire, shape
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "420043004e00 *"
NAMES = "*.cntk"
TITLE = "CNTK model"

_OLD = "BCN".encode("utf-16-le")
_ENDING = re.compile(r"\.(?:so(?:\.\d{1,4}){0,3}|dll|dylib)\b", re.ASCII)
_STEM = re.compile(r"[\w./\\:~-]*", re.ASCII)
_LONGEST = 300
_USER = re.compile(
    r"NativeUserFunction|native_user_function|UserFunction|load_library|LoadLibrary|user_function_op", re.ASCII
)
_PYTHON = re.compile(r"\bpython_module|\bdeserialize_method|pickle", re.ASCII)
_MARKS = (b"CompositeFunction", b"PrimitiveFunction", b"primitive_functions")
_PIECE, _OVER = 1 << 20, 1024
_MOST = 1 << 30


def looks(file: File) -> bool:
    """Return whether the file is a model of CNTK 1 by its start, or of CNTK 2 by its shape and names."""
    if file.head.startswith(_OLD):
        return True
    if not file.name.endswith((".dnn", ".model", ".cntk", ".cntkmodel")):
        return False
    return bool(shape(Wire(file.source))) and any(mark in file.bytes(_PIECE) for mark in _MARKS)


def read(file: File, report: Report) -> None:
    """Add a step for every library and user function that the model names."""
    at, end = 0, min(file.size, _MOST)
    while at < end and not report.meter.late:
        data = file.source.at(at, _PIECE + _OVER)
        for text in (data.decode("latin-1"), data.replace(b"\0", b"").decode("latin-1")):
            _text(text, report, at)
        at += _PIECE
    if report.meter.late or file.size > _MOST:
        report.gap("more bytes than are read")
    if not report.steps:
        report.add(Step("load.layout", KNOWN, "functions", "a model of CNTK", "it names no function of a user"))


def _text(text: str, report: Report, at: int) -> None:
    user = _USER.search(text)
    for match in _ENDING.finditer(text) if user else ():
        before = text[max(match.start() - _LONGEST, 0) : match.start()]
        name = before[len(before) - _stem(before) :] + match[0]
        why = "a function of a user: CNTK loads this native library with the model"
        report.add(Step("load.native", HOSTILE, "library", name, why, values=(name,), does="code.load-native", at=at))
    if user:
        why = "a function that code of a user must bring"
        verdict = HOSTILE if _PYTHON.search(text) else FOREIGN
        report.add(Step("load.operator", verdict, "custom-operator", user[0], why, does="code.import-dynamic", at=at))


def _stem(before: str) -> int:
    """Return how many characters at the end of a text may be of a path."""
    found = _STEM.match(before[::-1])
    return found.end() if found else 0
