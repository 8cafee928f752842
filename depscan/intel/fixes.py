"""The lowest version that clears every advisory of a package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.ecosystems import ecosystem as rules_of
from depscan.intel.ranges import status
from depscan.model.advisory import UNAFFECTED, UNDECIDABLE, Advisory

if TYPE_CHECKING:
    from collections.abc import Iterable


def clearing_version(
    advisories: Iterable[Advisory], current: str, ecosystem: str, *, past_undecidable: bool = False
) -> str | None:
    """Return the lowest version above ``current`` that no advisory of the package concerns.

    Candidates are the versions in which some advisory was fixed: they exist. A pre-release is one only when
    ``current`` is a pre-release.

    Args:
        advisories: every advisory of the package, also those that do not concern ``current``.
        current: the version in use.
        ecosystem: OSV's name of the ecosystem.
        past_undecidable: accept a version for which some advisory cannot be decided; say so when you show it.

    Returns:
        The version as an advisory writes it; None when there is none, when ``current`` cannot be ordered, or
        when the ecosystem's order is not known.
    """
    rules = rules_of(ecosystem)
    here = rules.order(current) if rules else None
    if rules is None or here is None:
        return None
    held = [a for a in advisories if not a.withdrawn and a.origin != "names"]
    early = rules.prerelease(current)
    candidates: dict[Any, str] = {}
    for advisory in held:
        for wanted in advisory.ranges:
            for kind, text in wanted.events:
                key = rules.order(text) if kind == "fixed" else None
                if key is not None and key > here and (early or not rules.prerelease(text)):
                    candidates.setdefault(key, text)
    accepted = {UNAFFECTED, UNDECIDABLE} if past_undecidable else {UNAFFECTED}
    for key in sorted(candidates):
        if all(status(a, candidates[key], ecosystem) in accepted for a in held):
            return candidates[key]
    return None
