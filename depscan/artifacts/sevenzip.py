"""Walk a 7z archive: its header stands at the end and may be packed itself.

Format: 7zFormat.txt of the LZMA SDK. Files of a folder are unpacked as they are asked for.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from depscan.artifacts import sevenzip_header as header
from depscan.artifacts.ledger import Ledger
from depscan.artifacts.members import Found, Held, InSource, unpacking
from depscan.artifacts.sevenzip_coders import COPY, order, unpacked
from depscan.artifacts.sevenzip_header import Cursor, Folder, Listed, SevenZipError, Streams
from depscan.artifacts.source import Source, WindowSource
from depscan.artifacts.streams import UnpackError, pieces

_START = struct.Struct("<6s2BL2QL")
_MOST_HEADER = 8 << 20
_MOST_LAYERS = 4
_MIB = 1 << 20
_SYMBOLIC = 0o12
_SHOWN = "bytes that the archive does not list"


class SevenZipWalk:
    """The members of one 7z archive."""

    def __init__(self, source: Source, path: str, ledger: Ledger) -> None:
        self._source = source
        self._path = path
        self._ledger = ledger
        self._told = False

    def members(self) -> Iterator[Found]:
        """Yield regular files, and the bytes that no file is made of as one more."""
        start = self._source.at(0, _START.size)
        if len(start) < _START.size:
            self._odd("cut short within its first 32 bytes", "no-end")
            return
        _, _, _, crc, offset, size, check = _START.unpack(start)
        if zlib.crc32(start[12:]) != crc:
            self._odd("the checksum of its start is wrong: some readers refuse it, others do not look", "checksum")
        at, end = _START.size + offset, _START.size + offset + size
        if end > self._source.size:
            self._odd("its header stands behind the end of the file: cut short", "no-end")
            yield from self._unlisted(_START.size, self._source.size)
            return
        if end < self._source.size:
            self._odd(f"{self._source.size - end} bytes behind the end of the archive", "suffix")
            yield from self._unlisted(end, self._source.size)
        data = self._source.at(at, min(size, _MOST_HEADER))
        if len(data) < size:
            self._ledger.odd("budget", self._path, f"a header of {size} bytes; more than 8 MiB are not read")
        elif zlib.crc32(data) != check:
            self._odd("the checksum of its header is wrong", "directory-damaged")
        try:
            yield from self._listed(data, at)
        except SevenZipError as error:
            self._odd(f"its header is damaged: {error}", "directory-damaged")
            yield from self._unlisted(_START.size, at)
        except UnpackError as error:
            self._ledger.odd("unreadable", self._path, f"its header is {error}")

    def _odd(self, why: str, case: str) -> None:
        self._ledger.odd("broken", self._path, why, case)

    def _listed(self, data: bytes, at: int) -> Iterator[Found]:
        """Yield the files of a header that ends the archive's packed streams at ``at``."""
        used: list[tuple[int, int]] = []
        for _ in range(_MOST_LAYERS):
            cursor = Cursor(data)
            kind = cursor.number() if data else header.END
            if kind != header.ENCODED:
                break
            streams = header.streams(cursor)
            used.append(_span(streams))
            data = self._header(streams)
        if kind == header.HEADER:
            streams, listed = _parsed(cursor)
            used.append(_span(streams))
            yield from self._files(streams, listed)
        elif kind != header.END:
            raise SevenZipError("it begins with no header")
        yield from self._gaps(sorted(used), at)

    def _header(self, streams: Streams) -> bytes:
        if not streams.folders:
            raise SevenZipError("a packed header without a stream")
        folder = streams.folders[0]
        if folder.size > _MOST_HEADER:
            raise UnpackError("larger than 8 MiB, and packed")
        order(folder)
        packed = pieces(self._source, _START.size + streams.start, sum(streams.packed[:1]))
        data = b"".join(unpacked(packed, folder, self._path, self._ledger))
        check = streams.checks[0]
        if len(data) < folder.size or (check is not None and zlib.crc32(data) != check):
            raise SevenZipError("what its packed header unpacks to is not whole, or has a wrong checksum")
        return data

    def _files(self, streams: Streams, listed: list[Listed]) -> Iterator[Found]:
        parts = self._parts(streams)
        for one in listed:
            if self._ledger.late(self._path) or not self._ledger.admit(self._path):
                return
            part = None if one.empty else next(parts, None)
            if one.folder:
                continue
            path = self._ledger.clean(one.name) or _stem(self._path)
            if one.mode >> 12 == _SYMBOLIC:
                self._ledger.odd("link", path, "a symbolic link in a 7z archive")
            if part is None:
                if not one.empty:
                    self._ledger.odd("broken", path, "a file without a packed stream", "no-member")
                yield Found(path, 0, Held(b""), bool(one.mode & 0o111))
            else:
                yield Found(path, part.size, InSource(part, path, self._ledger), bool(one.mode & 0o111))
        for part in parts:
            self._odd("a packed file that has no name", "unlisted")
            yield Found(_SHOWN, part.size, InSource(part, _SHOWN, self._ledger))

    def _parts(self, streams: Streams) -> Iterator[Source]:
        """Yield the content of each file that has any, in order."""
        at, next_packed = _START.size + streams.start, 0
        for folder, sizes in zip(streams.folders, streams.parts, strict=False):
            packed = streams.packed[next_packed : next_packed + len(folder.packed)]
            next_packed += len(folder.packed)
            begin, at = at, at + sum(packed)
            if at > self._source.size:
                self._odd("its packed data is cut short", "data-cut")
            if folder.size > _MIB and folder.size > sum(packed) * self._ledger.budget.ratio:
                self._ledger.odd("ratio", self._path, f"{sum(packed)} bytes that unpack to {folder.size}")
            whole = self._whole(folder, begin, sum(packed), sizes)
            start = 0
            for size, _ in sizes:
                yield WindowSource(whole, start, size)
                start += size

    def _whole(self, folder: Folder, begin: int, packed: int, sizes: list[tuple[int, int | None]]) -> Source:
        """Return what a folder unpacks to, checked against the checksums of its files as it is read."""
        try:
            chain = order(folder)
        except UnpackError as error:
            self._ledger.odd("unreadable", self._path, str(error))
            return _Missing(folder.size, str(error))
        if all(coder.method == COPY for coder, _ in chain):
            return WindowSource(self._source, begin, min(packed, folder.size))

        def make(ledger: Ledger) -> Iterator[bytes]:
            stream = unpacked(pieces(self._source, begin, packed), folder, self._path, ledger)
            return self._checked(stream, sizes)

        return unpacking(make, self._ledger, folder.size)

    def _checked(self, stream: Iterator[bytes], sizes: list[tuple[int, int | None]]) -> Iterator[bytes]:
        """Pass bytes on, comparing each file of a folder with its checksum."""
        wanted = iter(sizes)
        left, check = next(wanted, (0, None))
        crc = 0
        for piece in stream:
            at = 0
            while at < len(piece):
                part = piece[at : at + left]
                crc = zlib.crc32(part, crc)
                at, left = at + len(part), left - len(part)
                if left:
                    continue
                if check not in {None, crc} and not self._told:
                    self._told = True
                    self._odd("the content of a file has another checksum", "checksum-mismatch")
                crc, following = 0, next(wanted, None)
                if following is None:
                    break
                left, check = following
            yield piece

    def _gaps(self, used: list[tuple[int, int]], end: int) -> Iterator[Found]:
        at = _START.size
        for begin, stop in [*used, (end, end)]:
            if at < begin <= end:
                self._odd(f"{begin - at} bytes that belong to no file", "unlisted")
                yield from self._unlisted(at, begin)
            at = max(at, stop)

    def _unlisted(self, start: int, stop: int) -> Iterator[Found]:
        rest = WindowSource(self._source, start, stop - start)
        if rest.size and self._ledger.admit(self._path):
            yield Found(_SHOWN, rest.size, InSource(rest, _SHOWN, self._ledger))


class _Missing:
    """Content that cannot be unpacked."""

    __slots__ = ("cut", "size")

    def __init__(self, size: int, cut: str) -> None:
        self.size = size
        self.cut = cut

    def at(self, start: int, length: int) -> bytes:  # noqa: ARG002 - of a source
        """Return nothing: ``cut`` says why."""
        return b""


def _span(streams: Streams) -> tuple[int, int]:
    begin = _START.size + streams.start
    return begin, begin + sum(streams.packed)


def _stem(path: str) -> str:
    """Return what 7-Zip calls a file without a name: the archive's name without its ending."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _parsed(cursor: Cursor) -> tuple[Streams, list[Listed]]:
    streams, listed = header.NOTHING, []
    while cursor.left and (kind := cursor.number()) != header.END:
        if kind == header.ARCHIVE_PROPERTIES:
            while cursor.number() != header.END:
                cursor.take(cursor.number())
        elif kind == header.ADDITIONAL:
            header.streams(cursor)
        elif kind == header.MAIN:
            streams = header.streams(cursor)
        elif kind == header.FILES:
            listed = header.files(cursor)
        else:
            raise SevenZipError(f"an unknown part {kind:#x}")
    return streams, listed
