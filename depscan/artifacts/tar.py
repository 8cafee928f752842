"""Walk a tar stream once: members, links and what is wrong, as pip's and uv's extractors would see it.

Format: POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU tar (long names, sparse members). The stream may come from a
decompressor, so it is read once from front to back and nothing of it is written anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from depscan.artifacts.ledger import Ledger
from depscan.artifacts.links import leaves
from depscan.artifacts.magic import ARCHIVES, HEAD, checksum_fits, looks_text, sniff
from depscan.artifacts.members import Found, HeadOf, Held, Reader, hold
from depscan.artifacts.source import PIECE, Source, WindowSource

_BLOCK = 512
_BIG = 4 << 20
_KEPT_HEAD = 64 << 10
_MOST_META = 1 << 20
_REGULAR = frozenset(b"0\x007S")
_DEVICES = frozenset(b"346")
_HARD, _SYMBOLIC, _FOLDER = b"125"
_META = frozenset(b"LKxgX")
_GNU = frozenset(b"LKS")
_ZERO = b"\0" * _BLOCK
_LINK_STEPS = 8


class _Pull:
    """Bytes on demand out of pieces."""

    __slots__ = ("_at", "_held", "_pieces", "_pulled", "ended")

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self._at = 0
        self._pulled = 0
        self.ended = False

    @property
    def at(self) -> int:
        """Return how many bytes were passed."""
        return self._pulled - len(self._held) + self._at

    def take(self, length: int) -> bytes:
        """Return the next bytes; fewer at the end."""
        end = self._at + length
        if end <= len(self._held):
            data = self._held[self._at : end]
            self._at = end
            return data
        parts = [self._held[self._at :]]
        missing = length - len(parts[0])
        self._held, self._at = b"", 0
        while missing > 0 and self._refill():
            part = self._held[:missing]
            self._at = len(part)
            missing -= len(part)
            parts.append(part)
        return b"".join(parts)

    def skip(self, length: int) -> int:
        """Pass over bytes and return how many there were."""
        left = length
        while True:
            step = min(left, len(self._held) - self._at)
            self._at += step
            left -= step
            if left <= 0 or not self._refill():
                return length - left

    def _refill(self) -> bool:
        self._held, self._at = b"", 0
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                self.ended = True
                return False
            self._held = piece
            self._pulled += len(piece)
        return True


class _PullAt(_Pull):
    """Bytes on demand out of a source, in which what is not wanted is jumped over."""

    __slots__ = ("_next", "_source")

    def __init__(self, source: Source) -> None:
        super().__init__(iter(()))
        self._source = source
        self._next = 0

    def skip(self, length: int) -> int:
        """Pass over bytes and return how many there were."""
        begin = self.at
        end = min(begin + length, self._source.size)
        if end <= self._pulled:
            return super().skip(length)
        self._held, self._at = b"", 0
        self._pulled = self._next = end
        return end - begin

    def _refill(self) -> bool:
        self._held, self._at = self._source.at(self._next, PIECE), 0
        self._next += len(self._held)
        self._pulled = self._next
        self.ended = not self._held
        return not self.ended


class _Header(NamedTuple):
    name: str
    mode: int
    size: int
    kind: int
    target: str


class _Link(NamedTuple):
    path: str
    target: str
    executable: bool


class TarWalk:
    """One pass over one tar stream."""

    def __init__(
        self, pieces: Iterator[bytes], path: str, ledger: Ledger, whole: Source | None = None, *, packed: bool = True
    ) -> None:
        """Begin at the first header.

        Args:
            pieces: the stream; not used where it is not packed.
            path: of the archive, for oddities.
            ledger: budgets and oddities.
            whole: random access to the same stream; without it only the beginning of large binaries is had.
            packed: whether that has to unpack.
        """
        self._pull = _Pull(pieces) if packed or whole is None else _PullAt(whole)
        self._whole = whole
        self._path = path
        self._ledger = ledger
        self._links: list[_Link] = []
        self._symbolic: dict[str, str] = {}
        self._global: dict[str, str] = {}
        self._next: dict[str, str] = {}

    def members(self) -> Iterator[Found]:
        """Yield regular files in the order of the archive, then links to them under the link's name."""
        held: dict[str, Found] = {}
        for found in self._walk():
            held[found.path] = found
            yield found
        yield from self._linked(held)

    def _walk(self) -> Iterator[Found]:
        first = ended = True
        behind = False
        while not self._ledger.late(self._path):
            block = self._pull.take(_BLOCK)
            if not block.strip(b"\0"):
                if len(block) < _BLOCK:
                    return
                behind = True
                continue
            header = _parse(block) if len(block) == _BLOCK else None
            if header is None:
                self._not_a_header(block, first=first, behind=behind)
                return
            if behind and ended:
                # tarfile and most tools stop at the end mark; what stands behind it is read all the same.
                self._ledger.odd("broken", self._path, "more members behind the end of the archive")
                ended = False
            first = False
            found = self._entry(header)
            if found is not None:
                if not self._ledger.admit(self._path):
                    return
                yield found

    def _not_a_header(self, block: bytes, *, first: bool, behind: bool) -> None:
        where = "behind the end of the archive" if behind else "where a member should begin"
        if first:
            where = "at the beginning: no tar archive"
        elif len(block) < _BLOCK:
            where = f"{where}: cut short"
        self._ledger.odd("broken", self._path, f"other data {where}")

    def _entry(self, header: _Header) -> Found | None:
        if header.kind in _META:
            self._remember(header)
            return None
        pax = {**self._global, **self._next} if self._global or self._next else {}
        self._next = {}
        name, size = pax.get("path", header.name), header.size
        target = pax.get("linkpath", header.target)
        if "size" in pax:
            size = self._pax_size(pax["size"], size, name)
        if header.kind == _FOLDER or (name.endswith("/") and header.kind in {0, 48}):
            self._ledger.clean(name.rstrip("/") or ".")
            return None
        path = self._ledger.clean(name)
        executable = bool(header.mode & 0o111)
        if header.kind in {_HARD, _SYMBOLIC}:
            self._link(path, target, executable, hard=header.kind == _HARD)
            return None
        if header.kind in _DEVICES:
            self._ledger.odd("link", path, "a device or pipe, not a file")
            return None
        if header.kind not in _REGULAR:
            self._ledger.odd("broken", path, f"a member of the unknown type {chr(header.kind)!r}")
        if header.kind == ord("S") or any(key.startswith("GNU.sparse") for key in pax):
            self._ledger.odd("unreadable", path, "a sparse member; its stored parts were read as they are")
        return self._file(path, size, executable=executable)

    def _pax_size(self, text: str, size: int, name: str) -> int:
        stated = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1  # noqa: PLR2004
        if stated < 0:
            self._ledger.odd("broken", name, "a pax header whose size is no number")
            return size
        if stated != size and stated < 8 << 30:
            # Extractors that believe the other number see other members (CVE-2025-62518).
            self._ledger.odd("broken", name, f"two sizes: {size} in the header, {stated} in its pax record")
        return stated

    def _file(self, path: str, size: int, *, executable: bool) -> Found:
        reader, got = self._content(path, size)
        if got < size:
            self._ledger.odd("broken", path, f"cut short: {got} of {size} bytes")
        self._pull.skip(-size % _BLOCK)
        return Found(path, size, reader, executable)

    def _content(self, path: str, size: int) -> tuple[Reader, int]:
        begin = self._pull.at
        head = self._pull.take(min(size, _KEPT_HEAD))
        if size <= _KEPT_HEAD:
            allowed = self._ledger.grant(path, len(head))
            return hold(head[:allowed], path, self._ledger), len(head)
        archive = sniff(head[:HEAD]) in ARCHIVES
        if size > _BIG and not looks_text(head[:4096]) and (self._whole is not None or not archive):
            # A big binary (shared library, model, picture) is told by its head: 64 KiB are kept, the rest is passed
            # over and found again by who needs it, as an archive inside is. Text is read up to the budget.
            got = len(head) + self._pull.skip(size - len(head))
            if self._whole is None:
                return Held(head, "only its first 64 KiB were read"), got
            return HeadOf(head, WindowSource(self._whole, begin, size)), got
        allowed = self._ledger.grant(path, size)
        rest = self._pull.take(max(allowed - len(head), 0))
        got = len(head) + len(rest)
        got += self._pull.skip(size - got)
        return hold((head + rest)[:allowed], path, self._ledger), got

    def _remember(self, header: _Header) -> None:
        """Read the data of a long name or pax header: it belongs to the next member or to all that follow."""
        if header.size > _MOST_META:
            self._ledger.odd("long-name", header.name, f"a header of {header.size} bytes; it was passed over")
            self._pull.skip(header.size + -header.size % _BLOCK)
            return
        data = self._pull.take(header.size)
        self._pull.skip(-header.size % _BLOCK)
        if header.kind in b"LK":
            text = data.partition(b"\0")[0].decode("utf-8", "backslashreplace")
            self._next["path" if header.kind == ord("L") else "linkpath"] = text
            return
        records = _pax(data)
        if records is None:
            self._ledger.odd("broken", header.name, "a damaged pax header")
            return
        if header.kind == ord("g"):
            self._global.update(records)
            if records.keys() & {"path", "linkpath", "size"}:
                self._ledger.odd("broken", header.name, "a pax header that gives all members the same path or size")
        else:
            self._next.update(records)

    def _link(self, path: str, target: str, executable: bool, *, hard: bool) -> None:  # noqa: FBT001
        where = target.replace("\\", "/")
        base = "" if hard else path.rpartition("/")[0]
        resolved = _resolve(base, where)
        if where.startswith("/") or where[1:2] == ":" or resolved.startswith(".."):
            self._ledger.odd("link", path, f"a link out of the archive, to {target[:200]}")
        elif len(self._links) < self._ledger.budget.members:
            self._links.append(_Link(path, resolved, executable))
            if not hard:
                self._symbolic[path] = where

    def _linked(self, held: dict[str, Found]) -> Iterator[Found]:
        """Yield links that end at a file as files: an extractor puts the same content there."""
        for path, target in self._symbolic.items():
            if leaves(f"{path.rpartition('/')[0]}/{target}", self._symbolic):
                why = f"a link out of the archive through another one, to {target[:200]}"
                self._ledger.odd("link", path, why)
        targets = {link.path: link.target for link in self._links}
        for link in self._links:
            end = link.target
            for _ in range(_LINK_STEPS):
                if end in held or end not in targets:
                    break
                end = targets[end]
            real = held.get(end)
            if real is not None and link.path not in held and self._ledger.admit(link.path):
                yield real._replace(path=link.path, executable=link.executable)
            elif end in targets:
                self._ledger.odd("link", link.path, "a link that leads back to itself")


def _resolve(base: str, target: str) -> str:
    parts = base.split("/") if base else []
    for part in target.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _parse(block: bytes) -> _Header | None:
    """Return a header; None when its checksum or its numbers are wrong."""
    if not checksum_fits(block):
        return None
    try:
        size, mode = _number(block[124:136]), _number(block[100:108])
    except ValueError:
        return None
    if size < 0:
        return None
    name, kind = _text(block[:100]), block[156]
    prefix = _text(block[345:500])
    # As tarfile does; only the magic of the GNU format says that other things stand at that place.
    if prefix and kind not in _GNU and block[257:265] != b"ustar  \0":
        name = f"{prefix}/{name}"
    return _Header(name, max(mode, 0), size, kind, _text(block[157:257]))


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def _number(field: bytes) -> int:
    """Return a number field: octal digits, or GNU's base 256 for what does not fit."""
    if field[0] in {0x80, 0xFF}:
        return int.from_bytes(field[1:], "big", signed=field[0] == 0xFF)  # noqa: PLR2004
    digits = field.strip(b" \0").partition(b"\0")[0]
    return int(digits, 8) if digits else 0


def _pax(data: bytes) -> dict[str, str] | None:
    """Return the records ``length key=value`` of a pax header; None when they are damaged."""
    records: dict[str, str] = {}
    at = 0
    while at < len(data) and data[at]:
        digits, space, _ = data[at : at + 20].partition(b" ")
        if not space or not digits.isdigit():
            return None
        end = at + int(digits)
        key, equals, value = data[at + len(digits) + 1 : end - 1].partition(b"=")
        if not equals or end <= at or end > len(data) or data[end - 1 : end] != b"\n":
            return None
        records[key.decode("utf-8", "backslashreplace")] = value.decode("utf-8", "backslashreplace")
        at = end
    return records
