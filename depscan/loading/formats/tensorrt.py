"""TensorRT engines: compiled code for a graphics processor, which nobody can read here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.steps import HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "70747274 66747274"
NAMES = "*.trt"
TITLE = "TensorRT engine"

_LIBRARY = re.compile(
    rb"\x7fELF[\x01\x02][\x01\x02]\x01|MZ.{58}[\x40-\xff]\x00\x00\x00|/[\w./-]{1,200}\.so\b", re.DOTALL
)
_PIECE = 1 << 20
_MOST = 256 << 20


def looks(file: File) -> bool:
    """Return whether the file starts as an engine does."""
    return file.head[:4] in {b"ptrt", b"ftrt"}


def read(file: File, report: Report) -> None:
    """Say that it is compiled code; a library inside it is loaded with the engine."""
    why = "compiled kernels that run as they are; build the engine from ONNX on the machine that runs it"
    report.add(Step("load.native", ODD, "compiled", "a TensorRT engine", why, does="code.load-native"))
    for at in range(0, min(file.size, _MOST), _PIECE):
        match = _LIBRARY.search(file.source.at(at, _PIECE + 256))
        if match:
            text = "a native library inside the engine"
            reason = "a plugin library that deserializing the engine loads"
            report.add(
                Step("load.native", HOSTILE, "library", text, reason, does="code.load-native", at=at + match.start())
            )
            return
