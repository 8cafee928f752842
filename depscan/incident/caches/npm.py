"""npm's cache: its index names every tarball it fetched; and the folders of packages that npx keeps."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from urllib.parse import unquote

from depscan.errors import InputError
from depscan.incident.archives import files_below
from depscan.incident.caches import Cache
from depscan.incident.commits import moment
from depscan.incident.installed import npm_packages, trace
from depscan.incident.matching import Matching
from depscan.incident.records import Found, Gap, Trace
from depscan.incident.tree import walk
from depscan.text.source import read_source

_TARBALL = re.compile(r"://[^/]+/(?:.*/)?((?:@[^/]+/)?[^/@]+)/-/([^/]+)\.tgz").search


def folders(home: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return where it may lie."""
    named = environ.get("npm_config_cache") or environ.get("NPM_CONFIG_CACHE")
    places = [named] if named else [os.path.join(home, ".npm")]
    if environ.get("LOCALAPPDATA"):
        places.append(os.path.join(environ["LOCALAPPDATA"], "npm-cache"))
    return tuple(places)


def look(folder: str, matching: Matching) -> Found:
    """Return the bad releases in it."""
    gaps: list[Gap] = []
    traces: list[Trace] = []
    looked = 0
    index = os.path.join(folder, "_cacache", "index-v5")
    for path in files_below(index, gaps) if os.path.isdir(index) else ():
        looked += 1
        try:
            data = read_source(path).data
        except InputError as error:
            gaps.append(Gap(path, error.message))
            continue
        if b".tgz" in data:
            traces += _rows(path, data, matching)
    npx = os.path.join(folder, "_npx")
    tree = walk([npx]) if os.path.isdir(npx) else None
    for place in tree.modules if tree else ():
        found = npm_packages(place, matching)
        traces += found.traces
        gaps += found.gaps
        looked += 1
    return Found(traces, gaps, looked)


def _rows(path: str, data: bytes, matching: Matching) -> list[Trace]:
    """Read the lines ``<hash of the rest>TAB<JSON>`` of an index file; what cannot be read is no line of npm's."""
    found = []
    for line in data.splitlines():
        try:
            row = json.loads(line.partition(b"\t")[2] or b"{}")
        except (ValueError, RecursionError):
            continue
        key = row.get("key") if isinstance(row, dict) else None
        match = _TARBALL(unquote(key)) if isinstance(key, str) else None
        if match is None:
            continue
        name = match[1]
        version = match[2].removeprefix(name.rpartition("/")[2] + "-")
        bad = matching.release("npm", name, version)
        if bad is not None:
            time = row.get("time")
            when = moment(time // 1000) if isinstance(time, int) else ""
            found.append(trace("cached", path, bad.name, version, "npm's index names its tarball", when))
    return found


CACHE = Cache("npm", ("npm",), folders, look)
