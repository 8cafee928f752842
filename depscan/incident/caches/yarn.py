"""Yarn's caches: folders and archives that carry name and version in their names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from depscan.incident.caches import Cache, below
from depscan.incident.installed import trace
from depscan.incident.matching import Matching
from depscan.incident.records import Found, Gap, Trace

_CLASSIC = re.compile(r"npm-(@[^-]+-)?(.+?)-(\d+\.\d+\.\d+.*?)-[0-9a-f]{40}(?:-.*)?").fullmatch
_BERRY = re.compile(r"(@[^-]+-)?(.+?)-npm-(\d+\.\d+\.\d+.*?)-[0-9a-f]{10}.*\.zip").fullmatch


def folders(home: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return where they may lie."""
    named = environ.get("YARN_CACHE_FOLDER")
    if named:
        return (named,)
    return (os.path.join(home, ".yarn", "berry", "cache"), *below(home, environ, "yarn"))


def look(folder: str, matching: Matching) -> Found:
    """Return the bad releases in one of them."""
    traces: list[Trace] = []
    gaps: list[Gap] = []
    looked = 0
    for place in (folder, *(os.path.join(folder, f"v{n}") for n in range(1, 9))):
        if not os.path.isdir(place):
            continue
        try:
            names = sorted(os.listdir(place))
        except OSError as error:
            gaps.append(Gap(place, f"cannot be listed: {(error.strerror or str(error)).lower()}"))
            continue
        looked += len(names)
        for name in names:
            parts = _CLASSIC(name) or _BERRY(name)
            if parts is None:
                continue
            own = (parts[1].removesuffix("-") + "/" if parts[1] else "") + parts[2]
            bad = matching.release("npm", own, parts[3])
            if bad is not None:
                traces.append(trace("cached", os.path.join(place, name), bad.name, parts[3], "by its name"))
    return Found(traces, gaps, looked)


CACHE = Cache("Yarn", ("npm",), folders, look)
