"""adapter_config.json of PEFT: ``auto_mapping`` names a library that is imported, and the base model another one.

Source: peft ``AutoPeftModel.from_pretrained`` (``importlib.import_module(parent_library)``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.automap import read_settings
from depscan.loading.dotted import add_library, add_name
from depscan.loading.plain import object_of, walk

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "adapter_config.json"
TITLE = "adapter settings"


def looks(file: File) -> bool:
    """Return whether it is a JSON object of this name."""
    return file.name == "adapter_config.json" and bool(object_of(file))


def read(file: File, report: Report) -> None:
    """Add the library that is imported to find the base model's class."""
    settings = object_of(file)
    read_settings(settings, file, report)
    for path, value in walk(settings):
        if path.endswith("auto_mapping") and isinstance(value, dict):
            library, name = value.get("parent_library"), value.get("base_model_class")
            if isinstance(library, str):
                _mapping(report, library, name if isinstance(name, str) else "")


def _mapping(report: Report, library: str, name: str) -> None:
    shown = f"auto_mapping: {library}.{name}"
    if library.partition(".")[0] in {"builtins", "posix", "os", "subprocess", "nt"} and name:
        add_name(report, f"{library}.{name}", shown, "auto-mapping")
    else:
        add_library(report, library, shown, "auto-mapping")
