"""When code must run for a rule to judge it."""

from __future__ import annotations

import pytest

from depscan.facts.fact import Fact
from depscan.rules.load import load_rules
from depscan.rules.match import match

RULES = {rule.id: rule for rule in load_rules(examples=False)}


@pytest.mark.parametrize(("when", "hit"), [("call", True), ("load", True), ("import", False), ("test", False)])
def test_what_is_bad_when_called_is_bad_when_a_model_is_loaded(when: str, *, hit: bool) -> None:
    assert bool(match([RULES["mining/miner-when-called"]], [Fact("crypto.mine", when, "a.py")])) is hit


def test_what_is_bad_at_import_is_bad_when_a_model_is_loaded_and_not_when_called() -> None:
    assert match([RULES["mining/miner-at-install"]], [Fact("crypto.mine", "load", "a.py")])
    assert not match([RULES["mining/miner-at-install"]], [Fact("crypto.mine", "call", "a.py")])
