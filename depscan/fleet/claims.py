"""What workers of one machine tell each other through a private folder: which readings are there or being made.

Only who has the bytes of a repository knows the key of its reading, and that is a worker. So a fresh clone of files
that were read on another day, or the second of two equal repositories, costs its bytes and nothing more.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_KNOWN = "known"
_CLAIMED = "claimed"
_ROW = 33
"""Bytes of a key and its line end."""


def prepare(room: str, known: Iterable[str]) -> None:
    """Tell in an empty folder which readings are there: keys of 32 characters."""
    os.mkdir(os.path.join(room, _CLAIMED))
    with open(os.path.join(room, _KNOWN), "wb") as stream:
        for key in sorted(known):
            stream.write(f"{key}\n".encode())


def claim(room: str, key: str, place: str) -> bool:
    """Return whether a reading is still to be made, from this repository; other repositories hear no from then on."""
    if _is_known(os.path.join(room, _KNOWN), key.encode()):
        return False
    path, own = os.path.join(room, _CLAIMED, key), sha256(os.fsencode(place)).hexdigest()
    try:
        os.symlink(own, path)  # one step, with its content: a worker may be ended behind any other
    except FileExistsError:
        return os.readlink(path) == own  # the worker that claimed it came to nothing
    return True


def _is_known(path: str, key: bytes) -> bool:
    """Search the sorted rows by halves: a worker holds none of them."""
    with open(path, "rb") as stream:
        low, high = 0, os.fstat(stream.fileno()).st_size // _ROW
        while low < high:
            middle = (low + high) // 2
            stream.seek(middle * _ROW)
            row = stream.read(_ROW - 1)
            if row == key:
                return True
            low, high = (middle + 1, high) if row < key else (low, middle)
    return False
