"""By which policy a night is looked at afterwards."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.errors import PolicyError
from depscan.policy.policy import Policy, load_policy

if TYPE_CHECKING:
    from depscan.history.records import Night


_PLACE = "policy place"


def placed(path: str) -> dict[str, str]:
    """Return what a night keeps of where its policy is, so that who asks in another folder finds the same one."""
    return {_PLACE: os.path.abspath(path).encode("utf-8", "backslashreplace").decode()} if path else {}


def _path_of(night: Night) -> str:
    """Return the path of a night's policy: as it was named where that leads to it, and where it was otherwise."""
    place = night.more.get(_PLACE)
    if not night.policy or not isinstance(place, str) or "\0" in place or place == os.path.abspath(night.policy):
        return night.policy
    return place if os.path.isfile(place) else night.policy


def policy_of(night: Night, named: str = "") -> Policy:
    """Return the policy that was named, or that of the night; never one that happens to lie about.

    Raises:
        PolicyError: it is not there, or is none.
    """
    if named:
        return load_policy(named)
    try:
        return load_policy(_path_of(night)) if night.policy else Policy()
    except PolicyError as error:
        hint = error.hint or "it is the policy of the night; --config names another"
        raise PolicyError(error.message, path=error.path, line=error.line, hint=hint) from None
