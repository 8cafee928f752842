"""Which repositories there are: from paths and configuration files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.errors import UsageError
from depscan.history.records import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence


def repositories(paths: Sequence[str]) -> list[Repository]:
    """Return the repositories that paths mean, sorted by name.

    Raises:
        UsageError: a path leads nowhere.
    """
    found = []
    for path in paths:
        if not os.path.isdir(path):
            raise UsageError("no such folder", path=path)
        found += [Repository(e.name, e.path) for e in os.scandir(path) if e.is_dir()]
    return sorted(found)
