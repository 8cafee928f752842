"""bun.lockb: bun's binary lockfile, format versions 2 and 3 (bun's ``lockfile/bun.lockb.zig``).

A header, then the packages as columns, then six buffers, each behind its own start and end. Numbers are
little-endian. Every offset is the file's word and is checked before use.

    header    42 bytes of text, u32 format version, 32 bytes hash, u64 total size
    packages  u64 count, u64 alignment, u64 columns, u64 begin, u64 end, then the columns
    buffers   u64 start, u64 end (trees, hoisted, resolutions, dependencies, strings with hash, string bytes)
"""

from __future__ import annotations

from typing import NamedTuple

from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import locked_package
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.model.package import Package
from depscan.text.source import SourceFile

PATTERNS = "bun.lockb"
EXPLICIT = "*.lockb"

_MAGIC = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n"
_RESOLUTION_SIZE = {2: 64, 3: 72}
"""Format version to bytes of a resolution: version 3 has 64-bit version numbers."""

_META_SIZE, _DEPENDENCY_SIZE, _STRING_SIZE = 88, 26, 8
_BUFFERS = 6
_INTEGRITY = {1: ("sha1", 20), 2: ("sha256", 32), 3: ("sha384", 48), 4: ("sha512", 64)}
_ROOT, _NPM, _FOLDER, _TARBALL_FILE, _GITHUB, _GITLAB, _GIT = 1, 2, 4, 8, 16, 24, 32
_LINK, _WORKSPACE, _TARBALL, _MODULE = 64, 72, 80, 100
_LOCAL = {_FOLDER, _TARBALL_FILE, _LINK, _WORKSPACE, _MODULE}
_KINDS = {_ROOT, _NPM, _GITHUB, _GITLAB, _GIT, _TARBALL} | _LOCAL
_REPOSITORY = {_GITHUB: "github:", _GITLAB: "gitlab:", _GIT: "git+"}
_BEHAVIOURS = ((4, "optional"), (8, "dev"), (16, "peer"))


class _Layout(NamedTuple):
    """Where the columns of the packages begin, and how many packages there are."""

    rows: int
    names: int
    resolutions: int
    dependencies: int
    targets: int
    metas: int
    resolution_size: int


class _Reader:
    """Bounded reads from the bytes of one file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.data = source.data
        self.strings = b""

    def number(self, at: int, size: int, what: str) -> int:
        """Return an unsigned number; InputError when it lies outside the file."""
        return int.from_bytes(self.part(at, size, what), "little")

    def part(self, at: int, size: int, what: str) -> bytes:
        """Return ``size`` bytes; InputError when they lie outside the file."""
        if at < 0 or size < 0 or at + size > len(self.data):
            raise self.source.error(f"damaged bun.lockb: {what} at byte {at} lies outside the file")
        return self.data[at : at + size]

    def text(self, at: int, what: str) -> str:
        """Return the string of 8 bytes: the text itself, or offset and length with the highest bit set."""
        raw = self.part(at, _STRING_SIZE, what)
        if raw[7] & 0x80:
            start = int.from_bytes(raw[:4], "little")
            size = int.from_bytes(raw[4:], "little") & 0x7FFFFFFF
            if start + size > len(self.strings):
                raise self.source.error(f"damaged bun.lockb: {what} lies outside the string buffer")
            raw = self.strings[start : start + size]
        else:
            raw = raw.partition(b"\0")[0]
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise self.source.error(f"damaged bun.lockb: {what} is not UTF-8 text") from None


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a bun.lockb.

    Raises:
        InputError: not a bun.lockb, of an unknown format version, or with an offset outside the file.
    """
    if not source.data.startswith(_MAGIC):
        raise source.error("not a bun.lockb: the header is missing")
    reader = _Reader(source)
    at = len(_MAGIC)
    version = reader.number(at, 4, "format version")
    if version not in _RESOLUTION_SIZE:
        hint = "'bun install --save-text-lockfile' writes bun.lock instead"
        raise source.error(f"bun.lockb of format version {version} cannot be read", hint=hint)
    total = reader.number(at + 36, 8, "size")
    if total > len(source.data):
        raise source.error(f"damaged bun.lockb: {len(source.data)} of {total} bytes, the file is cut off")
    layout, after = _layout(reader, at + 44, _RESOLUTION_SIZE[version])
    spans = _spans(reader, after)
    start, end = spans[5]
    reader.strings = reader.part(start, end - start, "string buffer")
    document = Document(source.path, "bun-lockb", lock=True)
    document.hashed = True
    ids = [_add(reader, document, layout, i) for i in range(layout.rows)]
    for i, key in enumerate(ids):
        # the project's own requests are not taken: bun's own listing of this format leaves them out
        if document.nodes[key].source != "local":
            _link(reader, document, layout, spans, ids, i)
    return document


def _layout(reader: _Reader, at: int, resolution_size: int) -> tuple[_Layout, int]:
    count = reader.number(at, 8, "package count")
    begin = reader.number(at + 24, 8, "begin of the packages")
    end = reader.number(at + 32, 8, "end of the packages")
    row = 8 + 8 + resolution_size + 8 + 8 + _META_SIZE
    if begin > end or count * row > end - begin:
        raise reader.source.error(f"damaged bun.lockb: {count} packages do not fit their table")
    reader.part(begin, end - begin, "package table")
    resolutions = begin + count * 16
    dependencies = resolutions + count * resolution_size
    targets = dependencies + count * 8
    return _Layout(count, begin, resolutions, dependencies, targets, targets + count * 8, resolution_size), end


def _spans(reader: _Reader, at: int) -> list[tuple[int, int]]:
    """Return start and end of each buffer; the next one's two numbers follow its end."""
    found = []
    for _ in range(_BUFFERS):
        start, end = reader.number(at, 8, "buffer start"), reader.number(at + 8, 8, "buffer end")
        if not at <= start <= end:
            raise reader.source.error("damaged bun.lockb: a buffer ends before it begins")
        reader.part(start, end - start, "buffer")
        found.append((start, end))
        at = end
    return found


def _add(reader: _Reader, document: Document, layout: _Layout, index: int) -> str:
    name = reader.text(layout.names + index * 8, "name of a package")
    at = layout.resolutions + index * layout.resolution_size
    kind = reader.number(at, 1, "kind of a package")
    if kind not in _KINDS:
        raise reader.source.error(f"damaged bun.lockb: package {index} is of unknown kind {kind}")
    if kind == _ROOT:
        made = (
            Package("npm", name, None, "local", url=".") if name else Package("project", document.path, None, "local")
        )
        document.root = document.add(made)
        return document.root
    if not name:
        raise reader.source.error(f"damaged bun.lockb: package {index} has no name")
    if kind in _LOCAL:
        return document.add(Package("npm", name, None, "local", url=reader.text(at + 8, "path of a package")))
    integrity = _integrity(reader, layout.metas + index * _META_SIZE)
    if kind == _NPM:
        url = reader.text(at + 8, "address of a package")
        return document.add(locked_package(name, _version(reader, at + 16, layout), url, integrity))
    address = reader.text(at + 8, "address of a package")
    if kind in _REPOSITORY:
        address = _repository(reader, at + 8, kind)
    return document.add(locked_package(name, None, address, integrity))


def _version(reader: _Reader, at: int, layout: _Layout) -> str:
    wide = layout.resolution_size == _RESOLUTION_SIZE[3]
    size = 8 if wide else 4
    numbers = [reader.number(at + i * size, size, "version") for i in range(3)]
    tags = at + (24 if wide else 16)
    pre, build = reader.text(tags, "pre-release"), reader.text(tags + 16, "build")
    return ".".join(map(str, numbers)) + (f"-{pre}" if pre else "") + (f"+{build}" if build else "")


def _repository(reader: _Reader, at: int, kind: int) -> str:
    owner, repo, committish, resolved = (reader.text(at + i * 8, "repository") for i in range(4))
    place = f"{owner}/{repo}" if owner else repo
    prefix = "" if kind == _GIT and place.startswith(("git", "ssh:")) else _REPOSITORY[kind]
    # ``resolved`` is OWNER-REPO-COMMIT for archives of a host, the commit otherwise
    commit = resolved.rpartition("-")[2] or committish
    return f"{prefix}{place}#{commit}" if commit else prefix + place


def _integrity(reader: _Reader, at: int) -> str:
    """Return the hash in a row of the meta column: after origin, platforms, id and path."""
    from base64 import b64encode

    known = _INTEGRITY.get(reader.number(at + 20, 1, "kind of hash"))
    if known is None:
        return ""
    algorithm, size = known
    return f"{algorithm}-{b64encode(reader.part(at + 21, size, 'hash')).decode('ascii')}"


def _link(
    reader: _Reader, document: Document, layout: _Layout, spans: list[tuple[int, int]], ids: list[str], index: int
) -> None:
    wants = layout.dependencies + index * 8
    first, count = reader.number(wants, 4, "dependencies"), reader.number(wants + 4, 4, "dependencies")
    resolutions, dependencies = spans[2], spans[3]
    if (first + count) * _DEPENDENCY_SIZE > dependencies[1] - dependencies[0]:
        raise reader.source.error(f"damaged bun.lockb: the dependencies of package {index} lie outside their buffer")
    if (first + count) * 4 > resolutions[1] - resolutions[0]:
        raise reader.source.error(f"damaged bun.lockb: the resolutions of package {index} lie outside their buffer")
    for i in range(first, first + count):
        target = reader.number(resolutions[0] + i * 4, 4, "resolution")
        if target >= len(ids):
            continue  # an optional or peer dependency that nothing answers
        at = dependencies[0] + i * _DEPENDENCY_SIZE
        behaviour = reader.number(at + 16, 1, "behaviour")
        label = next((word for bit, word in _BEHAVIOURS if behaviour & bit), "prod")
        document.link(ids[index], ids[target], label, requested=reader.text(at + 18, "range"))


def _locate(source: SourceFile, route: Route) -> int:  # noqa: ARG001 - a binary file has no lines
    return 0


FORMAT = InputFormat("bun-lockb", "bun.lockb", "npm", parse, _locate)
