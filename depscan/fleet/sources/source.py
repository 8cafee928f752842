"""What a kind of repository declares, and the module for a path."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.fleet.bundle import Bundle


class Look(NamedTuple):
    """What can be said of a repository without reading its files.

    Attributes:
        mark: text that is equal as long as nothing changed; "" where nothing can promise that.
        revision: full commit id; "" where there is no git.
    """

    mark: str
    revision: str = ""


class Source(NamedTuple):
    """A kind of repository.

    Attributes:
        id: the module's name.
        rank: sources of a smaller rank are asked first.
        accepts: whether a path is one.
        look: path and ref ("" for the usual one) to a ``Look``.
        load: path, ref and the revision that ``look`` told to a bundle.

    ``look`` and ``load`` raise a DepscanError for what cannot be read.
    """

    id: str
    rank: int
    accepts: Callable[[str], bool]
    look: Callable[[str, str], Look]
    load: Callable[[str, str, str], Bundle]


def source_of(path: str) -> Source:
    """Return the kind of a repository.

    Raises:
        UsageError: there is nothing at the path, or nothing a repository can be read from.
    """
    for source in _sources():
        if source.accepts(path):
            return source
    if not os.path.exists(path):
        raise UsageError("no such repository", path=path)
    raise UsageError("neither a folder, a git clone nor an archive", path=path)


def _sources() -> list[Source]:
    if not _FOUND:
        names = sorted(os.listdir(os.path.dirname(__file__)))
        modules = [n[:-3] for n in names if n.endswith(".py") and not n.startswith("_") and n != "source.py"]
        _FOUND.extend(
            sorted((import_module(f"{__package__}.{n}").SOURCE for n in modules), key=lambda s: (s.rank, s.id))
        )
    return _FOUND


_FOUND: list[Source] = []
