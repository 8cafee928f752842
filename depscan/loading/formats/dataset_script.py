"""The loading script of a data set: ``load_dataset`` imports and runs it, up to the versions that refuse scripts.

Source: datasets ``load.dataset_module_factory``; scripts were removed in 4.0.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.steps import ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "data set script"


def looks(file: File) -> bool:
    """Return whether it is Python with a class that builds a data set, in a folder that is no project."""
    if not file.name.endswith(".py"):
        return False
    from depscan.loading.repository import builds_data, in_model

    return builds_data(file) and len(file.beside) > 0 and in_model(file)


def read(file: File, report: Report) -> None:
    """Add that it runs; what it does is read as Python."""
    why = "load_dataset of datasets before 4.0 runs this script, since 2.20 only with trust_remote_code"
    report.add(Step("load.code", ODD, "dataset-script", file.name, why, "", (file.path, "datasets<4.0")))
