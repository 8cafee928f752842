"""Which commit HEAD or a ref of a clone means, read from a few files: no process is started for it.

Formats: gitrepository-layout(5), git-pack-refs(1), gitglossary(7) (symbolic refs), gitrevisions(7) for the order in
which a short name is looked up. What is odd (reftable, expressions, tags inside packs) is left to git itself.
"""

from __future__ import annotations

import os
import re
import stat
import zlib
from typing import NamedTuple

_HEX = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z").match
_NAME = re.compile(r"[\w+./-]+\Z").match
_MOST = 64 << 20
_SHORT = 4096
_HOPS = 5
_ORDER = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_OF_WORKTREE = ("refs/bisect/", "refs/worktree/", "refs/rewritten/")
_COMMITS = ("refs/heads/", "refs/remotes/")


class Clone(NamedTuple):
    """Where a clone keeps its things.

    Attributes:
        git: folder of its HEAD.
        common: folder of its objects and refs: the same but for worktrees.
    """

    git: str
    common: str


class Odd(Exception):  # noqa: N818 - no error: git knows more
    """Only git can say."""


class Outside(Exception):  # noqa: N818
    """It leads to what is not its own, or no file: whoever wrote it would choose whose files are read as its."""


class NoCommit(Exception):  # noqa: N818
    """Nothing was committed yet: there is no ref at all."""


def clone_of(path: str) -> Clone | None:
    """Return where the clone at a path keeps its things: a working clone, a worktree, a bare clone; None for none.

    Raises:
        Outside: its ``.git`` leads to a folder that does not say that it belongs to it.
    """
    git = os.path.join(path, ".git")
    if os.path.islink(git):
        raise Outside
    if os.path.isfile(git):
        told = _read(git, _SHORT) or b""
        if not told.startswith(b"gitdir: "):
            return None
        git = os.path.normpath(os.path.join(path, os.fsdecode(told[8:].rstrip(b"\r\n"))))
        if os.path.exists(os.path.join(git, "HEAD")) and not (_is_within(git, path) or _belongs(git, path)):
            raise Outside
    elif not os.path.isdir(git):
        git = path
    if not os.path.exists(os.path.join(git, "HEAD")):
        return None
    common = _read(os.path.join(git, "commondir"), _SHORT)
    shared = git if common is None else os.path.normpath(os.path.join(git, os.fsdecode(common.rstrip(b"\r\n"))))
    if common is not None and os.path.dirname(os.path.realpath(git)) != os.path.join(
        os.path.realpath(shared), "worktrees"
    ):
        raise Outside
    return Clone(git, shared) if os.path.isdir(os.path.join(shared, "objects")) else None


def _belongs(git: str, path: str) -> bool:
    """Return whether the folder that a ``.git`` file names says so, too: one of a worktree or of a submodule."""
    worktree = _read(os.path.join(git, "gitdir"), _SHORT)
    if worktree is None:
        config = _read(os.path.join(git, "config"), 1 << 20) or b""
        found = re.search(rb"(?im)^[ \t]*worktree[ \t]*=[ \t]*(.+?)[ \t\r]*$", config)
        worktree = found[1] + b"/.git" if found else b""
    own = os.path.realpath(os.path.join(git, os.fsdecode(worktree.rstrip(b"\r\n"))))
    return bool(worktree) and own == os.path.join(os.path.realpath(path), ".git")


def stays_inside(clone: Clone) -> bool:
    """Return whether no link leads git out of a clone while it looks for a ref."""
    if not all(_is_within(os.path.join(clone.git, name), clone.git) for name in ("HEAD", "refs")):
        return False
    if not all(_is_within(os.path.join(clone.common, n), clone.common) for n in ("packed-refs", "reftable", "refs")):
        return False
    for folder, folders, files in os.walk(os.path.join(clone.common, "refs")):
        if any(not _is_within(os.path.join(folder, name), clone.common) for name in (*folders, *files)):
            return False
    return True


def _is_within(path: str, folder: str) -> bool:
    return (os.path.realpath(path) + os.sep).startswith(os.path.realpath(folder).rstrip(os.sep) + os.sep)


def commit_of(clone: Clone, ref: str) -> str:
    """Return the full id of a commit.

    Args:
        clone: see ``clone_of``.
        ref: a ref, short or full; a commit id; "" for HEAD.

    Raises:
        Odd: ask git.
        Outside: a link on the way leads out of the clone.
        NoCommit: HEAD names a branch, and there is no ref at all.
    """
    _read(_packed(clone), 0)  # git opens it whatever it is asked for
    if _HEX(os.fsencode(ref)):
        return ref
    if os.path.exists(os.path.join(clone.common, "reftable")):
        raise Odd
    if not ref:
        return _resolved(clone, "HEAD", unborn=True)
    if not _NAME(ref) or ".." in ref or ref.startswith(("/", "-")):
        raise Odd
    for form in _ORDER:
        name = form.format(ref)
        if _value(clone, name) is not None:
            return _resolved(clone, name)
    raise Odd


def may_lack_objects(clone: Clone) -> bool:
    """Return whether a clone is partial: what it lacks may come without any ref being moved."""
    config = (_read(os.path.join(clone.common, "config"), 1 << 20) or b"").lower()
    return b"promisor" in config or b"partialclone" in config


def _resolved(clone: Clone, name: str, *, unborn: bool = False) -> str:
    for _ in range(_HOPS):
        told = _value(clone, name)
        if told is None:
            if unborn and not _any_ref(clone):
                raise NoCommit
            raise Odd
        value, peeled = told
        if not value.startswith(b"ref:"):
            return _commit(clone, name, value, peeled)
        name = os.fsdecode(value[4:].strip())
        if not name.startswith("refs/") or ".." in name or not _NAME(name):
            raise Odd
    raise Odd


def _commit(clone: Clone, name: str, value: bytes, peeled: bytes) -> str:
    if not _HEX(value):
        raise Odd
    if name != "HEAD" and not name.startswith(_COMMITS):
        value = peeled or _peeled(clone, value)
    return value.decode()


def _value(clone: Clone, name: str) -> tuple[bytes, bytes] | None:
    """Return what a ref says, and the commit behind the tag object that it names where packed-refs tells; or None."""
    own = "/" not in name or name.startswith(_OF_WORKTREE)
    folder = clone.git if own else clone.common
    if not (_is_within(os.path.join(folder, name), folder) and (own or _is_within(_packed(clone), folder))):
        raise Outside
    loose = _read(os.path.join(folder, name), _SHORT)
    if loose is not None:
        return loose.strip(), b""
    if own:
        return None
    packed = _read(_packed(clone), _MOST) or b""
    at = packed.find(b" " + os.fsencode(name) + b"\n")
    if at < 0:
        return None
    following = packed[at + len(os.fsencode(name)) + 2 :][:66]
    peeled = following[1:].partition(b"\n")[0] if following.startswith(b"^") else b""
    return packed[packed.rfind(b"\n", 0, at) + 1 : at], peeled


def _packed(clone: Clone) -> str:
    return os.path.join(clone.common, "packed-refs")


def _peeled(clone: Clone, named: bytes) -> bytes:
    """Return the commit of a tag whose object is a file of its own.

    Raises:
        Odd: it is in a pack, or no tag of a commit.
    """
    for _ in range(_HOPS):
        hexed = named.decode()
        data = _read(os.path.join(clone.common, "objects", hexed[:2], hexed[2:]), _SHORT)
        try:
            told = zlib.decompressobj().decompress(data or b"", 256)
        except zlib.error:
            raise Odd from None
        kind, _, content = told.partition(b"\0")
        if kind.startswith(b"commit "):
            return named
        named = content.partition(b"\n")[0].removeprefix(b"object ")
        if not kind.startswith(b"tag ") or not _HEX(named):
            raise Odd
    raise Odd


def _any_ref(clone: Clone) -> bool:
    if b" refs/" in (_read(_packed(clone), _MOST) or b""):
        return True
    return any(files for _, _, files in os.walk(os.path.join(clone.common, "refs")))


def _read(path: str, most: int) -> bytes | None:
    """Return the first bytes of a file; None where there is none.

    Raises:
        Odd: it is there and cannot be read.
        Outside: it is a pipe or device: git would wait for it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, ValueError):
        raise Odd from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise Outside
        return os.read(descriptor, min(status.st_size + 1, most))
    except IsADirectoryError:
        return None
    except OSError:
        raise Odd from None
    finally:
        os.close(descriptor)
