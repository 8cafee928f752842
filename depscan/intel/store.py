"""Where the advisory index is, and whether it is young enough."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.errors import IntelError
from depscan.intel.age import age_days
from depscan.intel.index import Index
from depscan.intel.layout import FILE_NAME
from depscan.intel.places import DataFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

ADVISORIES = DataFile(FILE_NAME, "DEPSCAN_DB")
EMBEDDED = ADVISORIES.embedded
locate, write_target = ADVISORIES.locate, ADVISORIES.write_target


def open_index(
    explicit: str = "",
    *,
    max_age_days: int | None = None,
    today: date | str = "",
    environment: Mapping[str, str] = os.environ,
) -> Index:
    """Open the index to use.

    Args:
        explicit: a file or folder the user named; "" to look where the environment and habit say.
        max_age_days: the policy's limit for the age of the newest record; None for no limit.
        today: the day to count to; today in UTC by default.
        environment: the environment variables.

    Raises:
        IntelError: it is missing, damaged, empty or too old; another one is never taken silently in its place.
    """
    path, origin = locate(explicit, environment)
    index = Index.open(path, origin)
    try:
        if max_age_days is not None:
            demand_age(index, max_age_days, today)
    except IntelError:
        index.close()
        raise
    return index


def demand_age(index: Index, most_days: int, today: date | str = "") -> None:
    """Check ``--max-db-age``.

    Raises:
        IntelError: the newest record is more than ``most_days`` days old, or says no date.
    """
    age = age_days(str(index.meta["newest"]), today)
    if age > most_days:
        raise IntelError(
            f"the advisory data is {age} days old, at most {most_days} are allowed",
            path=index.path,
            hint="run 'depscan db update'",
        )
