"""A git clone, with a working tree or bare: the files of HEAD or of a ref, from its objects.

What stands in a working tree and was not committed is not read. Nothing is checked out or fetched, and no hook, filter
or remote of the clone is heeded.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.errors import UsageError
from depscan.fleet.bundle import Bundle, tree_of
from depscan.fleet.listing import FILE, LINK, MODULE, Entry, bundle_of
from depscan.fleet.sources import _refs
from depscan.fleet.sources.source import Look, Source
from depscan.fleet.wanted import is_wanted, may_be_wanted
from depscan.inputs import objects
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.inputs.objects import Blob

MAX_BLOBS = 1_000_000
"""Files of one revision that are listed."""

_LOOKING = 10
"""Seconds for git to say which commit is meant: all repositories wait for it."""
_OWN = SKIPPED_FOLDERS | {"objects", "refs", "hooks", "info", "logs", "worktrees", "modules", "lfs", "branches"}
_MOST = 10_000
_TARGET = 4096
_LINKS = 200
_KINDS = {objects.LINK: LINK, objects.MODULE: MODULE}


def accepts(path: str) -> bool:
    """Return whether a path is a clone by the files that git itself asks for."""
    try:
        return _refs.clone_of(path) is not None
    except (_refs.Odd, _refs.Outside):
        return True


def look(path: str, ref: str) -> Look:
    """Return the commit as mark and revision; an empty revision where nothing was committed.

    Raises:
        UsageError: the ref names no commit, or git fails.
    """
    clone = _clone(path)
    try:
        commit = _refs.commit_of(clone, ref)
        partial = _refs.may_lack_objects(clone)
    except _refs.NoCommit:
        return Look("git")
    except _refs.Outside:
        raise _outside(path) from None
    except _refs.Odd:
        if not _refs.stays_inside(clone):
            raise _outside(path) from None
        try:
            commit, partial = objects.Objects(clone.git, clone.git, _LOOKING).commit(ref or "HEAD"), True
        except UsageError as error:
            hint = "the fleet's configuration may name a ref" if not ref else error.hint
            raise UsageError(error.message, path=f"{path} {ref or 'HEAD'}", hint=hint) from None
    mark = f"git {commit}"
    return Look(f"{mark} {_packs(clone)}" if partial else mark, commit)


def load(path: str, ref: str, revision: str) -> Bundle:
    """Return what is wanted of a commit.

    Raises:
        UsageError: git fails, or there are more files than ``MAX_BLOBS``.
    """
    clone = _clone(path)
    bare = os.path.realpath(clone.git) == os.path.realpath(path)
    beside = _beside(path) if bare or not revision else []
    if not revision:
        gaps = (Coverage(".", "skipped", "nothing was committed yet", kind="revision"), *beside)
        return Bundle(tree_of((), gaps), "", (), gaps)
    try:
        return bundle_of(_Commit(clone, revision, beside), revision)
    except UsageError as error:
        raise UsageError(error.message, path=f"{path} {ref or 'HEAD'}", hint=error.hint) from None


def _clone(path: str) -> _refs.Clone:
    try:
        clone = _refs.clone_of(os.path.abspath(path))
    except _refs.Outside:
        raise _outside(path) from None
    except _refs.Odd:
        clone = None
    if clone is None:
        raise UsageError("this git clone is damaged or cannot be read", path=path)
    return clone


def _beside(path: str) -> list[Coverage]:
    """Return a file that a scan would read in a folder that is a clone by its HEAD, and of no revision.

    Without it a plain folder hid its locks by a ``HEAD`` and an empty ``objects``.
    """
    looked = 0
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name not in _OWN]
        looked += len(files)
        for name in files:
            inside = os.path.relpath(os.path.join(folder, name), path)
            if is_wanted(inside.replace(os.sep, "/")):
                return [Coverage(inside, "skipped", "stands in the clone and was never committed; not read",
                                 needed=True, kind="revision")]  # fmt: skip
        if looked > _MOST:
            break
    return []


def _outside(path: str) -> UsageError:
    hint = "name the folder that it leads to, if that is meant"
    return UsageError(
        "this git clone leads outside of itself, or to what is no file, and was not read", path=path, hint=hint
    )


def _packs(clone: _refs.Clone) -> str:
    """Return what changes where objects are fetched later on."""
    try:
        return str(os.stat(os.path.join(clone.common, "objects", "pack")).st_mtime_ns)
    except OSError:
        return ""


class _Commit:
    """The files of a commit; see ``depscan.fleet.listing.Listing``."""

    def __init__(self, clone: _refs.Clone, commit: str, gaps: list[Coverage]) -> None:
        self.gaps = gaps
        self._objects = objects.Objects(clone.git, clone.git)
        self._blobs = self._objects.files(commit, MAX_BLOBS)
        self.gaps += [
            Coverage(path, "partial", "stands twice in its folder: which one is meant hangs on who reads it",
                     needed=is_wanted(path), kind="revision")
            for path in self._objects.twice
        ]  # fmt: skip
        self._targets: dict[str, bytes] | None = None
        self._asked = 0

    def entries(self) -> Iterable[Entry]:
        """Yield the files that are wanted by name or by their first bytes, and submodules."""
        return (_entry(b) for b in self._blobs.values() if b.mode == objects.MODULE or may_be_wanted(b.path))

    def find(self, path: str) -> Entry | None:
        """Return the file of a path."""
        blob = self._blobs.get(path)
        return None if blob is None else _entry(blob)

    def target(self, entry: Entry) -> str:
        """Return what a link says; "" where its object is not here, is no path, or was asked for late of many."""
        if self._targets is None:  # one process for all that are wanted by name, one for each that they lead to
            wanted = [b for b in self._blobs.values() if b.mode == objects.LINK and is_wanted(b.path)]
            self._targets = self._objects.contents([b.object for b in wanted if b.size <= _TARGET])
        if entry.key not in self._targets and entry.size <= _TARGET and self._asked < _LINKS:
            self._asked += 1
            self._targets |= self._objects.contents([entry.key])
        return os.fsdecode(self._targets.get(entry.key, b""))

    def read(self, entries: list[Entry]) -> dict[str, bytes | str]:
        """Return the bytes of blobs; a partial clone does not have all of them."""
        held = self._objects.contents(list(dict.fromkeys(e.key for e in entries)))
        return {e.path: held.get(e.key, "its content is not in this clone; fetch it first") for e in entries}


def _entry(blob: Blob) -> Entry:
    return Entry(blob.path, blob.size, _KINDS.get(blob.mode, FILE), blob.object)


SOURCE = Source("git", 10, accepts, look, load)
