"""Open a wheel that is far away: its directory, then only what can run; the rest is known by its names.

A local header, which stands in front of a member, is read with the member. So what a directory hides between two
members is found as in a file at hand (a gap of 30 bytes is looked into), while a header that contradicts the
directory is found for members that are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from depscan.artifacts import identity, languages
from depscan.artifacts.artifact import Artifact, Budget, Member
from depscan.artifacts.ledger import Ledger
from depscan.artifacts.magic import HEAD
from depscan.artifacts.members import Found
from depscan.artifacts.open import artifact_of
from depscan.artifacts.source import Source
from depscan.artifacts.zip import ZipWalk
from depscan.artifacts.zip_member import ZipReader
from depscan.artifacts.zip_records import HEADER, Directory, Entry

_DEFAULT = Budget()
_NATIVE = re.compile(r".+\.(so|pyd|dll|exe|dylib|a)(?:\.[\d.]+)?", re.IGNORECASE).fullmatch
_HEADS = {
    "so": b"\x7fELF\2\1\1" + bytes(9) + b"\3\0",
    "a": b"!<arch>\n",
    "dylib": b"\xcf\xfa\xed\xfe",
    **dict.fromkeys(("pyd", "dll", "exe"), b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0"),
}
_NOT_READ = frozenset({"javascript"})
"""Languages that are not read in a wheel."""
_BETWEEN = re.compile(rb"[^\w.\-]+")
"""What stands between words that may be file names."""
_PACKED = (".gz", ".bz2", ".xz", ".zst")
_LEAD = HEADER + 512 + 4 * HEAD
"""Bytes from which a member's first ones can be told."""


class FarSource(Source, Protocol):
    """Bytes on a server; see ``depscan.registry.ranged``."""

    def expect(self, spans: Iterable[tuple[int, int]]) -> None:
        """Say which bytes will be asked for."""

    def is_expected(self, start: int, length: int) -> bool:
        """Whether bytes come anyway."""


def open_far(source: FarSource, name: str, budget: Budget = _DEFAULT) -> Artifact | None:
    """Return a wheel by what of it can run; None where that is more than half of it, or it has no usual directory.

    What the source raises passes through.
    """
    ledger = Ledger(budget)
    walk = FarWalk(source, name, ledger)
    found = list(walk.members())
    if not found or walk.needed * 2 > source.size:
        return None
    _look_at_named(found)
    return artifact_of(found, name, ledger)


def assumed(artifact: Artifact) -> list[Member]:
    """Return the members whose content was taken to be what their names say."""
    return [member for member in artifact.members if getattr(member.read, "assumed", False)]


def _look_at_named(found: list[Found]) -> None:
    """Have the heads of files that Python code names looked at: what it says they are is not taken from their names."""
    words: set[bytes] = set()
    for one in found:
        if one.path.endswith((".py", ".pyw", ".pth")):
            words.update(_BETWEEN.split(one.reader()))
    for one in found:
        name = one.path.rpartition("/")[2]
        if isinstance(one.reader, FarReader) and name.encode("utf-8", "replace") in words and not _NATIVE(name):
            one.reader.assumed = False


class FarReader(ZipReader):
    """Reads a member, and before that the header in front of it, when asked for."""

    __slots__ = ("_locate", "assumed")
    far = True
    """Whoever looks into content that does not run itself leaves this out."""

    def __init__(
        self, source: Source, entry: Entry, path: str, ledger: Ledger, locate: Callable[[], int], *, assumed: bool
    ) -> None:
        super().__init__(source, entry, -1, path, ledger)
        self._locate = locate
        self.assumed = assumed

    def __call__(self) -> bytes:
        """Return the content."""
        self._find()
        return super().__call__()

    def head(self) -> bytes:
        """Return the first 512 bytes, or what they are by the member's name."""
        if self.assumed:
            native = _NATIVE(self._path.rpartition("/")[2])
            return _HEADS[native[1].lower()] if native else b""
        self._find()
        return super().head()

    def source(self) -> Source:
        """Return random access to the content."""
        self._find()
        return super().source()

    def _find(self) -> None:
        if self._start < 0:
            self._start = self._locate()


class FarWalk(ZipWalk):
    """The members of a wheel on a server.

    Attributes:
        needed: bytes that reading what can run will take.
    """

    def __init__(self, source: FarSource, path: str, ledger: Ledger) -> None:
        super().__init__(source, path, ledger)
        self._far = source
        self._shift = 0
        self.needed = 0

    def members(self) -> Iterator[Found]:
        """Yield the regular files of the directory, then those only in the file itself; none without a plain end."""
        directory = self._plain_end()
        if directory is None:
            return
        self._shift = directory.shift
        entries: list[tuple[Entry, str]] = []
        for entry in self._entries(directory):
            if self._ledger.late(self._path) or not self._ledger.admit(self._path):
                break
            entries.append((entry, self._ledger.clean(entry.name)))
        spans = [self._wanted(entry, path) for entry, path in entries if entry.size and is_needed(path)]
        self.needed = sum(stop - start for start, stop in spans)
        self._far.expect(spans)
        for entry, path in entries:
            found = self._found(entry, -1, path)
            if found is not None:
                yield found
        if self.needed * 2 <= self._source.size:
            yield from self._gaps([entry for entry, _ in entries], directory)

    def _span(self, entry: Entry) -> tuple[int, int]:
        begin = entry.offset + self._shift
        return begin, begin + HEADER + len(entry.name) + entry.packed

    def _wanted(self, entry: Entry, path: str) -> tuple[int, int]:
        """Return what is transferred of a member that can run: of one without a suffix its head, which tells."""
        begin, stop = self._span(entry)
        bare = not identity.suffix(path) and ".dist-info/" not in path
        return begin, min(stop, begin + _LEAD) if bare else stop

    def _gaps(self, entries: list[Entry], directory: Directory) -> Iterator[Found]:
        """Look between members as for a file at hand; a header is read where its length decides."""
        ordered = sorted(entries, key=lambda e: e.offset)
        begins = [e.offset + directory.shift for e in ordered[1:]] + [directory.start]
        spans = []
        for entry, following in zip(ordered, begins, strict=True):
            start, stop = self._span(entry)
            if following - stop >= HEADER:
                stop = self._data_start(entry, directory.shift, self._ledger.clean(entry.name)) + entry.packed
            spans.append((start, stop))
        yield from self._between(spans, directory)

    def _reader(self, entry: Entry, start: int, path: str) -> ZipReader:
        if start >= 0:  # found between the members, and transferred by that
            return super()._reader(entry, start, path)
        begin, stop = self._span(entry)
        known = not entry.size or is_needed(path) or self._far.is_expected(begin, min(stop - begin, _LEAD))

        def locate() -> int:
            return self._data_start(entry, self._shift, path)

        return FarReader(self._source, entry, path, self._ledger, locate, assumed=not known)


def is_needed(path: str) -> bool:
    """Whether a member of a wheel is to be transferred: its name promises something that runs, or nothing at all."""
    name = path.rpartition("/")[2]
    if _NATIVE(name):
        return False
    language = languages.by_suffix(path)
    return (
        (language not in _NOT_READ if language else not identity.suffix(path))
        or (".dist-info/" in path and name in {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"})
        or (bool(identity.expected(name)) and (not name.endswith(_PACKED) or ".tar." in name))
        or re.match(r"[^/]+\.data/(?:scripts|data)/", path) is not None
        or name.lower() == "package.json"
        or languages.is_agent_file(path)
        or languages.build_file(path) != ""
    )
