"""Which advisories concern a package: the one entry the advisory check uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.ecosystems import ecosystem as rules_of
from depscan.intel.ranges import listed, status
from depscan.model.advisory import AFFECTED, MALICIOUS, NAMED, UNAFFECTED, UNDECIDABLE, Advisory, Match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.intel.index import Index
    from depscan.model.package import Package

_RANK = {AFFECTED: 3, UNDECIDABLE: 2, NAMED: 1, UNAFFECTED: 0}


def match(index: Index, package: Package) -> list[Match]:
    """Return what holds, or may hold, for a package, one match per advisory id, sorted by id.

    Looks at ecosystem, name and version only; whether a local or git source should be looked up by name is
    the caller's decision, and so is what to say about an ecosystem that the index does not cover.

    A package without version matches only what is said of every version. A bare name (status "named")
    is returned only when no malicious record with version facts is known for the package.

    Raises:
        IntelError: the index is damaged.
    """
    found = index.lookup(package.ecosystem, package.name)
    return matches(found, package.version, package.ecosystem) if found else []


def matches(advisories: Iterable[Advisory], version: str | None, ecosystem: str) -> list[Match]:
    """Return the matches of one version among the advisories of its package."""
    best: dict[str, Match] = {}
    with_facts = False
    for advisory in advisories:
        with_facts |= advisory.kind == MALICIOUS and advisory.origin != "names" and not advisory.withdrawn
        word = status(advisory, version, ecosystem)
        if word == UNAFFECTED or (version is None and word == UNDECIDABLE):
            continue
        made = Match(advisory, word, word == AFFECTED and _broad(advisory, version, ecosystem))
        held = best.get(advisory.id)
        if held is None or (_RANK[word], not made.broad) > (_RANK[held.status], not held.broad):
            best[advisory.id] = made
    kept = (m for m in best.values() if m.status != NAMED or not with_facts)
    return sorted(kept, key=lambda m: m.advisory.id)


def _broad(advisory: Advisory, version: str | None, ecosystem: str) -> bool:
    if advisory.kind != MALICIOUS or not advisory.whole_package:
        return False
    return version is None or not listed(advisory, version, rules_of(ecosystem))
