"""uv's cache: unpacked wheels by their metadata, and what it wrote down of wheels and sdists by name and version."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from depscan.incident.archives import MAX_FILES
from depscan.incident.caches import Cache, below
from depscan.incident.installed import python_packages, trace
from depscan.incident.matching import Matching
from depscan.incident.records import Found, Gap

_VERSION = re.compile(r"(\d[^-]*)(?:-.*)?").fullmatch
_DEPTH = 4


def folders(home: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return where it may lie."""
    return (environ["UV_CACHE_DIR"],) if environ.get("UV_CACHE_DIR") else below(home, environ, "uv")


def look(folder: str, matching: Matching) -> Found:
    """Return the bad releases in it."""
    made = Found([], [], 0)
    looked = 0
    for name in sorted(os.listdir(folder)):
        place = os.path.join(folder, name)
        if not os.path.isdir(place):
            continue
        if name.startswith(("archive-", "environments-", "builds-")):
            found = _unpacked(place, matching)
        elif name.startswith(("wheels-", "sdists-", "built-wheels-")):
            found = _listed(place, matching)
        else:
            continue
        made.traces.extend(found.traces)
        made.gaps.extend(found.gaps)
        looked += found.looked
    return made._replace(looked=looked)


def _unpacked(folder: str, matching: Matching) -> Found:
    """Look into each unpacked wheel (``archive-v0/<id>``); an environment has its packages further down."""
    from depscan.incident.tree import walk

    made = Found([], [], 0)
    looked = 0
    for name in sorted(os.listdir(folder))[:MAX_FILES]:
        place = os.path.join(folder, name)
        if os.path.isdir(place) and not os.path.islink(place):
            tree = walk([place]) if os.path.isfile(os.path.join(place, "pyvenv.cfg")) else None
            for one in tree.environments if tree else [place]:
                found = python_packages(one, matching, kind="cached")
                made.traces.extend(found.traces)
                made.gaps.extend(found.gaps)
                looked += 1
    return made._replace(looked=looked)


def _listed(folder: str, matching: Matching) -> Found:
    """Look for ``<name>/<version>...`` at any depth that uv uses (an index has a folder of its own)."""
    wanted = {bad.name for bad in matching.packages if bad.ecosystem == "PyPI"}
    traces, gaps = [], []
    looked = 0

    def closed(error: OSError) -> None:
        gaps.append(Gap(str(error.filename), f"folder cannot be read: {(error.strerror or str(error)).lower()}"))

    for at, below_it, files in os.walk(folder, onerror=closed):
        depth = os.path.relpath(at, folder).count(os.sep)
        below_it[:] = sorted(below_it) if depth < _DEPTH else []
        name = os.path.basename(at).lower().replace("_", "-")
        looked += 1
        if name not in wanted:
            continue
        for entry in sorted((*below_it, *files)):
            stem = entry.removesuffix(".msgpack").removesuffix(".http").removesuffix(".rev").removesuffix(".whl")
            parts = _VERSION(stem)
            bad = matching.release("PyPI", name, parts[1]) if parts else None
            if bad is not None and parts:
                traces.append(trace("cached", os.path.join(at, entry), bad.name, parts[1], "uv wrote it down"))
    return Found(traces, gaps, looked)


CACHE = Cache("uv", ("PyPI",), folders, look)
