"""From a store to an overview of one of its nights.

from depscan.overview.gather import made_of
overview = made_of("depscan.db", today="2026-11-29")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.errors import PolicyError
from depscan.history import read
from depscan.history.store import consulted
from depscan.intel.store import open_index
from depscan.overview._making import Making
from depscan.overview._spans import Nights
from depscan.policy.policy import Policy, load_policy

if TYPE_CHECKING:
    from depscan.history.store import Store
    from depscan.intel.index import Index
    from depscan.overview.records import Overview


def gather(
    store: Store,
    policy: Policy,
    today: str,
    night: int | None = None,
    *,
    index: Index | None = None,
    owner: str = "",
) -> Overview:
    """Return the overview of a night.

    Args:
        store: open.
        policy: decides over every finding, also over those of nights long gone: a trend shows one policy.
        today: the day (YYYY-MM-DD) that exceptions are measured against.
        night: id of the night; None for the last one.
        index: the advisories, to say what no advisory can be compared with; None to leave that out.
        owner: only the repositories of this owner; "" for all of them.

    Raises:
        StoreError: there is no night, or the store is damaged.
        UsageError: there is no such night, it was pruned away, or nobody of that name owns a repository.
    """
    now = read.night_of(store.database, "" if night is None else str(night))
    return Making(store.database, policy, today, Nights(read.kept(store.database), now), owner).overview(index)


def made_of(
    place: str, *, today: str, night: str = "", config: str = "", owner: str = "", database: str = ""
) -> Overview:
    """Open a store and return the overview of a night.

    Args:
        place: of the store.
        today: the day (YYYY-MM-DD).
        night: number or day of a night; "" for the last one.
        config: policy file; "" for the one that the night was run with.
        owner: see ``gather``.
        database: advisory index, see ``depscan.intel.store.open_index``.

    Raises:
        StoreError, UsageError, PolicyError, IntelError: as they say.
    """
    with consulted(place) as store:
        now = read.night_of(store.database, night)
        policy = _policy(config, now.policy)
        with open_index(database, today=today) as index:
            return gather(store, policy, today, now.id, index=index, owner=owner)


def _policy(config: str, of_night: str) -> Policy:
    """Return the policy that was named, or that of the night; never one that happens to lie about."""
    if config:
        return load_policy(config)
    try:
        return load_policy(of_night) if of_night else Policy()
    except PolicyError as error:
        hint = error.hint or "it is the policy of the night; --config names another"
        raise PolicyError(error.message, path=error.path, line=error.line, hint=hint) from None
