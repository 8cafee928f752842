"""Replacing a file so that a reader sees the old one or the new one, whole, whatever happens between."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from depscan.errors import IntelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def replace_file(path: str, pieces: Iterable[bytes]) -> None:
    """Write a file beside ``path``, flush it to the disk and put it in the place of ``path``.

    Raises:
        IntelError: the folder or disk refuses; ``path`` is then as it was. An exception from ``pieces``
            passes through and leaves ``path`` as it was, too.
    """
    folder, name = os.path.split(os.path.abspath(path))
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        try:
            with open(temporary, "wb") as stream:
                for piece in pieces:
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        _flush_folder(folder)
    except OSError as error:
        raise IntelError(f"cannot write: {(error.strerror or str(error)).lower()}", path=path) from None


def _flush_folder(folder: str) -> None:
    """Flush the folder's entry as well, where the system lets one open a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def only_writer(path: str) -> Iterator[None]:
    """Hold the lock that keeps a second writer away from ``path``; the system drops it when a writer dies.

    Raises:
        IntelError: another process writes this file now, or the folder cannot be written.
    """
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        descriptor = os.open(path + ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise IntelError(f"cannot write: {(error.strerror or str(error)).lower()}", path=path) from None
    try:
        try:
            _lock(descriptor)
        except OSError:
            raise IntelError("another process is writing this index", path=path, hint="try again later") from None
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
