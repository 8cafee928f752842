"""The incidents that come with depscan say what the records say that come with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from depscan.incident.known import known
from depscan.incident.matching import is_bad
from depscan.incident.records import Incident
from depscan.intel.index import Index
from depscan.intel.ranges import status
from depscan.intel.store import open_index
from depscan.model.advisory import AFFECTED

MORE = {"ultralytics-2024-12": {"8.3.43", "8.3.44"}}
"""What a record counts and the incident's file says why it does not."""


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with open_index(environment={}) as opened:
        yield opened


@pytest.mark.parametrize("incident", known(), ids=lambda incident: incident.id)
def test_an_incident_lists_the_versions_that_its_records_list(incident: Incident, index: Index) -> None:
    for bad in incident.packages:
        for advisory in index.lookup(bad.ecosystem, bad.name):
            if advisory.id not in incident.references or advisory.origin == "names":
                continue
            every = [other for other in incident.packages if other.name == bad.name]
            assert all(status(advisory, version) == AFFECTED for version in bad.versions), advisory.id
            listed = set(advisory.versions) - MORE.get(incident.id, set())
            assert all(any(is_bad(other, version) for other in every) for version in listed), advisory.id


def test_records_that_are_referred_to_and_come_with_depscan_are_of_packages_of_the_incident(index: Index) -> None:
    names = {(i.id, b.ecosystem, b.name): i for i in known() for b in i.packages}
    told = {a.id for (_, kind, name), i in names.items() for a in index.lookup(kind, name) if a.id in i.references}
    named = {r for i in known() for r in i.references if r.startswith("PYSEC-")}
    assert named <= told
    assert len(named) > 40
