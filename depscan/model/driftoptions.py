"""What the policy says about drift."""

from typing import NamedTuple


class DriftOptions(NamedTuple):
    """Which classes of drift fail and which pass without a word; others warn.

    Attributes:
        fail_on: classes that fail; None for those that do by default.
        allow: classes that are allowed; None for those that are by default.
        severity: class and severity word, where the policy sets another one.
    """

    fail_on: tuple[str, ...] | None = None
    allow: tuple[str, ...] | None = None
    severity: tuple[tuple[str, str], ...] = ()
