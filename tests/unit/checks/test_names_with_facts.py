"""Names are judged by what the index says of them."""

from __future__ import annotations

from depscan.checks.names import CHECK
from depscan.registry.records import Project
from tests.unit.checks.facts import context, document, outcome, package
from tests.unit.checks.served import asked, project, served

NAME = "zqvxk-own-thing"


def rules(**projects: Project | None) -> list[str]:
    given = context(document(package(NAME), package("requests")))
    keys = {p.name: k for k, p in given.graph.nodes.items()}
    held = asked(given, today="2026-11-29")
    assert held.looked is not None
    known = {keys[name.replace("_", "-")]: one for name, one in projects.items()}
    held = held._replace(looked=held.looked._replace(projects=known))
    return [f.rule for f in outcome(CHECK, held)[0]]


def test_a_name_that_the_index_does_not_have_is_unclaimed() -> None:
    assert rules() == []
    assert rules(zqvxk_own_thing=None) == ["name/unclaimed"]


def test_a_name_that_the_index_has_is_not() -> None:
    assert rules(zqvxk_own_thing=project(served(NAME, upload_time="2020-01-01T00:00:00Z"))) == []
