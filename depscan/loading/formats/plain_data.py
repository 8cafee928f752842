"""Formats that are data by their make: tables, trees of boosters and word vectors. They are known, and nothing runs.

Sources: Apache Parquet and Arrow; CatBoost ``CBM1``; fastText ``Dictionary``/``FastText::saveModel``; LightGBM's text
model; XGBoost's JSON and UBJSON models.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "50415231 4152524f5731 46454131 43424d31 ba164f2f 747265650a76657273696f6e3d 7b4c 62696e66 *"
NAMES = "*.cbm *.ftz *.parquet *.arrow *.feather"
TITLE = "data"

_BOOSTER = re.compile(rb'\{\s*"(?:learner"\s*:\s*\{|version"\s*:\s*\[\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\]\s*,\s*"learner")')
_UBJSON = re.compile(rb"\{L\x00{7}[\x01-\x20](?:learner|version)")
_MARKS = (b"PAR1", b"ARROW1", b"FEA1", b"CBM1", b"tree\nversion=", b"binf")
_FASTTEXT = b"\xba\x16\x4f\x2f"


def looks(file: File) -> bool:
    """Return whether it is one of these by its first bytes."""
    head = file.head
    if head.startswith(_MARKS):
        return head[:4] != b"PAR1" or file.source.at(file.size - 4, 4) in {b"PAR1", b"PARE"}
    if file.name.endswith(".arrow"):  # a stream, as data sets are cached: each message starts with this mark
        return head.startswith(b"\xff\xff\xff\xff")
    if head.startswith(_FASTTEXT):
        return int.from_bytes(head[4:8], "little") in {11, 12}
    return bool(_UBJSON.match(head) or _BOOSTER.match(head))


def read(file: File, report: Report) -> None:
    """Say which it is; there is nothing that runs."""
    report.about["kind"] = file.head[:4].decode("latin-1") if file.head[:1] != b"{" else "booster"
