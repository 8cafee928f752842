"""The files of a git revision, from its objects: no checkout, no hook, no filter, no network.

Blobs are written as they are stored into a folder that the caller owns.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.inputs.discover import Entry, candidates, entries
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.inputs.objects import LINK, MODULE, Objects
from depscan.model.decision import Coverage
from depscan.text.source import LIMIT

if TYPE_CHECKING:
    from depscan.inputs.objects import Blob

MAX_BYTES = 512 << 20
_POLICIES = ("depscan.toml", "pyproject.toml")
_HOPS = 8
_LINKS = 500


class Repository(Objects):
    """A git repository, read by git.

    Args:
        folder: any folder of its working tree, or a bare repository.
        bare: whether it is one.

    Attributes:
        top: its root.
        prefix: the folder's path below the root; "" for the root itself, else with a slash at its end.
    """

    def __init__(self, folder: str = ".", *, bare: bool = False) -> None:
        """Find the root.

        Raises:
            UsageError: git is not installed, or there is no repository.
        """
        super().__init__(folder)
        if bare:
            self.top, self.prefix = os.fsdecode(self.git("rev-parse", "--absolute-git-dir")).removesuffix("\n"), ""
            return
        self.top = os.fsdecode(self.git("rev-parse", "--show-toplevel")).removesuffix("\n")
        self.prefix = os.fsdecode(self.git("rev-parse", "--show-prefix")).removesuffix("\n")


class Revision:
    """The files of one commit that a scan reads, written into a folder.

    Args:
        repository: where it is.
        revision: as the user named it.
        folder: an empty private folder.

    Attributes:
        commit: full id.
        coverage: what was not written although a scan would have read it.
    """

    def __init__(self, repository: Repository, revision: str, folder: str) -> None:
        """Write what a scan looks for by name, and the policy files.

        Raises:
            UsageError: there is no such commit, or git fails.
        """
        self.commit = repository.commit(revision)
        self.coverage: list[Coverage] = []
        self._repository = repository
        self._folder = folder
        self._files = repository.files(self.commit)
        self._written: set[str] = set()
        self._bytes = 0
        self._links = _LINKS
        os.mkdir(os.path.join(folder, ".git"))  # ends the search for policies and the reach of includes here
        self.write([path for path in self._files if self._wanted(path)])

    def place(self, path: str) -> None:
        """Write a file or make a folder that the user named, where the revision has it."""
        self.write([path])
        inside = path == "." or any(name.startswith(path + os.sep) for name in self._files)
        if path not in self._files and inside:
            os.makedirs(os.path.join(self._folder, path), exist_ok=True)

    def _wanted(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        if not SKIPPED_FOLDERS.isdisjoint(folder.split("/")):
            return False
        named = folder.rpartition("/")[2] == "requirements"
        return name in _POLICIES or bool(candidates(name, entries_once(), named=named))

    def write(self, paths: list[str]) -> bool:
        """Write files, links by what they point at; return whether any was there and is new."""
        wanted: dict[str, Blob] = {}
        for path in paths:
            blob = self._resolved(path) if path not in self._written else None
            if blob is not None and self._fits(path, blob):
                wanted[path] = blob
        self._written.update(wanted)
        data = self._repository.contents(list(dict.fromkeys(b.object for b in wanted.values())))
        for path, blob in wanted.items():
            if blob.object in data:
                self._put(path, data[blob.object])
            else:
                self._lost(path, "its content is not in this clone; fetch it first")
        return bool(wanted)

    def _fits(self, path: str, blob: Blob) -> bool:
        if blob.size > LIMIT:
            self._lost(path, f"file of {blob.size >> 20} MB is over the limit of {LIMIT >> 20} MB")
        elif self._bytes + blob.size > MAX_BYTES:
            self._lost(path, f"the files of the revision are over the limit of {MAX_BYTES >> 20} MB")
        else:
            self._bytes += blob.size
            return True
        return False

    def _lost(self, path: str, why: str) -> None:
        self.coverage.append(Coverage(path, "failed", why, needed=True, kind="revision"))

    def _resolved(self, path: str) -> Blob | None:
        """Return the file a path means, through links that stay in the repository."""
        at = path
        for _ in range(_HOPS):
            blob = self._files.get(at)
            if blob is None or blob.mode == MODULE or (blob.mode == LINK and not self._links):
                break
            if blob.mode != LINK:
                return blob
            self._links -= 1
            target = os.fsdecode(self._repository.contents([blob.object]).get(blob.object, b""))
            at = os.path.normpath(os.path.join(os.path.dirname(at), target))
        if path in self._files and self._files[path].mode == LINK:
            self._lost(path, "is a link that leads to no file of the repository and was not read")
        return None

    def _put(self, path: str, data: bytes) -> None:
        target = os.path.normpath(os.path.join(self._folder, path))
        if not target.startswith(self._folder.rstrip(os.sep) + os.sep):  # git itself refuses such names
            self._lost(path, "its name leads out of the repository")
            return
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "xb") as stream:
                stream.write(data)
        except (OSError, ValueError) as error:
            why = (getattr(error, "strerror", "") or str(error)).lower()
            self._lost(path, f"cannot be written to be read: {why}")


def entries_once() -> list[Entry]:
    """Return the format modules, listed once per process."""
    if not _ENTRIES:
        _ENTRIES.extend(entries())
    return _ENTRIES


_ENTRIES: list[Entry] = []
