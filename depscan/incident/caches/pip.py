"""pip's cache: wheels it built (by name) and answers of the index (by content, as their names are hashes)."""

from __future__ import annotations

import os
from collections.abc import Mapping

from depscan.incident.archives import archives
from depscan.incident.caches import Cache, below
from depscan.incident.matching import Matching
from depscan.incident.records import Found


def folders(home: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return where it may lie."""
    return (environ["PIP_CACHE_DIR"],) if environ.get("PIP_CACHE_DIR") else below(home, environ, "pip")


def look(folder: str, matching: Matching) -> Found:
    """Return the bad releases in it."""
    made = [
        archives(os.path.join(folder, name), matching, bodies=bodies)
        for name, bodies in (("wheels", False), ("http-v2", True), ("http", True))
        if os.path.isdir(os.path.join(folder, name))
    ]
    return Found([t for f in made for t in f.traces], [g for f in made for g in f.gaps], sum(f.looked for f in made))


CACHE = Cache("pip", ("PyPI",), folders, look)
