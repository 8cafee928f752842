"""What the incident leaves behind on a machine and in projects: files by their names, texts and hosts in files.

A glob that begins with ``~/`` is looked for below the home folder, one with ``/`` on the machine, a name alone and what
begins with ``site-packages/`` in folders of installed packages, anything else below the named paths and the
repositories in them.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import InputError
from depscan.incident.installed import changed
from depscan.incident.records import Found, Gap, Trace
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.incident.records import Markers

STARTED = (
    "~/.bashrc", "~/.bash_profile", "~/.profile", "~/.zshrc", "~/.zprofile", "~/.config/systemd/user/*.service",
    "~/.config/autostart/*.desktop", "~/Library/LaunchAgents/*.plist", "/etc/systemd/system/*.service", "/etc/cron.d/*",
    ".github/workflows/*.yml", ".github/workflows/*.yaml", "*.pth",
)  # fmt: skip
"""Files that something starts by itself: hosts of an incident are looked for in them."""

MAX_FOUND = 1000


class Places(NamedTuple):
    """Where globs are looked for: the home folder, folders of installed packages, roots of projects."""

    home: str
    environments: tuple[str, ...]
    roots: tuple[str, ...]


def look(markers: Markers, places: Places) -> Found:
    """Return the markers that are there."""
    gaps: list[Gap] = []
    traces = [
        _trace(path, "a file that the incident leaves behind")
        for glob in markers.files
        for path in islice(_matches(glob, places, gaps), MAX_FOUND)
    ]
    looked = len(markers.files)
    for words in markers.strings:
        looked += len(words.files)
        for glob in words.files:
            for path in islice(_matches(glob, places, gaps), MAX_FOUND):
                traces += _holding(path, words.texts, "a text that the incident leaves behind", gaps)
    for glob in STARTED if markers.hosts else ():
        for path in islice(_matches(glob, places, gaps), MAX_FOUND):
            traces += _holding(path, markers.hosts, "a host of the incident", gaps)
    return Found(list(dict.fromkeys(traces)), gaps, looked)


def _trace(path: str, said: str, line: int = 0) -> Trace:
    when = changed(path)
    events = ((when, f"{path} was last changed: {said}"),) if when else ()
    return Trace("marker", True, path, line, "", "", when, "", said, events)


def _holding(path: str, texts: tuple[str, ...], said: str, gaps: list[Gap]) -> list[Trace]:
    """Return a trace for each text that a file holds, in whatever case."""
    if os.path.isdir(path):
        return []
    try:
        data = read_source(path).data.lower()
    except InputError as error:
        gaps.append(Gap(path, error.message))
        return []
    found = []
    for text in texts:
        at = data.find(text.lower().encode())
        if at >= 0:
            found.append(_trace(path, f"{said}: {text}", data.count(b"\n", 0, at) + 1))
    return found


def _matches(glob: str, places: Places, gaps: list[Gap]) -> Iterator[str]:
    """Yield the files and folders that fit a glob, each once; ``*`` never crosses a folder."""
    seen: set[str] = set()
    for base, rest in _starts(glob, places):
        for path in _below(base, rest.split("/"), gaps):
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                yield path


def _starts(glob: str, places: Places) -> list[tuple[str, str]]:
    if glob.startswith("~/"):
        return [(places.home, glob[2:])]
    if glob.startswith("/"):
        return [("/", glob.lstrip("/"))]
    if glob.startswith("site-packages/"):
        return [(base, glob.partition("/")[2]) for base in places.environments]
    bases = places.roots if "/" in glob else places.environments
    return [(base, glob) for base in bases]


def _below(base: str, parts: list[str], gaps: list[Gap]) -> Iterator[str]:
    part, rest = parts[0], parts[1:]
    if "*" not in part and "?" not in part:
        path = os.path.join(base, part)
        names = [part] if os.path.lexists(path) else []
    else:
        names = _names(base, part, gaps)
    for name in names:
        path = os.path.join(base, name)
        if rest and os.path.isdir(path):
            yield from _below(path, rest, gaps)
        elif not rest:
            yield path


def _names(folder: str, part: str, gaps: list[Gap]) -> list[str]:
    try:
        return sorted(n for n in os.listdir(folder) if fnmatchcase(n, part))
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        return []
    except OSError as error:
        gaps.append(Gap(folder, f"cannot be listed: {(error.strerror or str(error)).lower()}"))
        return []
