"""model_index.json of diffusers: every part names a library and a class, which are imported when it is loaded.

Source: diffusers ``DiffusionPipeline.from_pretrained``, ``pipeline_loading_utils.load_sub_model``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.automap import add_reference, local_module, read_settings
from depscan.loading.dotted import add_library
from depscan.loading.plain import object_of

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "model_index.json modular_model_index.json"
TITLE = "diffusers pipeline index"


def looks(file: File) -> bool:
    """Return whether it is a JSON object of one of the names."""
    return file.name in {"model_index.json", "modular_model_index.json"} and bool(object_of(file))


def read(file: File, report: Report) -> None:
    """Add the library of every part."""
    settings = object_of(file)
    for key, value in settings.items():
        plain = key.partition(" (")[0]
        if isinstance(value, list):
            _part(file, report, key, value)
        elif plain == "_class_name" and isinstance(value, str) and not value.isidentifier():
            add_reference(file, report, key, value)
    read_settings(settings, file, report)


def _part(file: File, report: Report, key: str, value: list[object]) -> None:
    """Judge [library, class], where the library may be a module that comes along, also as [[module, path], class]."""
    for item in value:
        hint = item.get("type_hint") if isinstance(item, dict) else None
        if isinstance(hint, list):
            _part(file, report, key, [held for held in hint if isinstance(held, str)])
    texts = [item for item in value if isinstance(item, str)]
    if not texts:
        return
    library = texts[0]
    shown = f"{key}: {library}.{texts[-1] if len(texts) > 1 else ''}"
    if "--" in library or "/" in library or not library.replace(".", "_").isidentifier():
        add_reference(file, report, key, library)
        return
    local = local_module(file, f"{library}.x") or _own_folder(file, key, library)
    add_library(report, library, shown, "component", local=local)


def _own_folder(file: File, key: str, library: str) -> str:
    """Return the module of a part that stands in the part's own folder."""
    path = f"{file.folder}{key}/{library}.py"
    return path if path in file.beside else ""
