"""Walk a zip archive by its directory and check it against what really stands in the file.

Format: PKWARE APPNOTE 6.3.10. Installers disagree on what a zip holds (directory or local headers, first or last
duplicate, data before and after): whatever they could see differently is an oddity, and members only some of them
would see are read too.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from depscan.artifacts.ledger import Ledger
from depscan.artifacts.magic import HEAD
from depscan.artifacts.members import Found, unpacking
from depscan.artifacts.source import Source, WindowSource
from depscan.artifacts.streams import pieces, unpack

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
HEADER = _LOCAL.size
"""Bytes of a member's own header without its name."""
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")

_METHODS = {0: "", 8: "deflate", 12: "bzip2", 14: "lzma", 93: "zstd", 20: "zstd"}
_DEFLATED = 8
_TAIL = 22 + 0xFFFF
_MOST_DIRECTORY = 64 << 20
_MIB = 1 << 20
_SYMBOLIC = 0o12
_MAX32 = 0xFFFFFFFF
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 1, 8, 0x800
_SALVAGE = 256 << 20
_UNICODE_PATH = b"up"


class Entry(NamedTuple):
    """A row of the directory."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int


class Directory(NamedTuple):
    """The directory's bytes and where they stand."""

    data: bytes
    start: int
    shift: int
    """Bytes in front of the archive: to be added to every offset."""
    members: int
    """Members, as the end record states."""


class ZipReader:
    """Reads one member when asked for."""

    __slots__ = ("_checked", "_entry", "_granted", "_head", "_path", "_source", "_start", "ledger")

    def __init__(self, source: Source, entry: Entry, start: int, path: str, ledger: Ledger) -> None:
        self._source = source
        self._entry = entry
        self._start = start
        self._path = path
        self.ledger = ledger
        self._granted = -1
        self._checked = False
        self._head: bytes | None = None

    def __call__(self) -> bytes:
        """Return the content; a wrong checksum or length is an oddity."""
        entry = self._entry
        if entry.flags & _ENCRYPTED:
            return b""
        first = self._granted < 0
        if first:
            granted = self.ledger.grant(self._path, max(entry.size, 1))
            # Where more comes than the directory states, some installers write it all.
            self._granted = self.ledger.budget.member if granted else 0
        if not self._granted:
            return b""
        plain = self._plain()
        if plain is not None:
            return plain
        ledger = self.ledger if first else Ledger(self.ledger.budget)  # what is wrong is said once
        data = b"".join(self._unpacked(self._granted, ledger))
        if first and not self._checked and entry.size <= self.ledger.budget.member:
            self._check(data)
        return data[: self._granted]

    def head(self) -> bytes:
        """Return the first 512 bytes."""
        if self._head is None:
            self._head = self._first()
        return self._head

    @property
    def packed(self) -> bool:
        """Whether all of it is unpacked to see its end."""
        return bool(self._entry.method)

    def source(self) -> Source:
        """Return random access to the content: of a stored member a window, of others what they unpack to."""
        entry = self._entry
        if entry.flags & _ENCRYPTED:
            return unpacking(lambda _: iter(()), self.ledger, entry.size)
        source = self._window() if not entry.method else self._unpacking()
        if self._granted < 0 and entry.size <= _MIB and not self._checked:
            # What is small is checked here; a tensor of gigabytes would have to be read for that.
            self._checked = True
            self._check(source.at(0, entry.size))
        return source

    def _window(self) -> Source:
        return WindowSource(self._source, self._start, self._entry.packed)

    def _unpacking(self) -> Source:
        entry = self._entry
        kind = _METHODS.get(entry.method, "")

        def unpacked(ledger: Ledger) -> Iterator[bytes]:
            if not kind:
                ledger.odd("unreadable", self._path, f"unknown compression method {entry.method}")
                return iter(())
            return unpack(pieces(self._source, self._start, entry.packed), kind, self._path, ledger)

        return unpacking(unpacked, self.ledger, entry.size)

    def _first(self) -> bytes:
        entry = self._entry
        if entry.flags & _ENCRYPTED:
            return b""
        if entry.method == _DEFLATED:
            try:
                packed = self._source.at(self._start, min(entry.packed, HEAD * 4))
                return zlib.decompressobj(-15).decompress(packed, HEAD)
            except zlib.error:
                pass  # what can be had of damaged data comes piece by piece
        return b"".join(self._unpacked(HEAD, Ledger(self.ledger.budget), HEAD * 4))[:HEAD]

    def _plain(self) -> bytes | None:
        """Return the content of a small sound member at once; None for any other, which is read piece by piece."""
        entry = self._entry
        if entry.method != _DEFLATED or entry.size > _MIB or entry.packed > _MIB or entry.size > self._granted:
            return None
        tool = zlib.decompressobj(-15)
        try:
            data = tool.decompress(self._source.at(self._start, entry.packed), entry.size + 1)
        except zlib.error:
            return None
        sound = tool.eof and not tool.unused_data and len(data) == entry.size and zlib.crc32(data) == entry.crc
        return data if sound else None

    def _unpacked(self, wanted: int, ledger: Ledger, packed: int = 0) -> Iterator[bytes]:
        kind = _METHODS.get(self._entry.method)
        if kind is None:
            ledger.odd("unreadable", self._path, f"unknown compression method {self._entry.method}")
            return
        length = min(self._entry.packed, packed) if packed else self._entry.packed
        made = 0
        for piece in unpack(pieces(self._source, self._start, length), kind, self._path, ledger):
            yield piece
            made += len(piece)
            if made > wanted:
                return

    def _check(self, data: bytes) -> None:
        entry = self._entry
        if len(data) != entry.size:
            more = "more" if len(data) > entry.size else "fewer"
            self.ledger.odd("broken", self._path, f"{more} bytes than the {entry.size} that are stated", "length")
        elif zlib.crc32(data) != entry.crc:
            self.ledger.odd("broken", self._path, "its checksum is wrong", "checksum")


class ZipWalk:
    """The members of one zip archive."""

    def __init__(self, source: Source, path: str, ledger: Ledger) -> None:
        self._source = source
        self._path = path
        self._ledger = ledger

    def members(self) -> Iterator[Found]:
        """Yield regular files: those of the directory, then those only in the file itself."""
        directory = self._directory()
        if directory is None:
            self._ledger.odd(
                "broken", self._path, "no end record: cut short, or not a zip; members were searched for", "no-end"
            )
            yield from self._salvage(0, self._source.size)
            return
        spans: list[tuple[int, int]] = []
        for entry in self._entries(directory):
            if self._ledger.late(self._path) or not self._ledger.admit(self._path):
                return
            path = self._ledger.clean(entry.name)
            start = self._data_start(entry, directory.shift, path)
            begin = entry.offset + directory.shift
            spans.append((begin, start + entry.packed))
            found = self._found(entry, start, path)
            if found is not None:
                yield found
        yield from self._between(spans, directory)

    def only(self, wanted: Callable[[str], bool]) -> Iterator[Found]:
        """Yield the regular files of the directory whose clean path is wanted; nothing else is touched.

        For a source that costs a request per read: two reads for the directory, two per member.
        """
        directory = self._plain_end() or self._directory()
        if directory is None:
            self._ledger.odd("broken", self._path, "no end record: cut short, or not a zip", "no-end")
            return
        for entry in self._entries(directory):
            if self._ledger.late(self._path) or not self._ledger.admit(self._path):
                return
            path = self._ledger.clean(entry.name)
            if wanted(path):
                found = self._found(entry, self._data_start(entry, directory.shift, path), path)
                if found is not None:
                    yield found

    def _found(self, entry: Entry, start: int, path: str) -> Found | None:
        if entry.name.endswith(("/", "\\")):
            if entry.size:
                self._ledger.odd("broken", path, "a folder with content", "folder-content")
            return None
        if entry.flags & _ENCRYPTED:
            entry = self._told_encrypted(entry, start, path)
        if entry.size > _MIB and entry.size > entry.packed * self._ledger.budget.ratio:
            self._ledger.odd("ratio", path, f"{entry.packed} bytes that unpack to {entry.size}")
        if entry.mode >> 12 == _SYMBOLIC:
            self._ledger.odd("link", path, "a symbolic link in a zip; installers write it as a file")
        return Found(path, entry.size, self._reader(entry, start, path), bool(entry.mode & 0o111))

    def _told_encrypted(self, entry: Entry, start: int, path: str) -> Entry:
        """Return a member as plain where its data is: some loaders do not look at the flag (CVE-2025-1945)."""
        plain = entry._replace(flags=entry.flags & ~_ENCRYPTED)
        if start >= 0 and self._is_plain(plain, start, path):
            why = "called encrypted, but its data is plain: it was read"
            self._ledger.odd("encrypted", path, why, "false-encryption")
            return plain
        self._ledger.odd("encrypted", path, "an encrypted member: it was not read")
        return entry

    def _is_plain(self, entry: Entry, start: int, path: str) -> bool:
        """Whether data that is called encrypted has the checksum that is stated of the content."""
        ledger = self._ledger.aside()
        source = ZipReader(self._source, entry, start, path, ledger).source()
        crc = size = 0
        for piece in pieces(source, 0, min(entry.size, source.size)):
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            if ledger.late(path):
                return False
        return size == entry.size and (crc == entry.crc or not size)

    def _reader(self, entry: Entry, start: int, path: str) -> ZipReader:
        return ZipReader(self._source, entry, start, path, self._ledger)

    def _plain_end(self) -> Directory | None:
        """Return the directory where the file's last bytes are an end record without a comment, as nearly always."""
        tail = self._source.at(self._source.size - _END.size, _END.size)
        if not tail.startswith(b"PK\x05\x06") or not tail.endswith(b"\0\0"):
            return None
        directory = self._end(tail, self._source.size - _END.size, 0)
        if directory is not None:
            self._around(tail, 0, directory.shift)
        return directory

    def _directory(self) -> Directory | None:
        """Return the directory by the last end record, as zipfile finds it; None without one that fits."""
        tail_at = max(0, self._source.size - _TAIL)
        tail = self._source.at(tail_at, _TAIL)
        found: list[tuple[Directory, int]] = []
        at = tail.rfind(b"PK\x05\x06")
        while at >= 0 and len(found) < 2:  # noqa: PLR2004 - a second one is already wrong
            directory = self._end(tail, tail_at, at)
            if directory is not None:
                found.append((directory, at))
            at = tail.rfind(b"PK\x05\x06", 0, at)
        if not found:
            return None
        first, at = found[0]
        if len(found) > 1 and not self._is_content(tail_at + found[1][1], first):
            self._ledger.odd("broken", self._path, "two end records: two directories in one archive", "two-ends")
        self._around(tail, at, first.shift)
        return first

    def _is_content(self, at: int, directory: Directory) -> bool:
        """Whether a place is inside the data of a member, as an archive that is stored in another one is."""
        for entry in self._entries(directory, quiet=True):
            begin = entry.offset + directory.shift
            if begin <= at < begin + _LOCAL.size + entry.packed + 2 * 0xFFFF:
                start = self._data_start(entry, directory.shift, entry.name, quiet=True)
                if start <= at < start + entry.packed:
                    return True
        return False

    def _end(self, tail: bytes, tail_at: int, at: int) -> Directory | None:
        if at + _END.size > len(tail):
            return None
        _, _, _, here, count, size, offset, _ = _END.unpack_from(tail, at)
        end = tail_at + at
        size, offset, end, count = self._zip64(end, count, size, offset)
        start = end - size
        shift = start - offset
        if shift < 0 or start < 0 or size > _MOST_DIRECTORY:
            return None
        data = self._source.at(start, size)
        if data[:4] != b"PK\x01\x02" and (size or count):
            return None
        return Directory(data, start, shift, count if here in {count, 0xFFFF, count & 0xFFFF} else -1)

    def _around(self, tail: bytes, at: int, shift: int) -> None:
        end = at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little")
        if shift and self._source.at(0, 2) not in {b"#!", b"MZ", b"\x7fE"}:
            self._ledger.odd("broken", self._path, f"{shift} bytes of other data in front of the archive", "prefix")
        elif shift:
            self._ledger.odd("disguised", self._path, f"a program of {shift} bytes in front of the archive")
        if end < len(tail):
            self._ledger.odd("broken", self._path, f"{len(tail) - end} bytes behind the end of the archive", "suffix")
        elif end > len(tail):
            self._ledger.odd("broken", self._path, "the archive's comment is cut short", "comment-cut")

    def _zip64(self, end: int, count: int, size: int, offset: int) -> tuple[int, int, int, int]:
        """Return size and offset of the directory and where it ends, from the zip64 records before the end.

        torch writes them for every archive; most readers go by the records wherever they are, some only where the end
        record has a mark (all bits set), so that what both state must be the same.
        """
        locator = self._source.at(end - _LOCATOR.size, _LOCATOR.size)
        if len(locator) < _LOCATOR.size or not locator.startswith(b"PK\x06\x07"):
            return size, offset, end, count
        at = end - _LOCATOR.size - _ZIP64_END.size
        record = self._source.at(at, _ZIP64_END.size)
        if len(record) < _ZIP64_END.size or not record.startswith(b"PK\x06\x06"):
            # A record with more fields stands where the locator says.
            at = _LOCATOR.unpack(locator)[2]
            record = self._source.at(at, _ZIP64_END.size)
        if len(record) < _ZIP64_END.size or not record.startswith(b"PK\x06\x06"):
            self._ledger.odd("broken", self._path, "a zip64 locator without a zip64 end record", "zip64-lost")
            return size, offset, end, count
        fields = _ZIP64_END.unpack(record)
        wide_count, wide_size, wide_offset = fields[7], fields[8], fields[9]
        same = count in {0xFFFF, wide_count} and size in {_MAX32, wide_size} and offset in {_MAX32, wide_offset}
        if not same:
            self._ledger.odd("broken", self._path, "its two end records state different directories", "two-directories")
        elif at - wide_size - wide_offset != at - _LOCATOR.unpack(locator)[2]:
            self._ledger.odd("broken", self._path, "the zip64 locator points elsewhere", "two-directories")
        return wide_size, wide_offset, at, wide_count

    def _entries(self, directory: Directory, *, quiet: bool = False) -> Iterator[Entry]:
        data, at, count = directory.data, 0, 0
        while at + _CENTRAL.size <= len(data):
            fields = _CENTRAL.unpack_from(data, at)
            if fields[0] != b"PK\x01\x02":
                break
            (flags, method, _, _, crc, packed, size, names, extras, comments, _, _, mode, offset) = fields[5:]
            begin = at + _CENTRAL.size
            raw, extra = data[begin : begin + names], data[begin + names : begin + names + extras]
            at = begin + names + extras + comments
            if at > len(data):
                break
            if _UNICODE_PATH in extra and not quiet:
                self._second_name(_name(raw, flags), extra)
            if _MAX32 in {packed, size, offset}:
                size, packed, offset = _wide(extra, size, packed, offset)
            count += 1
            yield Entry(_name(raw, flags), flags, method, crc, packed, size, mode >> 16, offset)
        if quiet:
            return
        if directory.members not in {count, count & 0xFFFF}:
            stated = "two numbers of" if directory.members < 0 else directory.members
            why = f"its end record states {stated} members, the directory has {count}"
            self._ledger.odd("broken", self._path, why, "count")
        if at != len(data):
            self._ledger.odd(
                "broken", self._path, "the directory is damaged: members may be missing", "directory-damaged"
            )

    def _second_name(self, name: str, extra: bytes) -> None:
        """Say where the field for a name in Unicode (0x7075) holds another name, which some readers prefer."""
        at = 0
        while at + 4 <= len(extra):
            kind, length = struct.unpack_from("<2H", extra, at)
            if kind == 0x7075 and length > 5:  # noqa: PLR2004 - version and checksum stand first
                other = extra[at + 9 : at + 4 + length].decode("utf-8", "backslashreplace")
                if other != name and name.isascii():
                    why = f"a second name in its extra field: {other[:200]!r}"
                    self._ledger.odd("broken", self._ledger.clean(name), why, "name-mismatch")
            at += 4 + length

    def _data_start(self, entry: Entry, shift: int, path: str, *, quiet: bool = False) -> int:
        """Return where a member's data begins; says where its own header contradicts the directory."""
        ledger = self._ledger.aside() if quiet else self._ledger
        begin = entry.offset + shift
        header = self._source.at(begin, _LOCAL.size + 512)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            ledger.odd("broken", path, "no member where the directory says that one is", "no-member")
            return self._source.size
        flags, method, crc, packed, size, names, extras = _local_fields(header)
        raw = header[_LOCAL.size : _LOCAL.size + names]
        start = begin + _LOCAL.size + names + extras
        if names <= 512 and _name(raw, flags) != entry.name:  # noqa: PLR2004 - what was read of it
            ledger.odd("broken", path, f"its own header calls it {_name(raw, flags)[:200]!r}", "name-mismatch")
        if method != entry.method:
            ledger.odd("broken", path, "its own header states another compression", "method-mismatch")
        if _MAX32 in {packed, size}:
            extra = header[_LOCAL.size + names : _LOCAL.size + names + extras]
            size, packed, _ = _wide(extra, size, packed, 0)
        stated = {(entry.packed, entry.size), (_MAX32, _MAX32)}  # the second of a long name, whose fields were not read
        if not flags & _DESCRIPTOR and (packed, size) not in stated:
            ledger.odd("broken", path, "its own header states another size", "size-mismatch")
        if not flags & _DESCRIPTOR and crc != entry.crc:
            ledger.odd("broken", path, "its own header states another checksum", "checksum-mismatch")
        if (flags ^ entry.flags) & _ENCRYPTED:
            ledger.odd("encrypted", path, "only one of its two headers calls it encrypted", "false-encryption")
        if start + entry.packed > self._source.size:
            ledger.odd("broken", path, "its data is cut short", "data-cut")
        return start

    def _between(self, spans: list[tuple[int, int]], directory: Directory) -> Iterator[Found]:
        """Yield members between and before those of the directory, which streaming extractors would see."""
        end = 0
        first = min(spans, default=(0, 0))[0]
        if first > 0 and first != directory.shift and self._source.at(0, 2) not in {b"#!", b"MZ", b"\x7fE"}:
            self._ledger.odd("broken", self._path, f"{first} bytes of other data in front of the archive", "prefix")
        for begin, stop in [*sorted(spans), (directory.start, directory.start)]:
            if begin < end:
                self._ledger.odd("broken", self._path, f"members overlap at byte {begin}", "overlap")
            elif begin - end >= _LOCAL.size and self._hidden(end, begin):
                self._ledger.odd("broken", self._path, "members that the directory does not list", "unlisted")
                yield from self._salvage(end, begin)
            end = max(end, stop)

    def _hidden(self, start: int, stop: int) -> bool:
        # A data descriptor (at most 24 bytes) may stand first.
        return b"PK\x03\x04" in self._source.at(start, min(stop - start, 1 << 20))

    def _salvage(self, at: int, stop: int) -> Iterator[Found]:
        """Yield what local headers alone tell, for archives without a directory and gaps in others."""
        data = self._source.at(at, min(stop - at, _SALVAGE))
        here = data.find(b"PK\x03\x04")
        while here >= 0 and here + _LOCAL.size <= len(data) and self._ledger.admit(self._path):
            following = data.find(b"PK\x03\x04", here + 4)
            end = following if following >= 0 else len(data)
            entry, start = _local(data, here, end)
            here = following
            path = self._ledger.clean(entry.name)
            found = self._found(entry, at + start, path) if entry.name else None
            if found is not None:
                yield found
            if self._ledger.late(self._path):
                return


def _local_fields(header: bytes) -> tuple[int, int, int, int, int, int, int]:
    """Return flags, method, checksum, both sizes and the lengths of name and extra field of a local header."""
    _, _, _, flags, method, _, _, crc, packed, size, names, extras = _LOCAL.unpack_from(header)
    return flags, method, crc, packed, size, names, extras


def _local(data: bytes, here: int, end: int) -> tuple[Entry, int]:
    _, _, _, flags, method, _, _, crc, packed, size, names, extras = _LOCAL.unpack_from(data, here)
    name = data[here + _LOCAL.size : here + _LOCAL.size + names]
    start = here + _LOCAL.size + names + extras
    if flags & _DESCRIPTOR or packed == _MAX32 or start + packed > end:
        packed = max(end - start, 0)
        size = size or packed * 8
    return Entry(_name(name, flags), flags, method, crc, packed, size, 0, here), start


def _name(raw: bytes, flags: int) -> str:
    if raw.isascii():
        return raw.decode()
    return raw.decode("utf-8", "backslashreplace") if flags & _UTF8 else raw.decode("cp437")


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return sizes and offset with the values of the zip64 extra field, which holds only those marked."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            wide = [v for (v,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
            values = [wide.pop(0) if v == _MAX32 and wide else v for v in (size, packed, offset)]
            return values[0], values[1], values[2]
        at += 4 + length
    return size, packed, offset
