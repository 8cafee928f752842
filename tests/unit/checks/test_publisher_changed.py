"""A release that another publisher attests than those before: judged on records of the index."""

from __future__ import annotations

import pytest

from depscan.checks.index_facts import CHECK, PUBLISHER
from depscan.facts.publishers import Publishers
from depscan.model.finding import Severity
from depscan.policy.policy import Policy
from tests.unit.checks.facts import context, document, outcome, package
from tests.unit.checks.served import asked, project, served

WHEEL = "a-4-py3-none-any.whl"
OURS = "GitHub acme/a release.yml"


def said(here: str, *before: str) -> list[str]:
    """Return what is said when one publisher published release 4, and others the releases before it."""
    given = context(document(package("a", "4")))
    [key] = given.graph.nodes
    held = tuple((str(3 - i), (one,)) for i, one in enumerate(before))
    found = asked(given, a=project(served("a", "4")))
    assert found.looked is not None
    looked = found.looked._replace(publishers={key: Publishers(((WHEEL, (here,)),), held)})
    return [f.message for f in outcome(CHECK, found._replace(looked=looked))[0] if f.rule == PUBLISHER.id]


def test_a_publisher_that_none_of_the_earlier_releases_had_is_told() -> None:
    theirs = "GitHub thief/a release.yml"
    message = f"{WHEEL} was published by {theirs}, releases before it by {OURS}, GitLab acme/a"
    assert said(theirs, OURS, OURS, "GitLab acme/a") == [message]
    assert (PUBLISHER.severity, PUBLISHER.klass) == (Severity.MEDIUM, "integrity")
    assert PUBLISHER.id not in Policy().fail_on
    assert PUBLISHER.klass not in Policy().fail_on


@pytest.mark.parametrize("here", [OURS, "GitHub acme/a other.yml", "github ACME/A release.yml", "GitHub acme/a"])
def test_the_repository_counts_and_not_the_workflow(here: str) -> None:
    assert said(here, "GitHub older/a x.yml", OURS) == []


@pytest.mark.parametrize("here", ["GitLab acme/a release.yml", "GitHub acme/a-2 release.yml", "GitHub"])
def test_another_kind_or_repository_is_another_publisher(here: str) -> None:
    assert len(said(here, OURS)) == 1


def test_where_nothing_earlier_is_known_nothing_is_said() -> None:
    assert said(OURS) == []


def test_one_known_publisher_of_several_is_enough_for_a_file() -> None:
    before = (("3", (OURS,)),)
    assert Publishers((("x", ("Google a@b.example", OURS)),), before).strangers() == []
    mixed = Publishers((("x.whl", (OURS,)), ("x.tar.gz", ("GitHub thief/a",))), before)
    assert mixed.strangers() == [("x.tar.gz", "GitHub thief/a")]
