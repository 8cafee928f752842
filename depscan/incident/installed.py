"""Installed packages, by the names of their metadata: nothing is imported, no interpreter is started."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from depscan.errors import InputError
from depscan.incident.commits import moment
from depscan.incident.records import Found, Gap, Trace
from depscan.text.load import load_json
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.incident.matching import Matching

_INFO = re.compile(r"([^-].*?)-(v?\d[^-]*?)(?:-[^-]*)?\.(?:dist-info|egg-info|egg)").fullmatch
_PNPM = re.compile(r"/?((?:@[^@/+]+[+/])?[^@/+(]+)@([^(_@]+)").match
MAX_NAMES = 200_000


def python_packages(folder: str, matching: Matching, *, kind: str = "installed") -> Found:
    """Return the bad releases in a folder of installed Python packages."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        return Found([], [Gap(folder, f"cannot be listed: {(error.strerror or str(error)).lower()}")], 0)
    traces = []
    for name in names:
        parts = _INFO(name)
        bad = matching.release("PyPI", parts[1], parts[2]) if parts else None
        if parts and bad:
            place = os.path.join(folder, name)
            traces.append(trace(kind, place, bad.name, parts[2], "its metadata is there"))
    return Found(traces, [], 1)


def trace(kind: str, place: str, name: str, version: str, said: str, when: str = "") -> Trace:
    """Return a trace of files, dated by when they were last changed unless ``when`` says better."""
    when = when or changed(place)
    word = "installed" if kind == "installed" else "put into a cache"
    events = ((when, f"{name} {version} was {word} at {place} (time of the file)"),) if when else ()
    return Trace(kind, True, place, 0, name, version, when, "", said, events)


def changed(path: str) -> str:
    """Return when a file or folder was last changed; "" when that cannot be told."""
    try:
        return moment(int(os.lstat(path).st_mtime))
    except OSError:
        return ""


def npm_packages(folder: str, matching: Matching) -> Found:
    """Return the bad releases in a ``node_modules`` folder, by their manifests and by npm's and pnpm's own records.

    A package may rewrite its manifest after its hook ran: the record of the installer is asked, too.
    """
    found: dict[str, Trace] = {}
    gaps: list[Gap] = []
    for bad in matching.packages:
        if bad.ecosystem != "npm":
            continue
        place = os.path.join(folder, *bad.name.split("/"))
        manifest = os.path.join(place, "package.json")
        if os.path.isfile(manifest):
            version = _version(manifest, gaps)
            if version and matching.release("npm", bad.name, version):
                found[place] = trace("installed", manifest, bad.name, version, "its manifest is there")
    for name, version, place in _recorded(folder, gaps):
        bad_one = matching.release("npm", name, version)
        if bad_one is not None:
            key = os.path.join(folder, *name.split("/"))
            found.setdefault(key, trace("installed", place, name, version, "the installer's record names it"))
    return Found(list(found.values()), gaps, 1)


def _version(path: str, gaps: list[Gap]) -> str:
    try:
        value = load_json(read_source(path))
    except InputError as error:
        gaps.append(Gap(path, f"cannot be read: {error.message}"))
        return ""
    version = value.get("version") if isinstance(value, dict) else None
    return version if isinstance(version, str) else ""


def _recorded(folder: str, gaps: list[Gap]) -> Iterator[tuple[str, str, str]]:
    """Yield (name, version, place) of what npm (.package-lock.json) and pnpm (.pnpm) wrote down."""
    record = os.path.join(folder, ".package-lock.json")
    if os.path.isfile(record):
        try:
            value = load_json(read_source(record))
        except InputError as error:
            gaps.append(Gap(record, f"cannot be read: {error.message}"))
            value = {}
        rows = value.get("packages") if isinstance(value, dict) else None
        for key, row in (rows if isinstance(rows, dict) else {}).items():
            version = row.get("version") if isinstance(row, dict) else None
            if isinstance(version, str):
                yield str(row.get("name") or key.rpartition("node_modules/")[2]), version, record
    store = os.path.join(folder, ".pnpm")
    if os.path.isdir(store):
        for name in sorted(os.listdir(store))[:MAX_NAMES]:
            parts = _PNPM(name)
            if parts:
                yield parts[1].replace("+", "/"), parts[2], os.path.join(store, name)
