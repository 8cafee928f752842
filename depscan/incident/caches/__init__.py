"""Caches of installers: one module each, found by folder scan; it holds ``CACHE``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from depscan.incident.matching import Matching
    from depscan.incident.records import Found


class Cache(NamedTuple):
    """A cache.

    Attributes:
        title: whose it is.
        ecosystems: whose packages it holds.
        folders: home folder and environment to the folders it may lie in; the first one that is there is looked at.
        look: what it holds of an incident.
    """

    title: str
    ecosystems: tuple[str, ...]
    folders: Callable[[str, Mapping[str, str]], tuple[str, ...]]
    look: Callable[[str, Matching], Found]


def caches() -> list[Cache]:
    """Return every cache that depscan knows, by the names of their modules."""
    names = sorted(n[:-3] for n in os.listdir(os.path.dirname(__file__)) if n.endswith(".py") and n[0] != "_")
    return [import_module(f"{__name__}.{name}").CACHE for name in names]


def below(home: str, environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return where programs keep the cache of this name: XDG, macOS, Windows."""
    places = [os.path.join(environ["XDG_CACHE_HOME"], name)] if environ.get("XDG_CACHE_HOME") else []
    places += [os.path.join(home, ".cache", name), os.path.join(home, "Library", "Caches", name)]
    if environ.get("LOCALAPPDATA"):
        places.append(os.path.join(environ["LOCALAPPDATA"], name, "Cache"))
    return tuple(places)
