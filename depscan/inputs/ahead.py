"""Read the code of a large folder in worker processes, ahead of the scan, which then finds it as if it had been kept.

Whatever a worker does not give - it died, was late, or the file cannot be read - the scan reads itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import ArtifactError, InputError
from depscan.inputs.discover import candidates, entries, formats_beside
from depscan.inputs.kept import Kept
from depscan.inputs.reach import Reach, within
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from depscan.inputs.discover import Entry

WORTH = 200
"""Files from which on workers are started."""
_CHUNK = 64
"""Files that a worker reads at a time: neighbours look into the same modules."""

Rows = dict[str, Any]


class Chunk(NamedTuple):
    """Files for one worker.

    Attributes:
        paths: pairs of where a file is and how it is shown.
        root: folder below which paths are shown, with a separator at its end; "" for the working directory.
        scope: real folders within which files may be seen.
    """

    paths: tuple[tuple[str, str], ...]
    root: str
    scope: tuple[str, ...]


def code_below(top: str, known: list[Entry], skipped: frozenset[str]) -> Iterator[str]:
    """Yield the files below a folder that a format which is kept may be of, without the skipped folders."""
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(n for n in folders if n not in skipped)
        for name in sorted(files):
            if any(entry.keep for _, entry in candidates(name, known, named=False)):
                yield os.path.join(folder, name)


def read_ahead(paths: Sequence[tuple[str, str]], root: str, scope: tuple[str, ...], jobs: int) -> Rows:
    """Return rows of ``Kept`` for files; {} where workers are not worth it.

    Args:
        paths: pairs of where a file is and how it is shown.
        root: see ``Chunk``.
        scope: see ``Chunk``.
        jobs: worker processes.
    """
    if jobs < 2 or len(paths) < WORTH:  # noqa: PLR2004 - one worker is no faster than none
        return {}
    from depscan.text.pool import read_each

    chunks = [Chunk(tuple(paths[at : at + _CHUNK]), root, scope) for at in range(0, len(paths), _CHUNK)]
    found: Rows = {}
    for _, rows in read_each(chunks, read_chunk, jobs):
        if not isinstance(rows, ArtifactError):
            found.update(rows)
    return found


def read_chunk(chunk: Chunk) -> Rows | ArtifactError:
    """Return the rows of the files of a chunk that can be read."""

    def shown(place: str) -> str:
        below = chunk.root and (place + os.sep).startswith(chunk.root)
        return (place[len(chunk.root) :] or ".") if below else place

    reach = Reach(lambda path: os.path.join(chunk.root, path), shown)
    reach.enter(chunk.scope)
    kept = Kept(reach)
    kept.begin()
    known = [entry for entry in entries() if entry.keep]
    for path, name in chunk.paths:
        if not within(os.path.realpath(path), chunk.scope):
            continue
        try:
            source = read_source(path, name)
            reach.connect(source)
            for made in formats_beside(source, known, kept):
                kept.parse(source, made)
        except InputError:
            continue
    return kept.rows
