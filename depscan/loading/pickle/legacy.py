"""torch's files before version 1.6: five pickles (magic, protocol, system, object, keys), then the raw storages.

Source: ``torch/serialization.py``, ``_legacy_save`` and ``_legacy_load``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.steps import ODD, Report, Step

if TYPE_CHECKING:
    from depscan.artifacts.source import Source
    from depscan.loading.pickle.values import Value

MAGIC = 0x1950A86A20F9469CFC6C
STREAMS = 5
_ITEMS = {
    "DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8, "IntStorage": 4,
    "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1, "ComplexFloatStorage": 8,
    "ComplexDoubleStorage": 16, "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4, "UntypedStorage": 1,
    "QUInt4x2Storage": 1, "QUInt2x4Storage": 1,
}  # fmt: skip


def is_legacy(values: list[Value]) -> bool:
    """Return whether the first five values of a file are those that torch wrote."""
    return values[0] == MAGIC and isinstance(values[1], int) and isinstance(values[4], list)


def skip_storages(source: Source, at: int, keys: Value, storages: dict[str, tuple[str, int]], report: Report) -> int:
    """Return the offset behind the raw storages, which are skipped by their size."""
    if not isinstance(keys, list):
        return at
    for key in keys:
        kind, claimed = storages.get(str(key), ("", -1))
        size = _ITEMS.get(kind, 0)
        count = int.from_bytes(source.at(at, 8), "little", signed=True)
        if at + 8 > source.size:
            report.gap("the raw storages behind the pickles are cut off")
            return source.size
        if not size or count != claimed:
            text = f"storage {str(key)[:60]} has {count} items, {claimed} were announced"
            report.add(Step("load.layout", ODD, "storage", text, "torch refuses such a file", at=at))
            return at
        if at + 8 + count * size > source.size:
            report.gap("the raw storages behind the pickles are cut off")
            return source.size
        at += 8 + count * size
    return at
