"""Walk a zip archive by its directory and check it against what really stands in the file.

Format: PKWARE APPNOTE 6.3.10. Installers disagree on what a zip holds (directory or local headers, first or last
duplicate, data before and after): whatever they could see differently is an oddity, and members only some of them
would see are read too.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

from depscan.artifacts.ledger import Ledger
from depscan.artifacts.members import Found
from depscan.artifacts.source import Source
from depscan.artifacts.streams import pieces
from depscan.artifacts.zip_member import ZipReader
from depscan.artifacts.zip_records import (
    CENTRAL,
    DESCRIPTOR,
    ENCRYPTED,
    END,
    LOCAL,
    LOCATOR,
    MAX32,
    MIB,
    MOST_DIRECTORY,
    SALVAGE,
    SYMBOLIC,
    TAIL,
    UNICODE_PATH,
    ZIP64_END,
    Directory,
    Entry,
    local_entry,
    local_fields,
    name_of,
    wide_values,
)

_DESCRIPTOR = 24
"""Bytes of the longest data descriptor: mark, checksum and two sizes of eight bytes."""


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
        if entry.flags & ENCRYPTED:
            entry = self._told_encrypted(entry, start, path)
        if entry.size > MIB and entry.size > entry.packed * self._ledger.budget.ratio:
            self._ledger.odd("ratio", path, f"{entry.packed} bytes that unpack to {entry.size}")
        if entry.mode >> 12 == SYMBOLIC:
            self._ledger.odd("link", path, "a symbolic link in a zip; installers write it as a file")
        return Found(path, entry.size, self._reader(entry, start, path), bool(entry.mode & 0o111))

    def _told_encrypted(self, entry: Entry, start: int, path: str) -> Entry:
        """Return a member as plain where its data is: some loaders do not look at the flag (CVE-2025-1945)."""
        plain = entry._replace(flags=entry.flags & ~ENCRYPTED)
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
        tail = self._source.at(self._source.size - END.size, END.size)
        if not tail.startswith(b"PK\x05\x06") or not tail.endswith(b"\0\0"):
            return None
        directory = self._end(tail, self._source.size - END.size, 0)
        if directory is not None:
            self._around(tail, 0, directory.shift)
        return directory

    def _directory(self) -> Directory | None:
        """Return the directory by the last end record, as zipfile finds it; None without one that fits."""
        tail_at = max(0, self._source.size - TAIL)
        tail = self._source.at(tail_at, TAIL)
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
            if begin <= at < begin + LOCAL.size + entry.packed + 2 * 0xFFFF:
                start = self._data_start(entry, directory.shift, entry.name, quiet=True)
                if start <= at < start + entry.packed:
                    return True
        return False

    def _end(self, tail: bytes, tail_at: int, at: int) -> Directory | None:
        if at + END.size > len(tail):
            return None
        _, _, _, here, count, size, offset, _ = END.unpack_from(tail, at)
        end = tail_at + at
        size, offset, end, count = self._zip64(end, count, size, offset)
        start = end - size
        shift = start - offset
        if shift < 0 or start < 0 or size > MOST_DIRECTORY:
            return None
        data = self._source.at(start, size)
        if data[:4] != b"PK\x01\x02" and (size or count):
            return None
        return Directory(data, start, shift, count if here in {count, 0xFFFF, count & 0xFFFF} else -1)

    def _around(self, tail: bytes, at: int, shift: int) -> None:
        end = at + END.size + int.from_bytes(tail[at + 20 : at + 22], "little")
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
        locator = self._source.at(end - LOCATOR.size, LOCATOR.size)
        if len(locator) < LOCATOR.size or not locator.startswith(b"PK\x06\x07"):
            return size, offset, end, count
        at = end - LOCATOR.size - ZIP64_END.size
        record = self._source.at(at, ZIP64_END.size)
        if len(record) < ZIP64_END.size or not record.startswith(b"PK\x06\x06"):
            # A record with more fields stands where the locator says.
            at = LOCATOR.unpack(locator)[2]
            record = self._source.at(at, ZIP64_END.size)
        if len(record) < ZIP64_END.size or not record.startswith(b"PK\x06\x06"):
            self._ledger.odd("broken", self._path, "a zip64 locator without a zip64 end record", "zip64-lost")
            return size, offset, end, count
        fields = ZIP64_END.unpack(record)
        wide_count, wide_size, wide_offset = fields[7], fields[8], fields[9]
        same = count in {0xFFFF, wide_count} and size in {MAX32, wide_size} and offset in {MAX32, wide_offset}
        if not same:
            self._ledger.odd("broken", self._path, "its two end records state different directories", "two-directories")
        elif at - wide_size - wide_offset != at - LOCATOR.unpack(locator)[2]:
            self._ledger.odd("broken", self._path, "the zip64 locator points elsewhere", "two-directories")
        return wide_size, wide_offset, at, wide_count

    def _entries(self, directory: Directory, *, quiet: bool = False) -> Iterator[Entry]:
        data, at, count = directory.data, 0, 0
        while at + CENTRAL.size <= len(data):
            fields = CENTRAL.unpack_from(data, at)
            if fields[0] != b"PK\x01\x02":
                break
            (flags, method, _, _, crc, packed, size, names, extras, comments, _, _, mode, offset) = fields[5:]
            begin = at + CENTRAL.size
            raw, extra = data[begin : begin + names], data[begin + names : begin + names + extras]
            at = begin + names + extras + comments
            if at > len(data):
                break
            if UNICODE_PATH in extra and not quiet:
                self._second_name(name_of(raw, flags), extra)
            if MAX32 in {packed, size, offset}:
                size, packed, offset = wide_values(extra, size, packed, offset)
            count += 1
            yield Entry(name_of(raw, flags), flags, method, crc, packed, size, mode >> 16, offset)
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
        header = self._source.at(begin, LOCAL.size + 512)
        if len(header) < LOCAL.size or header[:4] != b"PK\x03\x04":
            ledger.odd("broken", path, "no member where the directory says that one is", "no-member")
            return self._source.size
        flags, method, crc, packed, size, names, extras = local_fields(header)
        raw = header[LOCAL.size : LOCAL.size + names]
        start = begin + LOCAL.size + names + extras
        if names <= 512 and name_of(raw, flags) != entry.name:  # noqa: PLR2004 - what was read of it
            ledger.odd("broken", path, f"its own header calls it {name_of(raw, flags)[:200]!r}", "name-mismatch")
        if method != entry.method:
            ledger.odd("broken", path, "its own header states another compression", "method-mismatch")
        if MAX32 in {packed, size}:
            extra = header[LOCAL.size + names : LOCAL.size + names + extras]
            size, packed, _ = wide_values(extra, size, packed, 0)
        stated = {(entry.packed, entry.size), (MAX32, MAX32)}  # the second of a long name, whose fields were not read
        if not flags & DESCRIPTOR and (packed, size) not in stated:
            ledger.odd("broken", path, "its own header states another size", "size-mismatch")
        if not flags & DESCRIPTOR and crc != entry.crc:
            ledger.odd("broken", path, "its own header states another checksum", "checksum-mismatch")
        if (flags ^ entry.flags) & ENCRYPTED:
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
            elif begin > end:
                yield from self._unlisted(end, begin)
            end = max(end, stop)

    def _unlisted(self, start: int, stop: int) -> Iterator[Found]:
        """Yield what stands where the directory has nothing: members, or bytes that are more than padding."""
        data = self._source.at(start, min(stop - start, MIB))
        if b"PK\x03\x04" in data and stop - start >= LOCAL.size:
            self._ledger.odd("broken", self._path, "members that the directory does not list", "unlisted")
            yield from self._salvage(start, stop)
        elif _is_more(data):
            why = f"{stop - start} bytes at {start} that no member accounts for"
            self._ledger.odd("broken", self._path, why, "gap")

    def _salvage(self, at: int, stop: int) -> Iterator[Found]:
        """Yield what local headers alone tell, for archives without a directory and gaps in others."""
        data = self._source.at(at, min(stop - at, SALVAGE))
        here = data.find(b"PK\x03\x04")
        while here >= 0 and here + LOCAL.size <= len(data) and self._ledger.admit(self._path):
            following = data.find(b"PK\x03\x04", here + 4)
            end = following if following >= 0 else len(data)
            entry, start = local_entry(data, here, end)
            here = following
            path = self._ledger.clean(entry.name)
            found = self._found(entry, at + start, path) if entry.name else None
            if found is not None:
                yield found
            if self._ledger.late(self._path):
                return


def _is_more(data: bytes) -> bool:
    """Whether bytes between members are more than a data descriptor, padding or an Android package's signatures."""
    rest = data.lstrip(b"\0")
    if len(data) <= _DESCRIPTOR or not rest:
        return False
    if rest.startswith(b"PK\x07\x08"):
        rest = data.partition(b"PK\x07\x08")[2][_DESCRIPTOR - 4 :].strip(b"\0")
    return bool(rest) and not rest.endswith(b"APK Sig Block 42")
