"""By which policy a night is looked at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.errors import PolicyError
from depscan.policy.policy import Policy, load_policy

if TYPE_CHECKING:
    from depscan.history.records import Night


def policy_of(night: Night, named: str = "") -> Policy:
    """Return the policy that was named, or that of the night; never one that happens to lie about.

    Raises:
        PolicyError: it is not there, or is none.
    """
    if named:
        return load_policy(named)
    try:
        return load_policy(night.policy) if night.policy else Policy()
    except PolicyError as error:
        hint = error.hint or "it is the policy of the night; --config names another"
        raise PolicyError(error.message, path=error.path, line=error.line, hint=hint) from None
