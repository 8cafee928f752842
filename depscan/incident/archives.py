"""Is an archive in a cache a bad release? By its name, by the folder inside of it, by its hash; never unpacked."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from depscan.ecosystems.pypi import normalise
from depscan.incident.installed import trace
from depscan.incident.records import Found, Gap, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from depscan.incident.matching import Matching
    from depscan.incident.records import Bad

_WHEEL = re.compile(r"([A-Za-z0-9._]+?)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl").fullmatch
_SDIST = re.compile(r"([A-Za-z0-9._-]+?)-(\d[^-]*?)(?:\.tar\.(?:gz|bz2|xz)|\.tgz|\.zip)").fullmatch
_INSIDE = re.compile(rb"([A-Za-z0-9._]{1,120})-([0-9][A-Za-z0-9._+!]{0,60})\.dist-info/")
_FIRST = re.compile(rb"\A(?:\./)?([A-Za-z0-9._-]{1,120}?)-([0-9][A-Za-z0-9._+!]{0,60})/")
_TAIL = 4 << 20
"""The names of a wheel's members stand at its end."""

MAX_FILES = 200_000


def files_below(folder: str, gaps: list[Gap]) -> Iterator[str]:
    """Yield the files below a folder, not too many; links are not followed."""

    def closed(error: OSError) -> None:
        gaps.append(Gap(str(error.filename), f"folder cannot be read: {(error.strerror or str(error)).lower()}"))

    count = 0
    for at, folders, names in os.walk(folder, onerror=closed):
        folders.sort()
        for name in sorted(names):
            count += 1
            if count > MAX_FILES:
                gaps.append(Gap(folder, f"more than {MAX_FILES} files; the rest was not looked at"))
                return
            yield os.path.join(at, name)


def named(matching: Matching, name: str) -> tuple[Bad, str] | None:
    """Return the bad package and version that the name of a wheel or sdist states."""
    parts = _WHEEL(name) or _SDIST(name)
    bad = matching.release("PyPI", parts[1], parts[2]) if parts else None
    return (bad, parts[2]) if bad and parts else None


def held(matching: Matching, path: str, gaps: list[Gap]) -> tuple[Bad, str] | None:
    """Return the bad package and version that the bytes of a file are, whatever its name."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as stream:
            found = _inside(matching, stream.read(1 << 16))
            size = os.fstat(stream.fileno()).st_size
            if found is None:
                stream.seek(max(0, size - _TAIL))
                found = _of_members(matching, stream.read(_TAIL))
            if found is None and any(bad.hashes for bad in matching.packages):
                stream.seek(0)
                found = _of_hash(matching, stream)
            return found
    except OSError as error:
        gaps.append(Gap(path, f"cannot be read: {(error.strerror or str(error)).lower()}"))
        return None


def _of_members(matching: Matching, tail: bytes) -> tuple[Bad, str] | None:
    """Look for the metadata folder of a bad release among the names at the end of a wheel."""
    wanted = {bad.name for bad in matching.packages if bad.ecosystem == "PyPI"}
    for match in _INSIDE.finditer(tail):
        name, version = match[1].decode(), match[2].decode()
        if normalise(name) in wanted:
            bad = matching.release("PyPI", name, version)
            if bad is not None:
                return bad, version
    return None


def _inside(matching: Matching, head: bytes) -> tuple[Bad, str] | None:
    """Look at the first name in a gzipped tar, which an sdist begins with; HTTP heads may stand before it."""
    import zlib

    at = head.find(b"\x1f\x8b\x08")
    if at < 0:
        return None
    try:
        first = zlib.decompressobj(wbits=31).decompress(head[at:], 512)
    except zlib.error:
        return None
    match = _FIRST.match(first)
    if match is None:
        return None
    bad = matching.release("PyPI", match[1].decode(), match[2].decode())
    return (bad, match[2].decode()) if bad else None


def _of_hash(matching: Matching, stream: BufferedReader) -> tuple[Bad, str] | None:
    from hashlib import file_digest

    digest = file_digest(stream, "sha256").hexdigest()
    bad = matching.archive(f"sha256:{digest}")
    return (bad, ", ".join(bad.versions)) if bad else None


def archives(folder: str, matching: Matching, *, bodies: bool = False) -> Found:
    """Return the bad releases among the archives below a folder.

    Args:
        folder: of a cache.
        matching: what is looked for.
        bodies: whether files whose names say nothing are opened.
    """
    gaps: list[Gap] = []
    traces: list[Trace] = []
    looked = 0
    for path in files_below(folder, gaps):
        looked += 1
        found = named(matching, os.path.basename(path))
        how = "by its name"
        if found is None and bodies:
            found, how = held(matching, path, gaps), "by its content"
        if found is not None:
            traces.append(trace("cached", path, found[0].name, found[1], how))
    return Found(traces, gaps, looked)
