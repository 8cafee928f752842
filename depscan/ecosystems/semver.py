"""Semantic Versioning 2.0.0 order (https://semver.org/#spec-item-11), shared by npm and crates.io."""

from __future__ import annotations

import re
from typing import Any

_SEMVER = re.compile(
    r"[v=\s]*([0-9]{1,40})(?:\.([0-9]{1,40}))?(?:\.([0-9]{1,40}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?\s*"
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
    return (*numbers, 0, tuple(_identifier(p) for p in pre.split(".")))


def _identifier(part: str) -> tuple[int, int, str]:
    """Return a key for one pre-release identifier; numbers of any length, compared without int()."""
    if part.isdigit():
        digits = part.lstrip("0")
        return (0, len(digits), digits)
    return (1, 0, part)


def prerelease(version: str) -> bool:
    """Return whether a version is a pre-release."""
    key = order(version)
    return key is not None and key[3] == 0
