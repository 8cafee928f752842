"""What is known of a suspect besides its name, and what it says: age, number of releases, a copied description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.intel.name_table import summary_print

if TYPE_CHECKING:
    from depscan.names.protected import Protected
    from depscan.names.signals import Case
    from depscan.names.verdict import Facts

NEW, YOUNG, OLD = 30, 90, 3 * 365
"""Days since the first release."""
MANY = 20
"""Releases that nobody makes for a trap."""
TEXTS = {
    "summary-copied": "its description is that of {target}, word for word",
    "new": "first released {age} days ago",
    "young": "first released {age} days ago",
    "old": "released first {age} days ago",
    "one-release": "it has one release",
    "many-releases": "it has {releases} releases",
    "missing": "the index does not have it: anybody can register it",
}


def labels(case: Case, facts: Facts, protected: Protected) -> list[str]:
    """Return what the facts say, as labels of ``TEXTS``."""
    found = []
    if facts.exists is False:
        found.append("missing")
    if facts.summary and summary_print(facts.summary) == protected.summary(case.target.name):
        found.append("summary-copied")
    age = facts.age
    if age is not None:
        found += ["new"] if age < NEW else ["young"] if age < YOUNG else ["old"] if age > OLD else []
    if facts.releases is not None:
        found += ["one-release"] if facts.releases == 1 else ["many-releases"] if facts.releases >= MANY else []
    return found


def sentences(case: Case, facts: Facts, protected: Protected) -> list[str]:
    """Return what the facts say in words."""
    values = {"target": case.target.name, "age": facts.age, "releases": facts.releases}
    return [TEXTS[label].format(**values) for label in labels(case, facts, protected)]
