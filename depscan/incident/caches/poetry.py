"""Poetry's cache: archives by name, and the virtual environments it keeps beside them."""

from __future__ import annotations

import os
from collections.abc import Mapping

from depscan.incident.archives import archives
from depscan.incident.caches import Cache, below
from depscan.incident.installed import python_packages
from depscan.incident.matching import Matching
from depscan.incident.records import Found
from depscan.incident.tree import walk


def folders(home: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return where it may lie."""
    named = environ.get("POETRY_CACHE_DIR")
    return (named,) if named else below(home, environ, "pypoetry")


def look(folder: str, matching: Matching) -> Found:
    """Return the bad releases in it."""
    made = [archives(os.path.join(folder, n), matching) for n in ("artifacts", "cache") if _is_folder(folder, n)]
    if _is_folder(folder, "virtualenvs"):
        tree = walk([os.path.join(folder, "virtualenvs")])
        made += [Found([], tree.gaps, 0), *(python_packages(place, matching) for place in tree.environments)]
    return Found([t for f in made for t in f.traces], [g for f in made for g in f.gaps], sum(f.looked for f in made))


def _is_folder(folder: str, name: str) -> bool:
    return os.path.isdir(os.path.join(folder, name))


CACHE = Cache("Poetry", ("PyPI",), folders, look)
