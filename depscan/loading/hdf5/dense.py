"""Objects of a fractal heap, found through its B-tree of version 2: attributes and links of large groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from depscan.loading.hdf5.layout import NOTHING, Cursor, Hdf5Error, Layout

_IDENTIFIER = {5: (4, 7), 6: (8, 7), 8: (0, 8), 9: (0, 8)}
"""Where the heap's identifier stands in a record, by the B-tree's type: start, length."""
_HUGE = 1
_MOST_RECORDS = 100_000
_DEEPEST = 16
_LARGEST = 64 << 20


class _Heap(NamedTuple):
    offset_size: int
    length_size: int
    width: int
    first: int
    direct_rows: int
    rows: int
    root: int
    overhead: int
    huge: int
    filtered: bool


def objects(layout: Layout, heap: int, tree: int) -> Iterator[bytes]:
    """Yield the objects that a B-tree of names points to in a fractal heap.

    Raises:
        Hdf5Error: broken, or compressed.
    """
    if NOTHING in (heap, tree):
        return
    opened = _open(layout, heap)
    for kind, record in records(layout, tree):
        start, length = _IDENTIFIER.get(kind, (0, 0))
        if length:
            yield _object(layout, opened, record[start : start + length])


def _open(layout: Layout, address: int) -> _Heap:
    head = layout.at(address, 512, b"FRHP")
    head.take(3)
    filtered = head.number(2) > 0
    flags = head.number(1)
    largest = head.number(4)
    layout.length(head)
    huge = layout.address(head)
    layout.length(head)
    layout.address(head)
    head.take(layout.lengths * 8)
    width, first, most = head.number(2), layout.length(head), layout.length(head)
    bits = head.number(2)
    head.take(2)
    root = layout.address(head)
    rows = head.number(2)
    if not first or first & (first - 1) or not width or most < first or most > 1 << 32:
        raise Hdf5Error("a heap whose blocks have no size")
    offset_size = (bits + 7) // 8
    length_size = min((most.bit_length() + 6) // 8, (max(largest, 1).bit_length() + 7) // 8)
    overhead = 5 + layout.offsets + offset_size + (4 if flags & 2 else 0)
    direct_rows = most.bit_length() - first.bit_length() + 2
    return _Heap(offset_size, length_size, width, first, direct_rows, rows, root, overhead, huge, filtered)


def _object(layout: Layout, heap: _Heap, identifier: bytes) -> bytes:
    cursor = Cursor(identifier)
    kind = cursor.number(1) >> 4 & 3
    if kind == 0:
        offset, length = cursor.number(heap.offset_size), cursor.number(heap.length_size)
        if heap.filtered:
            raise Hdf5Error("a compressed heap")
        block, start = _block(layout, heap, offset)
        return layout.at(block + offset - start, length).take(length)
    if kind == _HUGE:
        wanted = int.from_bytes(identifier[1:], "little")
        for _, record in records(layout, heap.huge):
            entry = Cursor(record)
            address, length, number = layout.address(entry), layout.length(entry), layout.length(entry)
            if number == wanted and length <= _LARGEST:
                return layout.at(address, length).take(length)
        raise Hdf5Error("a large object that is not where it should be")
    return identifier[1 : 2 + (identifier[0] & 0x0F)]


def _block(layout: Layout, heap: _Heap, offset: int) -> tuple[int, int]:
    """Return the address of the direct block an offset stands in, and the offset at which it starts."""
    address, start, rows = heap.root, 0, heap.rows
    for _ in range(_DEEPEST):
        if not rows:
            return address, start
        found = _child(layout, heap, (address, start, rows), offset)
        address, start, size = found
        row = (size // heap.first).bit_length()
        if row < heap.direct_rows:
            return address, start
        rows = size.bit_length() - (heap.first * heap.width).bit_length() + 1
    raise Hdf5Error("heap blocks too deep")


def _child(layout: Layout, heap: _Heap, block: tuple[int, int, int], offset: int) -> tuple[int, int, int]:
    address, start, rows = block
    head = layout.at(address, 5 + layout.offsets * (1 + heap.width * min(rows, 64)) + heap.offset_size, b"FHIB")
    head.take(1 + layout.offsets + heap.offset_size)
    for row in range(min(rows, 64)):
        size = heap.first << max(row - 1, 0)
        for _ in range(heap.width):
            child = layout.address(head)
            if start <= offset < start + size:
                return child, start, size
            start += size
    raise Hdf5Error("an offset outside the heap")


def records(layout: Layout, tree: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a B-tree of version 2, with the tree's type.

    Raises:
        Hdf5Error: broken.
    """
    head = layout.at(tree, 64, b"BTHD")
    head.take(1)
    kind, node, size, depth = head.number(1), head.number(4), head.number(2), head.number(2)
    head.take(2)
    root, count = layout.address(head), head.number(2)
    if not size or node <= size + 10 or depth > _DEEPEST:
        raise Hdf5Error("a tree whose nodes have no size")
    pointers = _pointers(layout, node, size, depth)
    waiting = [(root, count, depth)]
    seen = 0
    while waiting:
        address, count, level = waiting.pop()
        block = layout.at(address, node, b"BTIN" if level else b"BTLF")
        block.take(2)
        for _ in range(count):
            seen += 1
            if seen > _MOST_RECORDS:
                raise Hdf5Error("more records than any file has")
            yield kind, block.take(size)
        if level:
            first, total = pointers[level]
            for _ in range(count + 1):
                child, number = layout.address(block), block.number(first)
                block.take(total)
                waiting.append((child, number, level - 1))


def _pointers(layout: Layout, node: int, size: int, depth: int) -> dict[int, tuple[int, int]]:
    """Return the sizes of a child's two counts, by the level of the node that points to it."""
    most = (node - 10) // size
    total, found = most, {}
    for level in range(1, depth + 1):
        first = (most.bit_length() + 7) // 8
        second = (total.bit_length() + 7) // 8 if level > 1 else 0
        found[level] = (first, second)
        pointer = layout.offsets + first + second
        most = max((node - 10 - pointer) // (size + pointer), 1)
        total = (most + 1) * total + most
    return found
