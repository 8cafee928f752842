"""What stands in the global heaps of an HDF5 file: the values of arrays whose rows differ in length.

PyTables (pandas) keeps columns of Python objects there, each a pickle, and marks the array ``PSEUDOATOM = object``.
Format: HDF5 File Format Specification 3.0, III.E (Global Heap).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.artifacts.source import Source

_START = b"GCOL\x01\0\0\0"
_HEAD = 16
_MOST = 256 << 20
_PIECE = 4 << 20
_VALUES = 10_000


def heap_values(source: Source) -> Iterator[bytes]:
    """Yield the values of every heap of the first 256 MiB of a file, at most 10,000."""
    left = _VALUES
    for at in range(0, min(source.size, _MOST), _PIECE):
        piece = source.at(at, _PIECE + len(_START) - 1)
        found = piece.find(_START)
        while found >= 0:
            for value in _heap(source, at + found):
                yield value
                left -= 1
                if left <= 0:
                    return
            found = piece.find(_START, found + 1)


def _heap(source: Source, at: int) -> Iterator[bytes]:
    size = int.from_bytes(source.at(at + 8, 8), "little")
    end = min(at + size, source.size)
    at += _HEAD
    while at + _HEAD <= end:
        head = source.at(at, _HEAD)
        length = int.from_bytes(head[8:], "little")
        at += _HEAD
        if head[:2] == b"\0\0" or length > end - at:
            return
        yield source.at(at, length)
        at += -(-length // 8) * 8
