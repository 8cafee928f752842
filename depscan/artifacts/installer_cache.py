"""Archives in pip's own cache, found by the size and the hash that a lock lists for a file.

pip (23.3 and later) keeps each answer of an index in ``http-v2``: a file named by the hash of the URL, and beside
it ``NAME.body`` with the bytes as they came (cachecontrol's SeparateBodyFileCache). Names of archives stand nowhere,
so a body is looked at where it has exactly the size of a locked file, and is that file where its hash says so. Files
without a size, as behind ``--hash`` of a requirements file, are left out: every body would have to be hashed.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from depscan.artifacts.wheelhouse import LocalFile, file_name, locked_hashes, tell
from depscan.registry.cache import Cache
from depscan.registry.hashes import Digests

if TYPE_CHECKING:
    from depscan.model.package import File, Package

_PIECE = 1 << 20
_MOST_ENTRIES = 100_000
_MOST_OF_A_SIZE = 16
_DEPTH = 5
_STRONG = frozenset({"sha256", "sha384", "sha512"})
_OPEN = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"))


class InstallerCache:
    """pip's cache, listed once when it is first asked; links are not followed.

    Others may be able to write it. So what fits is copied while it is hashed, into depscan's own cache, and read
    there under the name that the lock gives it.

    Args:
        folder: pip's cache folder; "" for the user's.
        own: folder of depscan's cache; "" for the user's.

    Attributes:
        note: why not everything was looked at; "" when it was.
    """

    def __init__(self, folder: str = "", own: str = "") -> None:
        self.note = ""
        self._folder = folder or pip_folder()
        self._own = own
        self._cache: Cache | None = None
        self._sizes: dict[int, list[str]] | None = None

    def close(self) -> None:
        """Tidy depscan's cache; the path of a file that ``take`` gave may be gone then."""
        if self._cache is not None:
            self._cache.close()

    def holds(self, file: File) -> bool:
        """Whether there is a body of a locked file's size, and a hash to compare it with."""
        return file.size > 0 and bool(_strong(file)) and bool(self._bodies().get(file.size))

    def take(self, local: LocalFile, file: File) -> LocalFile | None:
        """Return a locked file with its path on disk; None where the cache does not have it.

        Args:
            local: what its name says, see ``listed``.
            file: as the lock lists it.
        """
        cache = self._place() if self.holds(file) else None
        if cache is None:
            return None
        for algorithm, digest in _strong(file):
            held = cache.file(digest, local.path) if algorithm == "sha256" else None  # copied by the run before
            if held is not None:
                return local._replace(path=held[0], sha256=digest)
        for path in self._bodies()[file.size]:
            with suppress(OSError):
                sha256, kept = _copy(path, local.path, file, cache)
                if kept:
                    return local._replace(path=kept, sha256=sha256)
        return None

    def _place(self) -> Cache | None:
        """Return depscan's cache; None where there is no room for one at all."""
        if self._cache is None:
            with suppress(OSError):
                self._cache = Cache(self._own)
        return self._cache

    def _bodies(self) -> dict[int, list[str]]:
        """Return size to paths of bodies."""
        if self._sizes is None:
            self._sizes = {}
            for at, entry in enumerate(_entries(os.path.join(self._folder, "http-v2"), _DEPTH)):
                if at >= _MOST_ENTRIES:
                    self.note = f"only {_MOST_ENTRIES} entries were looked at"
                    break
                if entry.name.endswith(".body"):
                    self._add(entry)
        return self._sizes

    def _add(self, entry: os.DirEntry[str]) -> None:
        with suppress(OSError):
            status = entry.stat(follow_symlinks=False)
            same = self._sizes.setdefault(status.st_size, []) if self._sizes is not None else []
            if stat.S_ISREG(status.st_mode) and len(same) < _MOST_OF_A_SIZE:
                same.append(entry.path)


def listed(package: Package) -> dict[LocalFile, File]:
    """Return the wheels and sdists that a package's lock lists; the path is the name alone."""
    if package.ecosystem != "PyPI":
        return {}
    told = ((tell(file_name(file.url)), file) for file in package.files)
    return {local: file for local, file in told if local is not None}


def pip_folder() -> str:
    """Return the folder of pip's cache: PIP_CACHE_DIR, else what pip's platformdirs takes for it."""
    environment = os.environ
    named = environment.get("PIP_CACHE_DIR")
    if named:
        return os.path.expanduser(named)
    if sys.platform == "win32":
        return os.path.join(environment.get("LOCALAPPDATA") or os.path.expanduser("~"), "pip", "Cache")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches/pip")
    return os.path.join(environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "pip")


def _entries(folder: str, depth: int) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a folder and the folders below; what cannot be listed is as if it were not there."""
    with suppress(OSError):
        if os.path.islink(folder):
            return
        with os.scandir(folder) as found:
            for entry in found:
                yield entry
                if depth and entry.is_dir(follow_symlinks=False):
                    yield from _entries(entry.path, depth - 1)


def _strong(file: File) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in locked_hashes([file.hash]) if pair[0] in _STRONG)


def _copy(path: str, name: str, file: File, cache: Cache) -> tuple[str, str]:
    """Copy a body that is the locked file; returns its SHA-256 and its path, "" where it is not.

    Raises:
        OSError: it cannot be read, or there is no room.
    """
    wanted = _strong(file)
    digests = Digests(algorithm for algorithm, _ in wanted)
    part = cache.part()
    try:
        with open(os.open(path, _OPEN), "rb") as stream, open(part, "wb") as copy:
            left = file.size
            while left >= 0 and (piece := stream.read(min(_PIECE, left + 1))):
                left -= len(piece)
                digests.update(piece)
                copy.write(piece)
        if left or not any(digests.hex(algorithm) == digest for algorithm, digest in wanted):
            return digests.hex(), ""
        return digests.hex(), cache.adopt(part, digests.hex(), name)
    finally:
        with suppress(OSError):
            os.unlink(part)
