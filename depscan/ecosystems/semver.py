"""Semantic Versioning 2.0.0 order (https://semver.org/#spec-item-11), shared by npm and crates.io."""

from __future__ import annotations

import re
from typing import Any

_SEMVER = re.compile(
    r"[v=\s]*(\d{1,40})(?:\.(\d{1,40}))?(?:\.(\d{1,40}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?\s*"
).fullmatch


def order(version: str) -> Any | None:  # noqa: ANN401 - a tuple of mixed depth
    """Return a sortable key, or None for what is no semantic version. Missing parts count as 0."""
    found = _SEMVER(version)
    if found is None:
        return None
    major, minor, patch, pre = found.groups()
    numbers = (int(major), int(minor or 0), int(patch or 0))
    if pre is None:
        return (*numbers, 1, ())
    parts = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in pre.split("."))
    return (*numbers, 0, parts)
