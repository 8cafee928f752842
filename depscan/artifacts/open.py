"""Open wheels, sdists, conda and npm packages, other archives, folders and single files: in memory, within budgets.

What a thing is, is told by its content; a name that says otherwise is an oddity. Nothing is written to disk,
nothing is executed, and the only error is ``ArtifactError`` for a path that cannot be read at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from depscan.artifacts import identity
from depscan.artifacts.artifact import Artifact, Budget, Member, Oddity
from depscan.artifacts.folder import on_disk, walk_folder
from depscan.artifacts.ledger import Ledger
from depscan.artifacts.magic import ARCHIVES, CLOSED_ARCHIVES, HEAD, is_tar, sniff
from depscan.artifacts.members import Found, InSource, reader_source, unpacking
from depscan.artifacts.polyglot import has_zip_end, may_hide_zip
from depscan.artifacts.source import BytesSource, FileSource, Source, WindowSource
from depscan.artifacts.streams import pieces, unpack
from depscan.errors import ArtifactError

_IN_MEMORY = 16 << 20
_DEFAULT = Budget()
_ZIP_NAMES = (".whl", ".egg", ".zip", ".conda", ".pex", ".pyz", ".exe", ".jar")
_TAIL = 22 + 0xFFFF
_COMPARED = 1 << 20
_ZFILE = 21
"""Bytes in front of the zlib stream in files of joblib before 0.10: a mark and a length."""
_SPACES = 16
_ENDLESS = 1 << 62
"""For the size of a stream that is not counted."""


def open_artifact(path: str, budget: Budget = _DEFAULT) -> Artifact:
    """Open an archive, a folder or a single file.

    Raises:
        ArtifactError: it is missing, no file or folder, or may not be read.
    """
    ledger = Ledger(budget)
    if os.path.isdir(path):
        try:
            os.listdir(path)
        except OSError as error:
            raise ArtifactError(f"cannot be read: {error.strerror}", path=path) from None
        return _artifact(path, identity.FOLDER, list(walk_folder(path, ledger)), ledger)
    return _open(_source(path), os.path.basename(path) or path, ledger)


def _source(path: str) -> Source:
    try:
        if not os.path.isfile(path):
            reason = "is no regular file" if os.path.exists(path) else "does not exist"
            raise ArtifactError(f"the artifact {reason}", path=path)
        stream = open(path, "rb")  # noqa: SIM115 - FileSource closes it when the last reader is gone
    except (OSError, ValueError) as error:
        raise ArtifactError(f"cannot be read: {getattr(error, 'strerror', error)}", path=path) from None
    source: Source = FileSource(stream)
    return BytesSource(source.at(0, source.size)) if source.size <= _IN_MEMORY else source


def open_bytes(data: bytes, name: str, budget: Budget = _DEFAULT) -> Artifact:
    """Open an archive or single file that is in memory; ``name`` is its file name."""
    return _open(BytesSource(data), name, Ledger(budget))


def open_source(source: Source, name: str, budget: Budget = _DEFAULT) -> Artifact:
    """Open an archive by random access to its bytes, which may be on a server (``depscan.registry``).

    What the source raises passes through: an archive that could not be read to its end is not opened at all.
    """
    return _open(source, name, Ledger(budget))


class Listed(NamedTuple):
    """The files of an archive as they stand in it.

    Attributes:
        kind: zip, tar, gzip, ...; "" for what is no archive.
        members: under their full paths, a link of a tar archive with the reader of the file it leads to.
        ledger: oddities, those of reading a member also later on.
    """

    kind: str
    members: list[Found]
    ledger: Ledger


def list_archive(path: str, budget: Budget = _DEFAULT) -> Listed:
    """List an archive without looking into the archives in it, and without stripping a folder.

    Raises:
        ArtifactError: it is missing, no file, or may not be read.
    """
    ledger = Ledger(budget)
    source = _source(path)
    name = os.path.basename(path)
    kind = _content(source, name)
    if kind not in ARCHIVES:
        return Listed("", [], ledger)
    return Listed(kind, _unique(list(_members(source, kind, name, ledger)), ledger), ledger)


def artifact_of(found: list[Found], name: str, ledger: Ledger) -> Artifact:
    """Return the artifact that the members of a zip archive make."""
    found = _unique(found, ledger)
    return _artifact(name, identity.kind_of([f.path for f in found], zipped=True), found, ledger)


def open_installed(
    name: str, files: Iterable[tuple[str, str]], outside: Iterable[str] = (), budget: Budget = _DEFAULT
) -> Artifact:
    """Open files that an installer unpacked from one wheel.

    Args:
        name: how to call the artifact.
        files: pairs of the path as in the wheel and the path on disk.
        outside: paths that lead out of the environment: told, not read.
        budget: limits.
    """
    ledger = Ledger(budget)
    for path in outside:
        ledger.odd("traversal", path, "installed outside the environment; not read")
    found = list(on_disk(files, ledger))
    return _artifact(name, identity.WHEEL, found, ledger)


def open_files(name: str, files: Iterable[tuple[str, str]], budget: Budget = _DEFAULT) -> Artifact:
    """Open some files of a folder as an artifact of their own.

    Args:
        name: how to call the artifact.
        files: pairs of the path as shown and the path on disk.
        budget: limits.
    """
    ledger = Ledger(budget)
    return _artifact(name, identity.FOLDER, list(on_disk(files, ledger)), ledger)


def oddities_of(artifact: Artifact) -> tuple[Oddity, ...]:
    """Return what is odd about an artifact, with what came out when members were read (damage, budgets).

    ``Artifact.oddities`` holds what was known when it was opened; zip members and files are read later.
    """
    for member in artifact.members:
        ledger = getattr(member.read, "ledger", None)
        if isinstance(ledger, Ledger):
            return tuple(ledger.found)
    return artifact.oddities


class _Inner:
    """A gzip file inside an archive: unpacked only when asked for, data sets of this kind being many and large."""

    __slots__ = ("_granted", "_head", "_outer", "_path", "ledger")
    packed = True

    def __init__(self, outer: Found, head: bytes, ledger: Ledger) -> None:
        self._outer = outer.reader
        self._path = outer.path
        self._head = head
        self._granted = -1
        self.ledger = ledger

    def __call__(self) -> bytes:
        first = self._granted < 0
        ledger = self.ledger if first else Ledger(self.ledger.budget)
        parts: list[bytes] = []
        size = 0
        for piece in unpack(pieces(reader_source(self._outer)), "gzip", self._path, ledger):
            parts.append(piece)
            size += len(piece)
            if size > ledger.budget.member:
                break
        if first:
            self._granted = ledger.grant(self._path, size)
        return b"".join(parts)[: self._granted]

    def head(self) -> bytes:
        return self._head

    def source(self) -> Source:
        def unpacked(ledger: Ledger) -> Iterator[bytes]:
            return unpack(pieces(reader_source(self._outer)), "gzip", self._path, ledger)

        return unpacking(unpacked, self.ledger)


def _lazy(outer: Found, kind: str, ledger: Ledger) -> Found | None:
    """Return the one member of a gzip file that by its first bytes holds no tar archive; None when that is unsure.

    Its size is not known without unpacking: that of the packed file stands for it.
    """
    if kind != "gzip":
        return None
    import zlib

    try:
        head = zlib.decompressobj(31).decompress(outer.reader.head(), HEAD)
    except zlib.error:
        return None
    if len(head) < HEAD or is_tar(head) or not ledger.admit(outer.path):
        return None
    return Found(_stem(outer.path), outer.size, _Inner(outer, head, ledger))


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return (name.rpartition(".")[0] if identity.expected(name) else name) or name


class _Opened(NamedTuple):
    """An archive's listing: what it is and its members under their final paths."""

    kind: str
    members: list[Found]


def _open(source: Source, name: str, ledger: Ledger) -> Artifact:
    kind = _content(source, name)
    wanted = identity.expected(name)
    if wanted and kind != wanted:
        ledger.odd("disguised", name, f"named {identity.suffix(name)}, is {kind}")
    if kind in ARCHIVES:
        opened = _listing(source, kind, name, ledger)
        return _artifact(name, opened.kind, opened.members, ledger)
    if kind in CLOSED_ARCHIVES:
        ledger.odd("unreadable", name, f"an archive of the format {kind}, which is not read")
    path = ledger.clean(name.replace("\\", "/").rpartition("/")[2]) or "script"
    return _artifact(name, identity.SCRIPT, [Found(path, source.size, InSource(source, path, ledger))], ledger)


def _content(source: Source, name: str) -> str:
    """Return what an artifact is; a program in front of a zip (a self-extractor, a zipapp) is still a zip."""
    kind = sniff(source.at(0, HEAD))
    if kind in ARCHIVES or not name.lower().endswith(_ZIP_NAMES):
        return kind
    tail = source.at(max(0, source.size - _TAIL), _TAIL)
    return "zip" if b"PK\x05\x06" in tail else kind


def _listing(source: Source, kind: str, path: str, ledger: Ledger) -> _Opened:
    """List one archive: its kind, with the top folder of sdists and npm packages stripped."""
    found = list(_members(source, kind, path, ledger))
    found = _conda(found, ledger) if kind == "zip" else found
    found = _unique(found, ledger)
    paths = [f.path for f in found]
    what = identity.kind_of(paths, zipped=kind == "zip")
    if what == identity.ARCHIVE:
        top = identity.top_folder(paths)
        if top:
            found = [f._replace(path=f.path[len(top) :]) if f.path.startswith(top) else f for f in found]
        what = identity.kind_of([f.path for f in found], zipped=False, stripped=True)
    return _Opened(what, found)


def _members(source: Source, kind: str, path: str, ledger: Ledger) -> Iterator[Found]:
    """Yield the members of an archive; a compressed single file is its own only member."""
    if kind == "zfile":
        # One more space where Python 2 wrote it (joblib.numpy_pickle_compat.read_zfile).
        behind = source.at(_ZFILE, _SPACES)
        source, kind = WindowSource(source, _ZFILE + len(behind) - len(behind.lstrip(b" ")), source.size), "zlib"
    if kind == "zip":
        from depscan.artifacts.zip import ZipWalk

        yield from ZipWalk(source, path, ledger).members()
        return
    if kind == "7z":
        from depscan.artifacts.sevenzip import SevenZipWalk

        yield from SevenZipWalk(source, path, ledger).members()
        return
    stream = unpack(pieces(source), "" if kind == "tar" else kind, path, ledger)
    first = b""
    for piece in stream:
        first += piece
        if len(first) >= HEAD:
            break
    if is_tar(first[:HEAD]):
        from depscan.artifacts.tar import TarWalk

        whole = source if kind == "tar" else _unpacked(source, kind, path, ledger.aside(), _ENDLESS)
        yield from TarWalk(chain((first,), stream), path, ledger, whole, packed=kind != "tar").members()
    elif first and ledger.admit(path):
        yield _single(source, kind, path, ledger)


def _single(source: Source, kind: str, path: str, ledger: Ledger) -> Found:
    """Return the only member of a compressed single file: unpacked as it is asked for."""
    whole = _unpacked(source, kind, path, ledger)
    stem = _stem(path)
    return Found(stem, whole.size, InSource(whole, stem, ledger))


def _unpacked(source: Source, kind: str, path: str, ledger: Ledger, size: int = -1) -> Source:
    return unpacking(lambda wrong: unpack(pieces(source), kind, path, wrong), ledger, size)


def _conda(found: list[Found], ledger: Ledger) -> list[Found]:
    """Return the members of a ``.conda`` package in place of the two tar archives that hold them.

    Format: https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html
    """
    if not any(f.path == "metadata.json" for f in found):
        return found
    flat: list[Found] = []
    for outer in found:
        if outer.path.startswith(("pkg-", "info-")) and outer.path.endswith(".tar.zst"):
            flat.extend(_members(BytesSource(outer.reader()), sniff(outer.reader.head()), outer.path, ledger))
        else:
            flat.append(outer)
    # Without a zstd decoder nothing of the inside is known: the two archives are listed, the oddity says why.
    return flat if len(flat) > 1 else found


def _unique(found: list[Found], ledger: Ledger) -> list[Found]:
    """Return members without exact repetitions; says which paths come twice with different content, or in two cases."""
    held: dict[str, Found] = {}
    folded: dict[str, str] = {}
    kept: list[Found] = []
    for member in found:
        before = held.get(member.path)
        if before is not None:
            if before.size == member.size and _same(before, member, ledger):
                continue
            ledger.odd("duplicate", member.path, "two members of this path with different content")
        else:
            held[member.path] = member
            key = member.path.casefold()
            other = folded.setdefault(key, member.path)
            if other != member.path:
                ledger.odd("case-clash", member.path, f"differs from {other[:200]} by upper and lower case only")
        kept.append(member)
    return kept


def _same(one: Found, other: Found, ledger: Ledger) -> bool:
    """Whether two members have the same content, however long; False when that takes too long to say."""
    if one.reader.head() != other.reader.head():
        return False
    first, second = reader_source(one.reader), reader_source(other.reader)
    at = 0
    while at < one.size:
        piece = first.at(at, _COMPARED)
        if piece != second.at(at, _COMPARED) or ledger.late(one.path):
            return False
        if not piece:
            break
        at += len(piece)
    return True


def _artifact(name: str, kind: str, found: list[Found], ledger: Ledger) -> Artifact:
    inner: list[tuple[Found, str, tuple[str, ...]]] = []
    members = [_member(one, (), inner, ledger) for one in found]
    read = {one.path: one.reader for one in reversed(found)}
    package, version = identity.identify(name, kind, read) if kind != identity.SCRIPT else ("", "")
    # Archives inside are opened when the outer one is listed, breadth first: a bomb inside hides no member outside.
    at = 0
    while at < len(inner):
        members.extend(_inside(*inner[at], inner, ledger))
        at += 1
    return Artifact(name, kind, package, version, tuple(members), tuple(ledger.found))


def _member(
    found: Found, container: tuple[str, ...], inner: list[tuple[Found, str, tuple[str, ...]]], ledger: Ledger
) -> Member:
    """Return the member; queue it when it is an archive, and say so when its name lies about its content."""
    head = found.reader.head()
    kind = sniff(head)
    lie = identity.disguise(found.path, kind)
    if lie:
        ledger.odd("disguised", found.path, lie)
    if kind in ARCHIVES:
        inner.append((found, kind, container))
    elif may_hide_zip(found, kind, head) and has_zip_end(reader_source(found.reader)):
        ledger.odd(
            "polyglot", found.path, "by its end it is a zip archive too: readers that look there see other things"
        )
        inner.append((found, "zip", container))
    elif kind in CLOSED_ARCHIVES:
        ledger.odd("unreadable", found.path, f"an archive of the format {kind}, which is not read")
    return Member(found.path, found.size, found.reader, container, found.executable)


def _inside(
    outer: Found, kind: str, around: tuple[str, ...], inner: list[tuple[Found, str, tuple[str, ...]]], ledger: Ledger
) -> list[Member]:
    container = (*around, outer.path)
    if len(container) > ledger.budget.depth:
        ledger.odd("nested-too-deep", outer.path, f"more than {ledger.budget.depth} archives inside each other")
        return []
    if ledger.late(outer.path):
        return []
    lazy = _lazy(outer, kind, ledger)
    if lazy is not None:
        return [_member(lazy, container, inner, ledger)]
    source = reader_source(outer.reader)
    return [_member(f, container, inner, ledger) for f in _listing(source, kind, outer.path, ledger).members]
