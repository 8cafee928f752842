"""From what a source lists to a bundle: what is wanted, within budgets, with what requirement files include.

Every source lists its files in the same way, so the same files give the same bundle whichever way they are stored.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from depscan.facts.project import START, may_be_model
from depscan.fleet.bundle import Bundle, tree_of
from depscan.fleet.includes import included
from depscan.fleet.wanted import BESIDE, GUESS, MODEL, NO, OWN, wish
from depscan.inputs.gather import MAX_FILES
from depscan.model.decision import Coverage
from depscan.text.source import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable

BYTES = 256 << 20
"""Bytes of one repository, models apart: a worker may use 2 GB, and reading takes a multiple of the files."""

MODEL_BYTES = 32 << 20
"""Bytes of one model file. What a hub or git hosting keeps as a plain blob is smaller; larger ones are in Git LFS."""

GUESS_BYTES = 4 << 20
"""Bytes of a file whose name tells nothing: larger ones are data, as a rule."""

MODELS_BYTES = 128 << 20
"""Bytes of all model files of a repository."""

FILE, LINK, MODULE = "file", "link", "module"
_HOPS = 8
_DEPTH = 32
_AT_ONCE = 32 << 20
_LISTED = 50
_LFS = b"version https://git-lfs."
_POINTER = 1024


class Entry(NamedTuple):
    """A file as a source lists it.

    Attributes:
        path: below the repository's top, with ``/``.
        size: bytes.
        kind: file, link, or module (a submodule).
        key: what the source finds it by.
    """

    path: str
    size: int
    kind: str = FILE
    key: str = ""


class Listing(Protocol):
    """The files of a repository."""

    @property
    def gaps(self) -> list[Coverage]:
        """Return what the source itself could not look at; asked last."""

    def entries(self) -> Iterable[Entry]:
        """Yield every file that may be wanted by its name."""

    def find(self, path: str) -> Entry | None:
        """Return the file at a path that another file names; None where there is none."""

    def target(self, entry: Entry) -> str:
        """Return what a link says, relative to its folder."""

    def read(self, entries: list[Entry]) -> dict[str, bytes | str]:
        """Return the bytes by path, or in words why there are none."""


def bundle_of(listing: Listing, revision: str = "") -> Bundle:
    """Return what a reading needs of a repository."""
    taking = _Taking(listing)
    taking.wanted()
    taking.included()
    files = tuple(sorted(taking.files.items()))
    links = tuple(sorted((path, to) for path, to in taking.links.items() if to in taking.files))
    gaps = (*sorted(taking.told()), *listing.gaps)
    return Bundle(tree_of(files, gaps, links), revision, files, gaps, links)


class _Taking:
    """Takes files and remembers what was left.

    Attributes:
        files: path to bytes.
        links: path to the path of the file it leads to.
    """

    def __init__(self, listing: Listing) -> None:
        self.files: dict[str, bytes] = {}
        self.links: dict[str, str] = {}
        self._listing = listing
        self._ranks: dict[str, int] = {}
        self._entries: list[Entry] = []
        self._bytes = self._models = self._unread = 0
        self._lost: dict[tuple[str, str, bool, str], list[str]] = {}

    def wanted(self) -> None:
        """Take what is wanted by name: locks and manifests first, then settings, code, models."""
        found = []
        for entry in self._listing.entries():
            rank = OWN if entry.kind == MODULE else wish(entry.path)
            if rank != NO and not (rank == GUESS and entry.kind != FILE):
                folder, _, name = entry.path.rpartition("/")
                found.append((rank, folder.split("/"), name, entry))
        for rank, _, _, entry in sorted(found):
            self._take(entry, rank)
        self._read()

    def included(self) -> None:
        """Take what requirement files include, whatever it is called, and what that includes."""
        todo = [*(path for path, rank in self._ranks.items() if rank == OWN), *self.links]
        seen = set(todo)
        while todo:
            following: list[str] = []
            for path in todo:
                data = self.files.get(self.links.get(path, path), b"")
                if data:
                    following += (p for p in included(path, data) if p not in seen)
            todo = list(dict.fromkeys(following))
            if len(todo) > MAX_FILES:
                why = f"more than {MAX_FILES} included files; the others were not read"
                self._lose(todo[MAX_FILES], "partial", why, needed=True, kind="budget")
                todo = todo[:MAX_FILES]
            seen.update(todo)
            for path in todo:
                entry = self._found(path)
                if entry is not None:
                    self._take(entry, OWN)
            self._read()

    def _found(self, path: str) -> Entry | None:
        """Return a file that another one names; a folder on the way may be a link."""
        entry = self._listing.find(path)
        parts = path.split("/")
        at = 1
        while entry is None and at < min(len(parts), _DEPTH):
            folder = self._listing.find("/".join(parts[:at]))
            if folder is not None and folder.kind == LINK:
                end = self._end(folder)
                inside = posixpath.normpath(posixpath.join(end, *parts[at:]))
                entry = self._listing.find(inside)
                if entry is not None:
                    self.links[path] = inside
                break
            at += 1
        return entry

    def _take(self, entry: Entry, rank: int) -> None:
        if entry.kind == MODULE:
            why = "a submodule: another repository, read where the fleet lists it"
            self._lose(entry.path, "skipped", why, needed=False, kind="revision")
        elif entry.kind == LINK:
            self._follow(entry, rank)
        elif entry.path not in self._ranks and self._fits(entry, rank):
            self._ranks[entry.path] = rank
            self._entries.append(entry)

    def _follow(self, entry: Entry, rank: int) -> None:
        end = self._end(entry)
        found = self._listing.find(end) if end else None
        if found is None or found.kind != FILE:
            why = "is a link that leads to no file of the repository and was not read"
            self._lose(entry.path, "failed", why, needed=rank != MODEL, kind="revision")
            return
        self.links[entry.path] = found.path
        self._take(found, rank)

    def _end(self, entry: Entry) -> str:
        """Return the path that a link leads to, through other links; "" where it leads out of the repository."""
        at = entry
        for _ in range(_HOPS):
            target = self._listing.target(at)
            path = posixpath.normpath(posixpath.join(posixpath.dirname(at.path), target))
            if not target or path.startswith(("../", "/")) or path in {".", ".."}:
                return ""
            following = self._listing.find(path)
            if following is None or following.kind != LINK:
                return path
            at = following
        return ""

    def _fits(self, entry: Entry, rank: int) -> bool:
        if rank >= MODEL:
            return self._model_fits(entry, rank)
        if entry.size > LIMIT:
            why = f"file of more than {LIMIT >> 20} MB, the limit"
            self._lose(entry.path, "skipped" if rank == BESIDE else "failed", why, needed=rank != BESIDE)
        elif len(self._ranks) >= MAX_FILES:
            why = f"more than {MAX_FILES} files of the repository would be read"
            self._lose(entry.path, "partial", why, needed=True, kind="budget")
        elif self._bytes + entry.size > BYTES:
            why = f"the files of the repository that would be read have more than {BYTES >> 20} MB"
            self._lose(entry.path, "partial", why, needed=True, kind="budget")
        else:
            self._bytes += entry.size
            return True
        return False

    def _model_fits(self, entry: Entry, rank: int) -> bool:
        if rank == GUESS and (entry.size > GUESS_BYTES or self._models + entry.size > MODELS_BYTES):
            self._unread += 1
            return False
        if entry.size > MODEL_BYTES:
            why = f"a model file or archive of more than {MODEL_BYTES >> 20} MB; depscan inspect reads it"
        elif self._models + entry.size > MODELS_BYTES or len(self._ranks) >= 2 * MAX_FILES:
            why = f"the model files and archives of the repository have more than {MODELS_BYTES >> 20} MB together"
        else:
            self._models += entry.size
            return True
        self._lose(entry.path, "skipped", why, needed=False, kind="budget")
        return False

    def _read(self) -> None:
        """Read what was taken since, some at once."""
        some: list[Entry] = []
        size = 0
        for entry in self._entries:
            some.append(entry)
            size += entry.size
            if size > _AT_ONCE:
                self._keep(some)
                some, size = [], 0
        self._keep(some)
        self._entries.clear()

    def _keep(self, entries: list[Entry]) -> None:
        if not entries:
            return
        read = self._listing.read(entries)
        for entry in entries:
            data = read[entry.path]
            rank = self._ranks[entry.path]
            if isinstance(data, str):
                self._lose(entry.path, "failed", data, needed=rank < MODEL)
                continue
            if rank == GUESS and not may_be_model(entry.path.rpartition("/")[2], data[:START]):
                del self._ranks[entry.path]  # a file that includes it may still want it
                self._models -= entry.size
                continue
            self.files[entry.path] = data
            if len(data) <= _POINTER and data.startswith(_LFS):
                why = "a pointer of Git LFS: the file itself is not in the repository"
                self._lose(entry.path, "skipped", why, needed=rank == OWN, kind="revision")

    def _lose(self, path: str, status: str, why: str, *, needed: bool, kind: str = "input") -> None:
        self._lost.setdefault((status, why, needed, kind), []).append(path)

    def told(self) -> list[Coverage]:
        """Return what was left, of each reason some by name and the others as a number."""
        gaps = []
        if self._unread:
            why = (
                f"{self._unread} files whose names tell nothing are too large, or too many, to be looked at for models"
            )
            gaps.append(Coverage(".", "skipped", why, kind="budget"))
        for (status, why, needed, kind), paths in self._lost.items():
            gaps += [Coverage(path, status, why, needed=needed, kind=kind) for path in paths[:_LISTED]]
            if len(paths) > _LISTED:
                more = f"{len(paths) - _LISTED} more files: {why}"
                gaps.append(Coverage(".", status, more, needed=needed, kind=kind))
        return gaps
