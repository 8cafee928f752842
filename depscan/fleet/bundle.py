"""The bytes of a repository that a reading needs, and the folder they are laid out in to be read."""

from __future__ import annotations

import errno
import os
import posixpath
from hashlib import sha256
from typing import NamedTuple

from depscan.errors import UsageError
from depscan.model.decision import Coverage

_ABOUT_NAMES = frozenset({
    errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOENT,
})  # fmt: skip
"""Errors that a file's name earns wherever it is laid out; any other one is this machine's."""

_INVISIBLE = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF))
"""Characters that HFS+ leaves out of names: ``.g<U+200C>it`` is ``.git`` there."""


class Bundle(NamedTuple):
    """What is read of a repository, whichever way it was stored.

    Attributes:
        tree: hash of paths and contents, in hex.
        revision: full commit id; "" where there is no git.
        files: path below the top, with ``/``, and bytes; sorted.
        gaps: what could not be taken along.
        links: path of a symbolic link and the path of the file in ``files`` it leads to; sorted.
    """

    tree: str
    revision: str
    files: tuple[tuple[str, bytes], ...]
    gaps: tuple[Coverage, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def tree_of(
    files: tuple[tuple[str, bytes], ...], gaps: tuple[Coverage, ...], links: tuple[tuple[str, str], ...] = ()
) -> str:
    """Return the hash of what a bundle holds and lacks."""
    made = sha256()
    for path, data in files:
        made.update(f"{len(path)} {path} {sha256(data).hexdigest()}\n".encode("utf-8", "surrogatepass"))
    made.update(repr((gaps, links)).encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def lay_out(bundle: Bundle, folder: str) -> list[Coverage]:
    """Write the files of a bundle below an empty private folder; return what could not be written.

    No name leads out of the folder or below a ``.git``, and nothing is written twice.

    Raises:
        UsageError: the folder has no room, or cannot be written to at all.
    """
    lost = []
    os.mkdir(os.path.join(folder, ".git"))  # ends the search for policies and the reach of includes here
    written = set()
    for path, data in bundle.files:
        why = _refused(path) or _write(folder, path, data)
        if why:
            lost.append(Coverage(path, "failed", why, needed=True, kind="revision"))
        else:
            written.add(path)
    for path, target in bundle.links:
        why = "" if target in written else "the file that this link leads to was not written"
        why = why or _refused(path) or _link(folder, path, target)
        if why:
            lost.append(Coverage(path, "failed", why, needed=True, kind="revision"))
    return lost


def _refused(path: str) -> str:
    """Return why no file of this name is written; "" where it is."""
    parts = path.replace("\\", "/").split("/") if os.sep == "\\" else path.split("/")
    if "\0" in path:
        return "its name holds a NUL"
    if ".." in parts or path.startswith("/") or os.path.isabs(path) or os.path.splitdrive(path)[0]:
        return "its name leads out of the repository"
    if any(part in {"", "."} for part in parts):
        return "its name is no path of a file"
    if any(_is_git(part) for part in parts):
        return "it lies below .git, where no repository has files of its own"
    return ""


def _is_git(part: str) -> bool:
    """Return whether some file system takes a name for ``.git``: HFS+ and NTFS know more than one spelling."""
    plain = part.translate(_INVISIBLE).partition(":")[0].rstrip(". ").lower()
    return plain == ".git" or (plain.startswith("git~") and plain[4:].isdigit())


def _write(folder: str, path: str, data: bytes) -> str:
    target = os.path.join(folder, *path.split("/"))
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "xb") as stream:
            stream.write(data)
    except (OSError, ValueError) as error:
        return _why(error, folder)
    return ""


def _link(folder: str, path: str, target: str) -> str:
    """Make a link to a file that was written; where there are no links, a copy."""
    place, to = os.path.join(folder, *path.split("/")), os.path.join(folder, *target.split("/"))
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if os.name == "posix":
            os.symlink(posixpath.relpath(target, posixpath.dirname(path) or "."), place)
        else:
            with open(to, "rb") as stream, open(place, "xb") as copy:
                copy.write(stream.read())
    except (OSError, ValueError) as error:
        return _why(error, folder)
    return ""


def _why(error: OSError | ValueError, folder: str) -> str:
    """Return what is wrong with a name.

    Raises:
        UsageError: it is not the name: what is read then would depend on this machine.
    """
    text = (getattr(error, "strerror", "") or str(error)).lower()
    if isinstance(error, OSError) and error.errno not in _ABOUT_NAMES:
        hint = "TMPDIR names another place"
        raise UsageError(f"files cannot be laid out to be read: {text}", path=folder, hint=hint) from None
    return f"cannot be written to be read: {text}"
