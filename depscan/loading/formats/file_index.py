"""Indexes of the files that make up a model: shards of a checkpoint, parts of a Core ML package.

Sources: ``model.safetensors.index.json`` and ``pytorch_model.bin.index.json`` of transformers (``weight_map``: each
tensor's file, opened beside the index); ``Manifest.json`` of an mlpackage (``itemInfoEntries``: below ``Data``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from depscan.loading.paths import leaves
from depscan.loading.plain import object_of
from depscan.loading.steps import HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "index of files"

_MOST = 1000
"""Different files of one model that are looked at."""


def looks(file: File) -> bool:
    """Return whether it is JSON with the map of either kind."""
    if file.name.endswith(".index.json"):
        return isinstance(object_of(file).get("weight_map"), dict)
    return file.name == "manifest.json" and isinstance(object_of(file).get("itemInfoEntries"), dict)


def read(file: File, report: Report) -> None:
    """Add every path that leads out of the folder, and how many files there are."""
    paths = list(dict.fromkeys(_paths(file)))
    report.about["files"] = str(len(paths))
    for path in paths[:_MOST]:
        why = leaves(path)
        if why:
            text = f"open({path!r})"
            report.add(Step("load.path", HOSTILE, "external-path", text, f"a part of the model is read from {why}", "",
                            (path,), "file.read"))  # fmt: skip
    if len(paths) > _MOST:
        report.add(Step("load.layout", ODD, "many-files", f"{len(paths)} files", "more files than any model has"))


def _paths(file: File) -> Iterator[str]:
    settings = object_of(file)
    shards = settings.get("weight_map")
    for value in shards.values() if isinstance(shards, dict) else ():
        if isinstance(value, str):
            yield value
    parts = settings.get("itemInfoEntries")
    for value in parts.values() if isinstance(parts, dict) else ():
        path = value.get("path") if isinstance(value, dict) else None
        if isinstance(path, str):
            yield path
