"""Pickles: Python's own, and what joblib, dill, cloudpickle and torch before 1.6 write."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "8000 8001 8002 8003 8004 8005 *"
NAMES = "*.pkl *.pickle *.pck *.pcl *.dill *.cloudpickle *.joblib *.pt *.pth *.ckpt pytorch_model*.bin"
TITLE = "pickle"


def looks(file: File) -> bool:
    """Whether a pickle starts the file; where its name promises one, whether there is one anywhere."""
    from depscan.loading.pickle.search import found_in

    return found_in(file)


def read(file: File, report: Report) -> None:
    """Run every pickle of the file symbolically.

    A packed one (``depscan.artifacts`` opens it, or says that it cannot) says nothing itself.
    """
    from depscan.loading.pickle.search import is_packed
    from depscan.loading.pickle.streams import read_streams

    if is_packed(file):
        report.format = "packed pickle"
        return
    storages = read_streams(file.source, report)
    if storages and file.name == "data.pkl":
        from depscan.loading.torch_zip import check_storages

        check_storages(file, ((kind, key, count) for key, (kind, count) in storages.items()), report)
    if any(step.callee.startswith("__torch__") for step in report.steps):
        from depscan.loading.torch_zip import check_classes

        check_classes(file, report)
