"""GitHub Actions: names without case, versions are tags in the order of semantic versions.

A tag such as ``v4`` is moved to every new release 4.x.y: it stands for the newest of them, and so sorts behind all.
OSV writes the ends of ranges without ``v``; there a missing part is 0. Source: GitHub docs, "Using release management
for actions"; https://ossf.github.io/osv-schema/ (ecosystem "GitHub Actions").
"""

from __future__ import annotations

import re
from typing import Any

from depscan.ecosystems import semver
from depscan.ecosystems.record import Ecosystem

_MOVING = re.compile(r"[vV](\d{1,9})(?:\.(\d{1,9}))?").fullmatch
_NEWEST = 10**9


def order(version: str) -> Any | None:  # noqa: ANN401 - a tuple of mixed depth
    """Return a sortable key, or None for a commit, a branch or another word."""
    moving = _MOVING(version)
    if moving is not None:
        return (int(moving[1]), int(moving[2]) if moving[2] else _NEWEST, _NEWEST, 1, ())
    return semver.order(version[1:] if version[:1] in {"v", "V"} else version)


ECOSYSTEM = Ecosystem("GitHub Actions", str.lower, order, str, semver.prerelease)
