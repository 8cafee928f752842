"""JSON settings in which objects are made by name (Hydra's ``_target_`` and its kin)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.automap import read_settings
from depscan.loading.formats import langchain
from depscan.loading.instantiate import read_targets
from depscan.loading.plain import json_of

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "JSON settings"

_LIMIT = 8 << 20
_WORDS = (b'"_target_"', b'"class_path"', b"_target")


def looks(file: File) -> bool:
    """Return whether it is JSON with a name to make an object of."""
    if not file.name.endswith(".json") or file.head.lstrip()[:1] not in {b"{", b"["} or file.size > _LIMIT:
        return False
    data = file.bytes(_LIMIT)
    return any(word in data for word in _WORDS) and json_of(file) is not None


def read(file: File, report: Report) -> None:
    """Add what is made by name."""
    settings = json_of(file)
    read_targets(settings, file, report)
    read_settings(settings, file, report)
    if langchain.looks(file):
        langchain.read_objects([settings], report)
