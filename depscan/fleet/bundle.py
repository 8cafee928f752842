"""The bytes of a repository that a reading needs, and the folder they are laid out in to be read."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import NamedTuple

from depscan.model.decision import Coverage


class Bundle(NamedTuple):
    """What is read of a repository, whichever way it was stored.

    Attributes:
        tree: hash of paths and contents, in hex.
        revision: full commit id; "" where there is no git.
        files: path below the top, with ``/``, and bytes; sorted.
        gaps: what could not be taken along.
    """

    tree: str
    revision: str
    files: tuple[tuple[str, bytes], ...]
    gaps: tuple[Coverage, ...] = ()


def tree_of(files: tuple[tuple[str, bytes], ...], gaps: tuple[Coverage, ...]) -> str:
    """Return the hash of what a bundle holds and lacks."""
    made = sha256()
    for path, data in files:
        made.update(f"{len(path)} {path} {sha256(data).hexdigest()}\n".encode("utf-8", "surrogatepass"))
    made.update(repr(gaps).encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def lay_out(bundle: Bundle, folder: str) -> list[Coverage]:
    """Write the files of a bundle below an empty private folder; return what could not be written."""
    lost = []
    top = os.path.realpath(folder) + os.sep
    os.mkdir(os.path.join(folder, ".git"))  # ends the search for policies and the reach of includes here
    for path, data in bundle.files:
        target = os.path.normpath(os.path.join(top, path))
        if not target.startswith(top):
            lost.append(Coverage(path, "failed", "its name leads out of the repository", needed=True, kind="revision"))
            continue
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "xb") as stream:
                stream.write(data)
        except (OSError, ValueError) as error:
            why = f"cannot be written to be read: {(getattr(error, 'strerror', '') or str(error)).lower()}"
            lost.append(Coverage(path, "failed", why, needed=True, kind="revision"))
    return lost
