"""modules.json of sentence-transformers: every module's ``type`` is imported and made.

Source: sentence_transformers ``SentenceTransformer._load_sbert_model``, ``import_from_string``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.automap import add_reference, local_module, read_settings
from depscan.loading.dotted import add_library, add_name, judge
from depscan.loading.plain import json_of
from depscan.loading.steps import FOREIGN, HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "*"
NAMES = ""
TITLE = "sentence encoder modules"


def looks(file: File) -> bool:
    """Return whether it is a JSON list of objects with a ``type`` and a ``path``, or a name of the same shape."""
    value = json_of(file) if file.name == "modules.json" else None
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) and "type" in v for v in value)


def read(file: File, report: Report) -> None:
    """Add what every module imports, and paths that lead out of the folder."""
    value = json_of(file)
    read_settings(value, file, report)
    for part in value if isinstance(value, list) else ():
        dotted, path = part.get("type"), part.get("path")
        if isinstance(dotted, str):
            _type(file, report, dotted)
        if isinstance(path, str) and (path.startswith(("/", "~")) or ".." in path.split("/") or ":" in path):
            report.add(
                Step("load.path", HOSTILE, "external-path", f"path: {path}", "leads out of the model's folder", "",
                     (path,))
            )  # fmt: skip


def _type(file: File, report: Report, dotted: str) -> None:
    if "--" in dotted:
        add_reference(file, report, "type", dotted)
        return
    local = local_module(file, dotted)
    if local:
        why = "a module that comes along is imported with trust_remote_code; it is read by itself"
        report.add(Step("load.code", ODD, "remote-code", f"type: {dotted}", why, "", (dotted, local)))
    elif judge(dotted).verdict == FOREIGN:
        add_library(report, dotted, f"type: {dotted}", "module-type")
    else:
        add_name(report, dotted, f"type: {dotted}", "module-type")
