"""Parse the header of a 7z archive: which packed streams make which files.

Format: 7zFormat.txt of the LZMA SDK. Every count is bounded by the bytes that are there before anything is made of it.
"""

from __future__ import annotations

from typing import NamedTuple

END, HEADER, ARCHIVE_PROPERTIES, ADDITIONAL, MAIN, FILES, PACK, UNPACK, SUBSTREAMS, SIZES, DIGESTS, FOLDER, UNPACKED = (
    range(13)
)  # fmt: skip
COUNTS, EMPTY_STREAM, EMPTY_FILE, ANTI, NAMES = range(0x0D, 0x12)
ATTRIBUTES, ENCODED = 0x15, 0x17

_COMPLEX, _PROPERTIES, _RESERVED = 0x10, 0x20, 0x80
_MOST_CODERS = 32
_UNIX = 0x8000


class SevenZipError(Exception):
    """The header is none, or states more than there is; the text says what."""


class Coder(NamedTuple):
    """One step of unpacking."""

    method: bytes
    properties: bytes
    inputs: int
    outputs: int


class Folder(NamedTuple):
    """Coders that make one stream of packed ones; files of it stand behind each other.

    Attributes:
        coders: as stated.
        bound: pairs of an input and the output it is fed from.
        packed: inputs that are fed from packed streams, in their order.
        sizes: bytes that each output gives.
    """

    coders: list[Coder]
    bound: list[tuple[int, int]]
    packed: list[int]
    sizes: list[int]

    @property
    def size(self) -> int:
        """Return the bytes that the folder unpacks to: those of the output that feeds nothing."""
        fed = {output for _, output in self.bound}
        return next((size for at, size in enumerate(self.sizes) if at not in fed), 0)


class Streams(NamedTuple):
    """Packed streams and what is made of them.

    Attributes:
        start: where the first packed stream begins, behind the signature header.
        packed: bytes of each packed stream.
        folders: in order; each takes the next packed streams.
        checks: CRC of what a folder unpacks to; None where none is stated.
        parts: per folder, bytes and CRC of each file in it.
    """

    start: int
    packed: list[int]
    folders: list[Folder]
    checks: list[int | None]
    parts: list[list[tuple[int, int | None]]]


NOTHING = Streams(0, [], [], [], [])


class Listed(NamedTuple):
    """A file by the header."""

    name: str
    empty: bool
    folder: bool
    mode: int


class Cursor:
    """Reads numbers of a header."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def left(self) -> int:
        """Return how many bytes follow."""
        return len(self.data) - self.at

    def take(self, length: int) -> bytes:
        """Return the next bytes.

        Raises:
            SevenZipError: there are fewer.
        """
        if length > self.left:
            raise SevenZipError("the header ends early")
        self.at += length
        return self.data[self.at - length : self.at]

    def byte(self) -> int:
        """Return the next byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """Return a number: the first byte's leading ones say how many bytes follow."""
        first, mask, value = self.byte(), 0x80, 0
        for at in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * at)
            value |= self.byte() << (8 * at)
            mask >>= 1
        return value

    def count(self, most: int) -> int:
        """Return a number of things that follow.

        Raises:
            SevenZipError: there is no room for as many.
        """
        value = self.number()
        if value > most:
            raise SevenZipError(f"states {value} items where there is room for {most}")
        return value

    def bits(self, count: int) -> list[bool]:
        """Return flags, the first in the highest bit."""
        data = self.take((count + 7) // 8)
        return [bool(data[at >> 3] & 0x80 >> (at & 7)) for at in range(count)]

    def defined(self, count: int) -> list[bool]:
        """Return which of some things have a value."""
        if not self.byte():
            return self.bits(count)
        if count * 4 > self.left:
            raise SevenZipError("states more values than it holds")
        return [True] * count

    def words(self, count: int) -> list[int | None]:
        """Return numbers of four bytes for those that have one."""
        return [int.from_bytes(self.take(4), "little") if has else None for has in self.defined(count)]

    def skip_to(self, wanted: int) -> None:
        """Pass properties up to the wanted one, as 7-Zip does."""
        while (kind := self.number()) != wanted:
            if kind == END:
                raise SevenZipError(f"the part {wanted:#x} of the header is missing")
            self.take(self.number())


def streams(cursor: Cursor) -> Streams:
    """Return the packed streams that a header states."""
    start = 0
    packed: list[int] = []
    folders: list[Folder] = []
    checks: list[int | None] = []
    parts: list[list[tuple[int, int | None]]] | None = None
    while (kind := cursor.number()) != END:
        if kind == PACK:
            start, packed = _packed(cursor)
        elif kind == UNPACK:
            folders, checks = _folders(cursor)
        elif kind == SUBSTREAMS:
            parts = _parts(cursor, folders, checks)
        else:
            raise SevenZipError(f"an unknown part {kind:#x} of its header")
    if parts is None:
        parts = [[(folder.size, check)] for folder, check in zip(folders, checks, strict=True)]
    return Streams(start, packed, folders, checks, parts)


def _packed(cursor: Cursor) -> tuple[int, list[int]]:
    start, count = cursor.number(), cursor.count(cursor.left)
    sizes = [0] * count
    while (kind := cursor.number()) != END:
        if kind == SIZES:
            sizes = [cursor.number() for _ in range(count)]
        elif kind == DIGESTS:
            cursor.words(count)
        else:
            raise SevenZipError(f"an unknown part {kind:#x} of its packed streams")
    return start, sizes


def _folders(cursor: Cursor) -> tuple[list[Folder], list[int | None]]:
    cursor.skip_to(FOLDER)
    count = cursor.count(cursor.left)
    if cursor.byte():
        raise SevenZipError("a part of the header in another stream")
    folders = [_folder(cursor) for _ in range(count)]
    cursor.skip_to(UNPACKED)
    for folder in folders:
        folder.sizes.extend(cursor.number() for _ in range(sum(coder.outputs for coder in folder.coders)))
    checks: list[int | None] = [None] * count
    while (kind := cursor.number()) != END:
        if kind == DIGESTS:
            checks = cursor.words(count)
        else:
            cursor.take(cursor.number())
    return folders, checks


def _folder(cursor: Cursor) -> Folder:
    coders = []
    for _ in range(cursor.count(_MOST_CODERS)):
        flags = cursor.byte()
        if flags & _RESERVED:
            raise SevenZipError("a coder of an unknown kind")
        method = cursor.take(flags & 15)
        inputs, outputs = (cursor.count(_MOST_CODERS), cursor.count(_MOST_CODERS)) if flags & _COMPLEX else (1, 1)
        properties = cursor.take(cursor.number()) if flags & _PROPERTIES else b""
        coders.append(Coder(method, properties, inputs, outputs))
    inputs, outputs = sum(c.inputs for c in coders), sum(c.outputs for c in coders)
    if not outputs or inputs < outputs - 1:
        raise SevenZipError("coders without an output")
    bound = [(cursor.number(), cursor.number()) for _ in range(outputs - 1)]
    count = inputs - len(bound)
    fed = {one for one, _ in bound}
    packed = [at for at in range(inputs) if at not in fed] if count == 1 else [cursor.number() for _ in range(count)]
    return Folder(coders, bound, packed, [])


def _parts(
    cursor: Cursor, folders: list[Folder], checks: list[int | None]
) -> list[list[tuple[int, int | None]]]:  # fmt: skip
    counts, sizes = [1] * len(folders), None
    digests: list[int | None] = []
    while (kind := cursor.number()) != END:
        if kind == COUNTS:
            counts = [cursor.count(len(cursor.data)) for _ in folders]
        elif kind == SIZES:
            sizes = [_sizes(cursor, folder, count) for folder, count in zip(folders, counts, strict=True)]
        elif kind == DIGESTS:
            digests = cursor.words(sum(n for n, c in zip(counts, checks, strict=True) if n != 1 or c is None))
        else:
            cursor.take(cursor.number())
    if sizes is None:
        sizes = [[folder.size] * (count == 1) for folder, count in zip(folders, counts, strict=True)]
    made: list[list[tuple[int, int | None]]] = []
    at = 0
    for lengths, check in zip(sizes, checks, strict=True):
        if len(lengths) == 1 and check is not None:
            made.append([(lengths[0], check)])
            continue
        stated: list[int | None] = digests[at : at + len(lengths)] or [None for _ in lengths]
        made.append(list(zip(lengths, stated, strict=False)))
        at += len(lengths)
    return made


def _sizes(cursor: Cursor, folder: Folder, count: int) -> list[int]:
    if not count:
        return []
    sizes = [cursor.number() for _ in range(count - 1)]
    rest = folder.size - sum(sizes)
    if rest < 0:
        raise SevenZipError("files larger than what they are unpacked from")
    return [*sizes, rest]


def files(cursor: Cursor) -> list[Listed]:
    """Return the files that a header states, in their order."""
    count = cursor.count(cursor.left)
    names: list[str] = []
    empty, plain, attributes = [False] * count, [], [0] * count
    while (kind := cursor.number()) != END:
        part = Cursor(cursor.take(cursor.number()))
        if kind == EMPTY_STREAM:
            empty = part.bits(count)
        elif kind == EMPTY_FILE:
            plain = part.bits(sum(empty))
        elif kind == NAMES:
            names = _names(part)
        elif kind == ATTRIBUTES:
            attributes = _attributes(part, count)
    if len(names) < count:
        names.extend([""] * (min(count, len(cursor.data)) - len(names)))
    return _listed(names[:count], empty, plain, attributes)


def _listed(names: list[str], empty: list[bool], plain: list[bool], attributes: list[int]) -> list[Listed]:
    made, seen = [], 0
    for name, nothing, attribute in zip(names, empty, attributes, strict=False):
        file = plain[seen] if nothing and seen < len(plain) else False
        seen += nothing
        mode = attribute >> 16 if attribute & _UNIX else 0
        made.append(Listed(name, nothing, nothing and not file, mode))
    return made


def _names(part: Cursor) -> list[str]:
    if part.byte():
        raise SevenZipError("names in another stream")
    text = part.take(part.left).decode("utf-16-le", "backslashreplace")
    return text.split("\0")[:-1] if text.endswith("\0") else text.split("\0")


def _attributes(part: Cursor, count: int) -> list[int]:
    has = part.defined(count)
    if part.byte():
        raise SevenZipError("attributes in another stream")
    return [int.from_bytes(part.take(4), "little") if one else 0 for one in has]
