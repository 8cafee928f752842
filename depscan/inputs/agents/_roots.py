"""Folders that are too much to hand to a tool: the whole disk, a home folder, the container daemon's socket."""

from __future__ import annotations

import re

_WIDE = re.compile(
    r"(?i)/+|~/?|\$\{?(?:env:)?HOME\}?/?|\$\{userHome\}/?|%USERPROFILE%\\?|%HOMEPATH%\\?|[a-z]:[\\/]*"
    r"|/(?:home|users|root|etc|var|mnt|media|private|opt|usr|srv|volumes)/?|/(?:home|users)/[^/\s]+/?"
    r"|[a-z]:[\\/]+users(?:[\\/]+[^\\/]+)?[\\/]*|(?:~|\$\{?HOME\}?|/root|/(?:home|users)/[^/]+)/\.(?:ssh|aws|gnupg|config|kube|docker)/?"
    r"|(?:/var)?/run/docker\.sock"
).fullmatch
_LONGEST = 200


def is_wide(path: str) -> bool:
    r"""Whether a path gives a tool everything: ``/``, ``~``, ``$HOME``, ``/home/me``, ``C:\\``, ``docker.sock``."""
    return len(path) <= _LONGEST and _WIDE(path) is not None
