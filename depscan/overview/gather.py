"""From a store to an overview of one of its nights.

from depscan.overview.gather import made_of
overview = made_of("depscan.db", today="2026-11-29")
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.errors import UsageError
from depscan.history import read
from depscan.history.ruling import policy_of
from depscan.history.store import Store
from depscan.intel.store import open_index
from depscan.overview._making import Making
from depscan.overview._spans import Nights

if TYPE_CHECKING:
    from depscan.history.database import Database
    from depscan.intel.index import Index
    from depscan.overview.records import Overview
    from depscan.policy.policy import Policy

_DATE = 10


def gather(
    store: Store,
    policy: Policy,
    today: str,
    night: int | None = None,
    *,
    index: Index | None = None,
    owner: str = "",
    new_only: bool = False,
) -> Overview:
    """Return the overview of a night.

    Args:
        store: open.
        policy: decides over every finding, also over those of nights long gone: a trend shows one policy.
        today: the day (YYYY-MM-DD) that exceptions are measured against.
        night: id of the night; None for the last one.
        index: the advisories, to say what no advisory can be compared with; None to leave that out.
        owner: only the repositories of this owner; "" for all of them.
        new_only: whether only what is new decides over verdict and exit code.

    Raises:
        StoreError: there is no night, or the store is damaged.
        UsageError: there is no such night, or nobody of that name owns a repository.
    """
    last = read.latest(store.database)
    every = read.nights(store.database)
    now = last if night is None else next((n for n in every if n.id == night), None)
    if now is None:
        raise _no_night(store.database, str(night))
    return Making(store.database, policy, today, Nights(every, now), owner, new_only=new_only).overview(index)


def made_of(
    place: str,
    *,
    today: str,
    night: str = "",
    config: str = "",
    owner: str = "",
    database: str = "",
    new_only: bool = False,
) -> Overview:
    """Open a store and return the overview of a night.

    Args:
        place: of the store.
        today: the day (YYYY-MM-DD).
        night: number or day of a night; "" for the last one.
        config: policy file; "" for the one that the night was run with.
        owner: see ``gather``.
        database: advisory index, see ``depscan.intel.store.open_index``.
        new_only: see ``gather``.

    Raises:
        StoreError, UsageError, PolicyError, IntelError: as they say.
    """
    with Store.open(place) as store:
        own = night_of(store.database, night) if night else read.latest(store.database).id
        held = next(n for n in read.nights(store.database) if n.id == own)
        policy = policy_of(held, config)
        if not held.snapshot:  # the night compared nothing, whatever there is to compare with by now
            return gather(store, policy, today, own, owner=owner, new_only=new_only)
        with open_index(database, today=today) as index:
            return gather(store, policy, today, own, index=index, owner=owner, new_only=new_only)


def night_of(database: Database, text: str) -> int:
    """Return the id of the night that a number means, or of the last one on or before a day (YYYY-MM-DD).

    Raises:
        UsageError: there is none.
        StoreError: there is no night at all.
    """
    read.latest(database)
    every = read.nights(database)
    if text.isascii() and text.isdigit():
        found = [n.id for n in every if n.id == int(text)]
    else:
        found = [n.id for n in every if _is_day(text) and n.started[:_DATE] <= text]
    if not found:
        raise _no_night(database, text)
    return found[-1]


def _is_day(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


def _no_night(database: Database, text: str) -> UsageError:
    every = read.nights(database)
    held = f"{every[0].id} ({every[0].started[:_DATE]}) to {every[-1].id} ({every[-1].started[:_DATE]})"
    return UsageError(f"no night {text}", path=database.place, hint=f"there are {held}")
