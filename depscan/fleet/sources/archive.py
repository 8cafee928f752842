"""An archive of a repository (zip, tar in any packing, 7z): its files below the one folder that all of them share.

An archive inside is a file like any other. Nothing is written to disk.
"""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from depscan.errors import UsageError
from depscan.fleet.listing import FILE, LINK, Entry, bundle_of
from depscan.fleet.sources.source import Look, Source
from depscan.fleet.wanted import is_wanted, may_be_wanted
from depscan.inputs.objects import MAX_BLOBS
from depscan.model.decision import Coverage
from depscan.text.source import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.artifacts.artifact import Oddity
    from depscan.artifacts.members import Found
    from depscan.artifacts.open import Listed
    from depscan.fleet.bundle import Bundle

ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lzma", ".tgz", ".tbz2", ".txz", ".tzst", ".tar", ".zip",
           ".7z")  # fmt: skip
"""What the name of an archive of a repository ends with."""

_UNPACKED = 512 << 20
_SECONDS = 60.0
_TARGET = 4096
_HARMLESS = frozenset({"case-clash", "disguised", "polyglot"})
_BUDGETS = frozenset({"budget", "ratio"})
_ZIP_LINK = "a symbolic link in a zip"


def stem(name: str) -> str:
    """Return the name of an archive without its ending; "" where it has none of an archive."""
    lowered = name.lower()
    ending = next((e for e in ENDINGS if lowered.endswith(e)), "")
    return name[: -len(ending)] if ending else ""


def accepts(path: str) -> bool:
    """Return whether a path is a file named like an archive."""
    return bool(stem(os.path.basename(path))) and os.path.isfile(path)


def look(path: str, ref: str) -> Look:
    """Return a mark made of the size and times of the archive.

    Raises:
        UsageError: a ref is asked for, or the archive is not there.
    """
    if ref:
        raise UsageError("an archive has no revisions", path=path)
    try:
        status = os.stat(path)
    except OSError as error:
        raise UsageError(f"cannot be read: {(error.strerror or str(error)).lower()}", path=path) from None
    return Look(f"archive {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}")


def load(path: str, ref: str, revision: str) -> Bundle:  # noqa: ARG001 - the common signature
    """Return what is wanted of the archive.

    Raises:
        ArtifactError: it may not be read.
        UsageError: it is none.
    """
    from depscan.artifacts.artifact import Budget
    from depscan.artifacts.open import list_archive

    listed = list_archive(path, Budget(total=_UNPACKED, member=LIMIT, members=MAX_BLOBS, seconds=_SECONDS))
    if not listed.kind or _is_single(listed, os.path.basename(path)):
        raise UsageError("is no archive of files, whatever its name says", path=path)
    return bundle_of(_Members(listed, os.path.basename(path)))


class _Members:
    """The files of an archive; see ``depscan.fleet.listing.Listing``."""

    def __init__(self, listed: Listed, name: str) -> None:
        self._ledger = listed.ledger
        self._name = name
        self._top = _common([found.path for found in listed.members])
        self._read: dict[str, Found] = {}
        self._links: dict[str, str] = {}
        zipped = {o.path for o in listed.ledger.found if o.kind == "link" and o.detail.startswith(_ZIP_LINK)}
        held: dict[int, str] = {}
        for found in listed.members:
            path = found.path[len(self._top) :]
            self._read[path] = found  # the last one of a path, as extractors leave it
            if found.path in zipped and found.size <= _TARGET:
                self._links[path] = os.fsdecode(found.reader())
            elif id(found.reader) in held:
                self._links[path] = posixpath.relpath(held[id(found.reader)], posixpath.dirname(path) or ".")
            else:
                held[id(found.reader)] = path

    @property
    def gaps(self) -> list[Coverage]:
        """What is wrong with the archive, by what was read of it so far."""
        return [gap for oddity in self._ledger.found if (gap := self._gap(oddity)) is not None]

    def _gap(self, oddity: Oddity) -> Coverage | None:
        if oddity.kind in _HARMLESS or oddity.detail.startswith(_ZIP_LINK):
            return None
        path = oddity.path.removeprefix(self._top)
        whole = oddity.kind in _BUDGETS or oddity.path == self._name
        kind = "budget" if oddity.kind in _BUDGETS else "input"
        what = "." if oddity.path == self._name else path
        return Coverage(what, "partial", f"in the archive: {oddity.detail}", needed=whole or is_wanted(path), kind=kind)

    def entries(self) -> Iterable[Entry]:
        """Yield the files that are wanted by name or by their first bytes."""
        return (self._entry(path) for path in self._read if may_be_wanted(path))

    def find(self, path: str) -> Entry | None:
        """Return the file of a path."""
        return self._entry(path) if path in self._read else None

    def _entry(self, path: str) -> Entry:
        return Entry(path, self._read[path].size, LINK if path in self._links else FILE)

    def target(self, entry: Entry) -> str:
        """Return what a link says."""
        return self._links[entry.path]

    def read(self, entries: list[Entry]) -> dict[str, bytes | str]:
        """Return the content of members; why there is none where the archive or a budget ends before it does."""
        return {entry.path: _content(self._read[entry.path]) for entry in entries}


def _content(found: Found) -> bytes | str:
    from depscan.artifacts.members import reader_source

    data = found.reader()
    if len(data) < found.size:  # of large binaries only a head is held
        data = reader_source(found.reader).at(0, found.size)
    return data if len(data) >= found.size else f"only {len(data)} of {found.size} bytes could be unpacked"


def _is_single(listed: Listed, name: str) -> bool:
    """Return whether an archive is one packed file and no tar archive."""
    paths = [found.path for found in listed.members]
    return listed.kind not in {"zip", "tar", "7z"} and paths in ([stem(name)], [os.path.splitext(name)[0]])


def _common(paths: list[str]) -> str:
    """Return the folder, with its slash, that holds everything; "" where there is none."""
    tops = {path.partition("/")[0] for path in paths}
    shared = len(tops) == 1 and all("/" in path for path in paths)
    return f"{tops.pop()}/" if shared and ".." not in tops else ""


SOURCE = Source("archive", 20, accepts, look, load)
