"""The user's cache folder, and whether it is the user's own."""

from __future__ import annotations

import os
import sys


def cache_folder() -> str:
    """Return the folder for what may be lost: DEPSCAN_CACHE, else the XDG cache folder or local application data."""
    environment = os.environ
    named = environment.get("DEPSCAN_CACHE")
    if named:
        return named
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA") or os.path.expanduser("~")
        return os.path.join(base, "depscan", "cache")
    return os.path.join(environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "depscan")


def is_own(folder: str) -> bool:
    """Whether nobody else can write the folder; one that is not there yet is made so."""
    try:
        status = os.stat(folder)
    except OSError:
        return True
    getuid = getattr(os, "getuid", None)
    return getuid is None or (status.st_uid == getuid() and not status.st_mode & 0o022)
