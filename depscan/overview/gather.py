"""From a store to an overview of one of its nights.

from depscan.overview.gather import made_of
overview = made_of("depscan.db", today="2026-11-29")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history import read
from depscan.history.ruling import policy_of
from depscan.history.store import consulted
from depscan.intel.store import open_index
from depscan.overview._making import Making
from depscan.overview._spans import Nights

if TYPE_CHECKING:
    from depscan.history.store import Store
    from depscan.intel.index import Index
    from depscan.overview.records import Overview
    from depscan.policy.policy import Policy


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
        UsageError: there is no such night, it was pruned away, or nobody of that name owns a repository.
    """
    now = read.night_of(store.database, "" if night is None else str(night))
    nights = Nights(read.kept(store.database), now)
    return Making(store.database, policy, today, nights, owner, new_only=new_only).overview(index)


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
    with consulted(place) as store:
        now = read.night_of(store.database, night)
        policy = policy_of(now, config)
        if not now.snapshot:  # the night compared nothing, whatever there is to compare with by now
            return gather(store, policy, today, now.id, owner=owner, new_only=new_only)
        with open_index(database, today=today) as index:
            return gather(store, policy, today, now.id, index=index, owner=owner, new_only=new_only)
