"""Settings of model servers that name code: TorchServe's MANIFEST.json and Triton's config.pbtxt.

Sources: torch-model-archiver's manifest; Triton's Python back end, which runs ``<version>/model.py``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.plain import object_of, text_of
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "*"
NAMES = "config.pbtxt"
TITLE = "settings of a model server"

_LIMIT = 1 << 20
_BUILT_IN = frozenset({"image_classifier", "object_detector", "text_classifier", "image_segmenter", "base_handler",
                       "vllm_handler", "text_handler", "vision_handler"})  # fmt: skip
_FIELDS = ("handler", "modelFile", "requirementsFile", "extensions", "serializedFile")
_BACKEND = re.compile(r'(?:^|[\s,;])(?:backend|platform)\s*:\s*["\'](?P<name>[^"\'\n]*)["\']', re.MULTILINE)
_STRING = re.compile(r'string_value\s*:\s*"(?P<value>[^"]*)"')
_NATIVE = frozenset({"tensorrt", "tensorrt_plan", "onnxruntime", "onnxruntime_onnx", "pytorch", "pytorch_libtorch",
                     "tensorflow", "tensorflow_savedmodel", "tensorflow_graphdef", "openvino", "dali", "fil",
                     "ensemble", "tensorrtllm", "vllm", "identity"})  # fmt: skip


def looks(file: File) -> bool:
    """Return whether it is one of the two."""
    if file.name == "config.pbtxt":
        return b":" in file.head or b"{" in file.head
    return file.name == "manifest.json" and file.folder.endswith("MAR-INF/") and "model" in object_of(file)


def read(file: File, report: Report) -> None:
    """Add the code they name."""
    if file.name == "config.pbtxt":
        _triton(file, report)
        return
    model = object_of(file).get("model")
    top = file.folder.removesuffix("MAR-INF/")
    for field in _FIELDS:
        value = model.get(field) if isinstance(model, dict) else None
        if isinstance(value, str) and value:
            _named(file, report, top, field, value)


def _named(file: File, report: Report, top: str, field: str, value: str) -> None:
    shown = f"{field}: {value}"
    name = value.partition(":")[0]
    if value.startswith(("/", "~")) or ".." in value.split("/") or "://" in value:
        report.add(Step("load.path", HOSTILE, "external-path", shown, "leads out of the archive", "", (value,)))
    elif field in {"handler", "modelFile"} and name.removesuffix(".py") not in _BUILT_IN:
        local = next((p for p in (top + name, f"{top}{name}.py") if p in file.beside), "")
        verdict = ODD if local else FOREIGN
        why = "the server imports it when the model is loaded" + ("" if local else ", and it does not come along")
        report.add(Step("load.code", verdict, "handler", shown, why, "", (value,)))


def _triton(file: File, report: Report) -> None:
    text = text_of(file, _LIMIT)
    for match in _BACKEND.finditer(text):
        name = match["name"]
        line = text.count("\n", 0, match.start()) + 1
        if name == "python":
            why = "the server runs model.py beside it when the model is loaded; it is read by itself"
            report.add(Step("load.code", ODD, "python-backend", match[0].strip(), why, line=line))
        elif name and name not in _NATIVE:
            why = "a back end that does not come with the server is loaded as a native library"
            report.add(Step("load.native", FOREIGN, "backend", match[0].strip(), why, "", (name,), line=line))
        else:
            report.add(Step("load.import", KNOWN, "backend", match[0].strip(), "a back end of the server", line=line))
    for match in _STRING.finditer(text):
        if re.match(r"(?:https?|ftp)://", match["value"]):
            why = "the server fetches an environment from an address"
            report.add(Step("load.path", FOREIGN, "remote-environment", match[0], why, "", (match["value"],)))
