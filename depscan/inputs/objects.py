"""A git repository read by git: commits, the files of one, and their bytes. No checkout, hook, filter or network.

Only commands that read are started (``rev-parse``, ``ls-tree``, ``cat-file``; for histories ``log`` and
``for-each-ref``), with an explicit argument list and without the GIT_* variables of the environment. What the
repository's own configuration says starts nothing: objects that a partial clone lacks are not fetched, whatever
protocol it names for that.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable

SIGKILL = 9

SECONDS = 60
"""One git command may take so long."""

ANSWER = 256 << 20
"""Bytes that one command may answer with."""

MAX_BLOBS = 200_000
_TOLD = 4096
LINK, MODULE = "120000", "160000"
"""Modes of symbolic links and of submodules."""


class Blob(NamedTuple):
    """A file of a revision: mode, object id, size in bytes, path relative to the repository's root."""

    mode: str
    object: str
    size: int
    path: str


class Objects:
    """The objects of a git repository.

    Args:
        folder: any folder of its working tree; or the folder that git is started in, where ``git`` is named.
        git: the folder with its HEAD: no other repository is looked for then. "" to have git find it.
        seconds: a command may take so long.

    Attributes:
        twice: paths that a folder of the revision that was listed last has more than once.
    """

    def __init__(self, folder: str = ".", git: str = "", seconds: int = SECONDS) -> None:
        self.twice: list[str] = []
        self._seconds = seconds
        self._folder = folder
        self._where = [f"--git-dir={git}"] if git else []

    def commit(self, revision: str) -> str:
        """Return the full id of the commit that a revision names.

        Raises:
            UsageError: it names none that is here.
        """
        named = f"{revision}^{{commit}}"
        return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", named, what=revision).decode().strip()

    def files(self, commit: str, most: int = MAX_BLOBS) -> dict[str, Blob]:
        """Return the files of a commit by path.

        Raises:
            UsageError: git cannot list them, or there are more than ``most``.
        """
        listed = self.git("ls-tree", "-r", "-z", "-l", "--full-tree", commit)
        if listed.count(b"\0") > most:
            raise UsageError(f"more than {most} files in the revision", path=commit)
        found: dict[str, Blob] = {}
        twice: dict[str, None] = {}
        for row in listed.split(b"\0"):
            head, _, name = row.partition(b"\t")
            words = head.decode("ascii", "replace").split()
            if len(words) == 4 and name:  # noqa: PLR2004 - mode, type, object, size
                path = os.fsdecode(name)
                if path in found:
                    twice[path] = None
                found[path] = Blob(words[0], words[2], int(words[3]) if words[3].isdigit() else 0, path)
        # A file that is a folder, too, is there twice as well.
        self.twice = [*twice, *sorted(_folders(found) & found.keys())]
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

    def git(self, *words: str, stdin: bytes = b"", what: str = "", seconds: int = 0) -> bytes:
        """Return what a git command that only reads writes to its standard output.

        Args:
            words: the command and its arguments.
            stdin: what it reads.
            what: a revision that the user named, for the message where git does not know it.
            seconds: it may take so long; 0 for what this object was told.

        Raises:
            UsageError: git is not installed, takes too long, or fails.
        """
        import subprocess
        import tempfile

        seconds = seconds or self._seconds
        command = ["git", "--no-pager", "--no-replace-objects", "--literal-pathspecs", "-c", "core.fsmonitor=false",
                   "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never", *self._where, *words]  # fmt: skip
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        # Git before 2.44 knows no GIT_NO_LAZY_FETCH, and a repository's protocol.NAME.allow outdoes protocol.allow.
        environment["GIT_ALLOW_PROTOCOL"] = "none"
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - an explicit list; revisions stand behind --end-of-options
                    command, cwd=self._folder, stdin=given, stdout=subprocess.PIPE, stderr=told, env=environment
                )
            except OSError as error:
                why = (error.strerror or str(error)).lower()
                raise UsageError(f"git cannot be started: {why}", path=self._folder) from None
            answer = _answer(process, seconds)
            told.seek(0)
            first = told.read(_TOLD).decode("utf-8", "replace").strip().partition("\n")[0]
        if isinstance(answer, str):
            raise UsageError(answer, path=what or self._folder)
        if process.returncode:
            message = f"git knows no commit of this name{': ' + first if first else ''}" if what else f"git: {first}"
            raise UsageError(message, path=what or self._folder, hint="fetch it first" if what else "")
        return answer


def _folders(paths: Iterable[str]) -> set[str]:
    """Return every folder that one of the paths lies in."""
    found: set[str] = set()
    for folder in {path.rpartition("/")[0] for path in paths}:
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]  # noqa: PLW2901 - the next one up
    return found


def _answer(process: subprocess.Popen[bytes], seconds: int) -> bytes | str:
    """Return what a process writes until it ends, or why it was ended: a few objects may make a tree of billions."""
    from threading import Timer

    late = Timer(seconds, process.kill)
    late.daemon = True
    late.start()
    try:
        with process:
            answer = process.stdout.read(ANSWER + 1) if process.stdout else b""
            if len(answer) > ANSWER:
                process.kill()
                return f"git answers with more than {ANSWER >> 20} MB"
    except BaseException:
        process.kill()
        raise
    finally:
        late.cancel()
    return answer if process.returncode != -SIGKILL else f"git did not answer within {seconds} seconds"
