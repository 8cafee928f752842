"""What every rule over facts has to keep."""

from __future__ import annotations

import pytest

from depscan.facts.read import read_artifact
from depscan.rules.idle import idle_parts
from depscan.rules.lint import lint
from depscan.rules.load import load_rules
from depscan.rules.schema import BehaviourRule
from depscan.rules.trial import example_artifact, try_examples

RULES = {rule.id: rule for rule in load_rules()}


@pytest.fixture(params=sorted(RULES), ids=str)
def rule(request: pytest.FixtureRequest) -> BehaviourRule:
    return RULES[request.param]


def test_every_file_is_as_the_schema_says() -> None:
    assert lint() == []


def test_there_are_at_least_sixty() -> None:
    assert len(RULES) >= 60


def test_bad_examples_are_reported_at_their_lines_and_honest_ones_are_not(rule: BehaviourRule) -> None:
    assert try_examples([rule]) == []


def test_no_part_of_a_stable_rule_can_be_dropped_unnoticed(rule: BehaviourRule) -> None:
    if rule.status == "stable":
        facts = [read_artifact(example_artifact(e))[0].facts for e in rule.examples]
        assert idle_parts(rule, facts) == []
