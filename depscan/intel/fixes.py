"""The lowest version that clears every advisory of a package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.ecosystems import ecosystem as rules_of
from depscan.intel.ranges import status
from depscan.model.advisory import UNAFFECTED, Advisory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.ecosystems.record import Ecosystem


class Fix(NamedTuple):
    """A version to move to: ``version`` is "" when none is known, ``left`` the ids it does not clear."""

    version: str
    left: tuple[str, ...]


def clearing_version(advisories: Iterable[Advisory], current: str, ecosystem: str) -> Fix:
    """Return the lowest version above ``current`` that no advisory of the package concerns.

    Candidates are the versions in which some advisory was fixed: they exist. A pre-release is one only when
    ``current`` is a pre-release. Where no version clears all, the newest candidate is returned with the
    ids that it leaves (never fixed, or undecidable).

    Args:
        advisories: every advisory of the package, also those that do not concern ``current``.
        current: the version in use.
        ecosystem: OSV's name of the ecosystem.

    Returns:
        A Fix without version when ``current`` cannot be ordered, when the ecosystem's order is not known, or
        when nothing was ever fixed after ``current``.
    """
    rules = rules_of(ecosystem)
    here = rules.order(current) if rules else None
    if rules is None or here is None:
        return Fix("", ())
    held = [a for a in advisories if not a.withdrawn and a.origin != "names"]
    candidates = _candidates(held, rules, here, early=rules.prerelease(current))
    floor = _floor(held, rules, here)
    if floor is not None:
        candidates = [v for v in candidates if rules.order(v) >= floor] or candidates[-1:]
    for version in candidates:
        for i, advisory in enumerate(held):
            if status(advisory, version, ecosystem) != UNAFFECTED:
                # What concerns this candidate probably concerns the next one too: ask it first.
                held.insert(0, held.pop(i))
                break
        else:
            return Fix(version, ())
    if not candidates:
        return Fix("", ())
    newest = candidates[-1]
    left = {a.id for a in held if status(a, newest, ecosystem) != UNAFFECTED}
    return Fix(newest, tuple(sorted(left)))


def _floor(held: list[Advisory], rules: Ecosystem, here: Any) -> Any | None:  # noqa: ANN401 - order keys
    """Return a key below which some advisory surely holds: the latest of their next fixes.

    Looks only at the plain case of one range, introduced at or before ``here`` and then fixed once.
    """
    floor = None
    for advisory in held:
        if len(advisory.ranges) != 1 or len(advisory.ranges[0].events) != 2:  # noqa: PLR2004 - start and end
            continue
        (start, first), (end, last) = advisory.ranges[0].events
        if start != "introduced" or end != "fixed":
            continue
        fixed = rules.order(last)
        begun = first == "0" or ((key := rules.order(first)) is not None and key <= here)
        if begun and fixed is not None and fixed > here and (floor is None or fixed > floor):
            floor = fixed
    return floor


def _candidates(held: list[Advisory], rules: Ecosystem, here: Any, *, early: bool) -> list[str]:  # noqa: ANN401
    """Return the versions above ``here`` in which something was fixed, in order."""
    texts = {text for a in held for r in a.ranges for kind, text in r.events if kind == "fixed"}
    keys: dict[Any, str] = {}
    for text in sorted(texts):
        key = rules.order(text)
        if key is not None and key > here and (early or not rules.prerelease(text)):
            keys.setdefault(key, text)
    return [keys[key] for key in sorted(keys)]
