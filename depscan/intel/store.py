"""Where the advisory index is, and whether it is young enough."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from depscan.errors import IntelError
from depscan.intel.age import age_days
from depscan.intel.index import Index
from depscan.intel.layout import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

VARIABLE = "DEPSCAN_DB"
EMBEDDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", FILE_NAME)
"""The snapshot that comes with depscan (see NOTICE)."""


def user_folder(environment: Mapping[str, str] = os.environ) -> str:
    """Return the folder in which ``depscan db`` keeps the index of this user; it need not exist.

    Source: XDG Base Directory Specification; on Windows the local application data.
    """
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA") or os.path.join(os.path.expanduser("~"), "AppData", "Local")
    else:
        # The specification wants an absolute path and others to be ignored.
        base = environment.get("XDG_DATA_HOME") or ""
        if not os.path.isabs(base):
            base = os.path.join(environment.get("HOME") or os.path.expanduser("~"), ".local", "share")
    return os.path.join(base, "depscan")


def locate(explicit: str = "", environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Return the index file to use and where it comes from: option, environment, user or embedded.

    What is named explicitly is used, whether it is there or not: opening it says what is wrong.
    """
    for origin, named in (("option", explicit), ("environment", environment.get(VARIABLE, ""))):
        if named:
            return (os.path.join(named, FILE_NAME) if os.path.isdir(named) else named), origin
    own = os.path.join(user_folder(environment), FILE_NAME)
    return (own, "user") if os.path.lexists(own) else (EMBEDDED, "embedded")


def write_target(explicit: str = "", environment: Mapping[str, str] = os.environ) -> str:
    """Return the index file that ``depscan db update`` and ``build`` write: never the embedded one."""
    named = explicit or environment.get(VARIABLE, "")
    if not named:
        return os.path.join(user_folder(environment), FILE_NAME)
    return os.path.join(named, FILE_NAME) if os.path.isdir(named) or not named.endswith(".idx") else named


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
