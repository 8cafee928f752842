"""The files of a git revision, from its objects: no checkout, no hook, no filter, no network.

Only ``git rev-parse``, ``ls-tree`` and ``cat-file`` are started, with an explicit argument list and without the
GIT_* variables of the environment. Blobs are written as they are stored into a folder that the caller owns.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from depscan.errors import UsageError
from depscan.inputs.discover import Entry, candidates, entries
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.model.decision import Coverage
from depscan.text.source import LIMIT

SECONDS = 60
"""One git command may take so long."""

MAX_BYTES = 512 << 20
MAX_BLOBS = 200_000
_LINK, _MODULE = "120000", "160000"
_POLICIES = ("depscan.toml", "pyproject.toml")
_HOPS = 8
_LINKS = 500


class Blob(NamedTuple):
    """A file of a revision: mode, object id, size in bytes, path relative to the repository's root."""

    mode: str
    object: str
    size: int
    path: str


class Repository:
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
        self._folder = folder
        if bare:
            self.top, self.prefix = os.fsdecode(self.git("rev-parse", "--absolute-git-dir")).removesuffix("\n"), ""
            return
        self.top = os.fsdecode(self.git("rev-parse", "--show-toplevel")).removesuffix("\n")
        self.prefix = os.fsdecode(self.git("rev-parse", "--show-prefix")).removesuffix("\n")

    def commit(self, revision: str) -> str:
        """Return the full id of the commit that a revision names.

        Raises:
            UsageError: it names none that is here.
        """
        named = f"{revision}^{{commit}}"
        return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", named, what=revision).decode().strip()

    def files(self, commit: str) -> dict[str, Blob]:
        """Return the files of a commit by path.

        Raises:
            UsageError: git cannot list them, or there are more than ``MAX_BLOBS``.
        """
        listed = self.git("ls-tree", "-r", "-z", "-l", "--full-tree", commit)
        if listed.count(b"\0") > MAX_BLOBS:
            raise UsageError(f"more than {MAX_BLOBS} files in the revision", path=commit)
        found = {}
        for row in listed.split(b"\0"):
            head, _, name = row.partition(b"\t")
            words = head.decode("ascii", "replace").split()
            if len(words) == 4 and name:  # noqa: PLR2004 - mode, type, object, size
                path = os.fsdecode(name)
                found[path] = Blob(words[0], words[2], int(words[3]) if words[3].isdigit() else 0, path)
        return found

    def contents(self, objects: list[str]) -> dict[str, bytes]:
        """Return the bytes of blobs by object id; one that is not here (a partial clone) is left out."""
        if not objects:
            return {}
        answer = self.git("cat-file", "--batch", stdin="".join(f"{o}\n" for o in objects).encode())
        found, at = {}, 0
        for _ in objects:
            end = answer.find(b"\n", at)
            words = answer[at:end].split() if end >= 0 else []
            at = end + 1
            if len(words) == 3 and words[2].isdigit():  # noqa: PLR2004 - object, type, size
                size = int(words[2])
                found[words[0].decode()] = answer[at : at + size]
                at += size + 1
            elif end < 0:
                break
        return found

    def git(self, *words: str, stdin: bytes = b"", what: str = "", seconds: int = SECONDS) -> bytes:
        """Return what a git command that only reads writes to its standard output.

        Args:
            words: the command and its arguments.
            stdin: what it reads.
            what: a revision that the user named, for the message where git does not know it.
            seconds: it may take so long.

        Raises:
            UsageError: git is not installed, takes too long, or fails.
        """
        import subprocess

        command = ["git", "--no-pager", "--no-replace-objects", "--literal-pathspecs", "-c", "core.fsmonitor=false",
                   "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never", *words]  # fmt: skip
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603 - an explicit list; revisions stand behind --end-of-options
                command, cwd=self._folder, input=stdin, env=environment, capture_output=True, timeout=seconds,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise UsageError(f"git did not answer within {seconds} seconds", path=what or self._folder) from None
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise UsageError(f"git cannot be started: {why}", path=self._folder) from None
        if done.returncode:
            told = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
            message = f"git knows no commit of this name{': ' + told if told else ''}" if what else f"git: {told}"
            raise UsageError(message, path=what or self._folder, hint="fetch it first" if what else "")
        return done.stdout


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
            if blob is None or blob.mode == _MODULE or (blob.mode == _LINK and not self._links):
                break
            if blob.mode != _LINK:
                return blob
            self._links -= 1
            target = os.fsdecode(self._repository.contents([blob.object]).get(blob.object, b""))
            at = os.path.normpath(os.path.join(os.path.dirname(at), target))
        if path in self._files and self._files[path].mode == _LINK:
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
