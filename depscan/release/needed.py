"""What is known of a dependency that a release needs newly: its age, and what it runs unasked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.release.diff import NewRequirement
    from depscan.release.release import Release

_EARLY = frozenset({"install", "startup"})


def aged(item: NewRequirement, uploaded: str, now: str) -> NewRequirement:
    """Return a requirement with its age in whole days.

    Args:
        item: the requirement.
        uploaded: RFC 3339 time of its oldest known file; "" when none is known.
        now: RFC 3339 time to count from; "" leaves the age out.
    """
    from datetime import UTC, datetime

    try:
        then, today = (datetime.fromisoformat(text) for text in (uploaded, now))
    except ValueError:
        return item._replace(uploaded=uploaded)
    then, today = (time if time.tzinfo else time.replace(tzinfo=UTC) for time in (then, today))
    return item._replace(uploaded=uploaded, age_days=(today - then).days)


def first_seen(item: NewRequirement, known: str, ask: Callable[[str, str], str] | None) -> tuple[str, str]:
    """Return since when a requirement is on the index, and why that is not known where the index did not answer.

    Args:
        item: the requirement.
        known: RFC 3339 time that the lock or the user states; then nobody is asked.
        ask: gives the time for ecosystem and name, see ``depscan.release.indexed.Indexed.uploaded``; None asks nobody.
    """
    if known or ask is None or item.requirement.direct:
        return known, ""
    try:
        return ask(item.requirement.ecosystem, item.requirement.name), ""
    except RegistryError as error:
        return "", f"since when {item.requirement.name} is on the index is not known: {error.message}"


def running(item: NewRequirement, release: Release) -> NewRequirement:
    """Return a requirement with what its own archive does."""
    runs = [f"is {b.verdict}: {b.title}" for b in release.behaviour]
    runs += [f"runs unasked at {s.when}: {s.detail}" for s in release.surface if s.loud and s.when in _EARLY]
    return item._replace(runs=tuple(dict.fromkeys(runs)), read=os.path.basename(release.name))
