"""Objects of an HDF5 file: what links lead where, which texts are attributes, and where data stands."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from depscan.loading.hdf5.dense import objects
from depscan.loading.hdf5.layout import NOTHING, Cursor, Hdf5Error, Layout, Message

HARD, SOFT, EXTERNAL = 0, 1, 64
_LINK_INFO, _DATATYPE, _SPACE, _LINK, _FILES, _DATA, _ATTRIBUTE, _TABLE, _ATTRIBUTES = 2, 3, 1, 6, 7, 8, 12, 17, 21
_STRING, _VARIABLE = 3, 9
_MOST_NODES = 100_000
_MOST_VALUES = 4096
MOST_TEXT = 64 << 20
_SHORTEST_NAME = 4


class Link(NamedTuple):
    """A link of a group: its type (a number of the format), where it leads, and to which file."""

    name: str
    kind: int
    address: int
    target: str


class Attribute(NamedTuple):
    """An attribute with its texts; ``why`` says why they could not be read."""

    name: str
    values: tuple[bytes, ...]
    why: str


class Stored(NamedTuple):
    """Where a data set's numbers stand: names of other files, and its size in bytes when it is read."""

    files: tuple[str, ...]
    virtual: tuple[str, ...]
    claimed: int


class Object(NamedTuple):
    """A group or data set."""

    links: list[Link]
    attributes: list[Attribute]
    stored: Stored | None
    broken: list[str]


def read_object(layout: Layout, address: int) -> Object:
    """Read one object; what is broken in it is said in ``broken``.

    Raises:
        Hdf5Error: there is no object.
    """
    found = Object([], [], None, [])
    messages: list[Message] = []
    try:
        messages.extend(layout.messages(address))
    except Hdf5Error as error:
        found.broken.append(str(error))
        messages = list(_until_broken(layout, address))
        if not messages:
            raise
    for message in messages:
        if message.shared:
            continue
        try:
            _message(layout, message, found)
        except Hdf5Error as error:
            found.broken.append(str(error))
    return found._replace(stored=_stored(layout, messages, found.broken))


def _until_broken(layout: Layout, address: int) -> Iterator[Message]:
    try:
        yield from layout.messages(address)
    except Hdf5Error:
        return


def _message(layout: Layout, message: Message, found: Object) -> None:
    cursor = Cursor(message.data)
    if message.kind == _TABLE:
        found.links.extend(_table(layout, layout.address(cursor), layout.address(cursor)))
    elif message.kind == _LINK:
        found.links.append(_link(layout, message.data))
    elif message.kind == _LINK_INFO:
        cursor.take(1)
        cursor.take(8 if cursor.number(1) & 1 else 0)
        found.links.extend(
            _link(layout, data) for data in objects(layout, layout.address(cursor), layout.address(cursor))
        )
    elif message.kind == _ATTRIBUTE:
        found.attributes.append(_attribute(layout, message.data))
    elif message.kind == _ATTRIBUTES:
        cursor.take(1)
        cursor.take(2 if cursor.number(1) & 1 else 0)
        dense = objects(layout, layout.address(cursor), layout.address(cursor))
        found.attributes.extend(_attribute(layout, data) for data in dense)


def _table(layout: Layout, tree: int, heap: int) -> Iterator[Link]:
    """Yield the links of an old-style group: a B-tree of version 1 over symbol tables."""
    waiting: list[int] = [tree]
    seen: set[int] = set()
    while waiting:
        address = waiting.pop()
        if address in seen or len(seen) > _MOST_NODES:
            raise Hdf5Error("a tree that goes round in a circle")
        seen.add(address)
        node = layout.at(address, 8 + 2 * layout.offsets)
        if node.data.startswith(b"SNOD"):
            yield from _symbols(layout, address, heap)
            continue
        if not node.data.startswith(b"TREE"):
            raise Hdf5Error("no TREE where one should be")
        node.take(6)
        count = node.number(2)
        node = layout.at(address, 8 + 2 * layout.offsets + count * (layout.offsets + layout.lengths))
        node.take(8 + 2 * layout.offsets)
        for _ in range(count):
            layout.length(node)
            waiting.append(layout.address(node))


def _symbols(layout: Layout, address: int, heap: int) -> Iterator[Link]:
    head = layout.at(address, 8, b"SNOD")
    head.take(2)
    count = head.number(2)
    entries = layout.at(address + 8, count * (2 * layout.offsets + 24))
    for _ in range(count):
        offset = entries.number(layout.offsets)
        target = layout.address(entries)
        kind = entries.number(4)
        entries.take(4)
        scratch = Cursor(entries.take(16))
        name = layout.heap_text(heap, offset)
        if kind == 2:  # noqa: PLR2004 - a symbolic link
            yield Link(name, SOFT, NOTHING, layout.heap_text(heap, scratch.number(4)))
        else:
            yield Link(name, HARD, target, "")


def _link(layout: Layout, data: bytes) -> Link:
    cursor = Cursor(data)
    cursor.take(1)
    flags = cursor.number(1)
    kind = cursor.number(1) if flags & 8 else HARD
    cursor.take((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = cursor.take(cursor.number(1 << (flags & 3))).decode("utf-8", "replace")
    if kind == HARD:
        return Link(name, kind, layout.address(cursor), "")
    value = cursor.take(cursor.number(2))
    if kind == EXTERNAL:
        return Link(name, kind, NOTHING, Cursor(value, 1).text())
    return Link(name, kind, NOTHING, value[:500].decode("utf-8", "replace"))


def _attribute(layout: Layout, data: bytes) -> Attribute:
    cursor = Cursor(data)
    version = cursor.number(1)
    flags = cursor.number(1)
    sizes = [cursor.number(2) for _ in range(3)]
    cursor.take(1 if version == 3 else 0)  # noqa: PLR2004 - the name's encoding
    parts = [cursor.take((size + 7) // 8 * 8 if version == 1 else size) for size in sizes]
    name = parts[0].split(b"\0")[0].decode("utf-8", "replace")
    if flags & 3:
        return Attribute(name, (), "its type stands elsewhere")
    try:
        return Attribute(name, tuple(_values(layout, parts[1], _count(layout, parts[2]), data[cursor.at :])), "")
    except Hdf5Error as error:
        return Attribute(name, (), str(error))


def _count(layout: Layout, space: bytes) -> int:
    return prod(_dimensions(layout, space))


def _dimensions(layout: Layout, space: bytes) -> list[int]:
    cursor = Cursor(space)
    version, rank, _flags = cursor.number(1), cursor.number(1), cursor.number(1)
    kind = cursor.number(1)
    if version == 1:
        cursor.take(4)
    elif kind == 2:  # noqa: PLR2004 - a null data space
        return [0]
    return [layout.length(cursor) for _ in range(rank)]


def _values(layout: Layout, datatype: bytes, count: int, data: bytes) -> Iterator[bytes]:
    """Yield the texts of an attribute; numbers and compounds have none."""
    cursor = Cursor(datatype)
    kind = cursor.number(1) & 0x0F
    cursor.take(3)
    size = cursor.number(4)
    values = Cursor(data)
    for _ in range(min(count, _MOST_VALUES)):
        if kind == _STRING:
            yield values.take(size).rstrip(b"\0")
        elif kind == _VARIABLE:
            length, address, index = values.number(4), layout.address(values), values.number(4)
            yield layout.heap_object(address, index, MOST_TEXT + 1)[:length] if length and address != NOTHING else b""
        else:
            yield values.take(min(size * count, len(data)))
            return


def _stored(layout: Layout, messages: list[Message], broken: list[str]) -> Stored | None:
    by_kind = {message.kind: message for message in messages if not message.shared}
    if _DATA not in by_kind:
        return None
    files: tuple[str, ...] = ()
    virtual: tuple[str, ...] = ()
    claimed = 0
    try:
        if _FILES in by_kind:
            files = tuple(_files(layout, by_kind[_FILES].data))
        virtual = tuple(_virtual(layout, by_kind[_DATA].data))
        if _SPACE in by_kind and _DATATYPE in by_kind:
            size = int.from_bytes(by_kind[_DATATYPE].data[4:8], "little")
            claimed = _count(layout, by_kind[_SPACE].data) * size
    except Hdf5Error as error:
        broken.append(str(error))
    return Stored(files, virtual, claimed)


def _files(layout: Layout, data: bytes) -> Iterator[str]:
    cursor = Cursor(data)
    cursor.take(6)
    used = cursor.number(2)
    heap = layout.address(cursor)
    for _ in range(used):
        yield layout.heap_text(heap, layout.length(cursor))
        cursor.take(2 * layout.lengths)


def _virtual(layout: Layout, data: bytes) -> Iterator[str]:
    cursor = Cursor(data)
    version, kind = cursor.number(1), cursor.number(1)
    if version < 4 or kind != 3:  # noqa: PLR2004 - a virtual data set
        return
    address = layout.address(cursor)
    if address == NOTHING:
        return
    mapping = layout.heap_object(address, cursor.number(4), 1 << 20)
    block = Cursor(mapping, 1)
    count = layout.length(block)
    if count > len(mapping):
        raise Hdf5Error("more sources of a virtual data set than there are bytes")
    yield block.text()
    # Selections between the names have no simple length: other names are looked for as texts.
    for piece in mapping[block.at :].split(b"\0"):
        if b"." in piece and len(piece) >= _SHORTEST_NAME:
            yield piece.decode("utf-8", "replace")
