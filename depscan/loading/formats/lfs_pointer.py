"""Pointers of Git LFS: a few lines of text in place of a file that was not fetched.

Source: git-lfs docs/spec.md: ``version``, then sorted keys, among them ``oid sha256:HEX`` and ``size``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.steps import ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "76657273696f6e2068747470733a2f2f6769742d6c66732e"
NAMES = ""
TITLE = "Git LFS pointer"
STANDS_IN = "yes"

_LARGEST = 1024
_OID = re.compile(rb"(?m)^oid sha256:([0-9a-f]{64})$")
_SIZE = re.compile(rb"(?m)^size (\d{1,19})$")


def looks(file: File) -> bool:
    """Return whether it is short text with the hash of the file it stands for."""
    return file.size <= _LARGEST and _OID.search(file.head) is not None


def read(file: File, report: Report) -> None:
    """Say which file is meant; nothing of it is here to be read."""
    oid, size = _OID.search(file.head), _SIZE.search(file.head)
    if oid:
        report.about["sha256"] = oid[1].decode()
    if size:
        report.about["bytes"] = size[1].decode()
    why = "the file itself was not fetched (git lfs pull): what loading it does is not known"
    report.add(Step("load.layout", ODD, "lfs-pointer", f"{file.name} is a Git LFS pointer", why))
