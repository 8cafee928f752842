"""What every check and rule has to keep."""

from __future__ import annotations

from depscan.checks.check import checks
from depscan.cli.explain import page
from depscan.cli.rules import all_rules


def test_every_rule_has_a_whole_page() -> None:
    for rule in all_rules():
        assert rule.id.count("/") == 1
        for text in (rule.title, rule.what, rule.why, rule.fix, rule.false_positives):
            assert text.strip(), rule.id
        assert rule.title in page(rule)


def test_every_id_is_used_once() -> None:
    ids = [rule.id for rule in all_rules()]
    assert len(ids) == len(set(ids))
    names = [check.id for check in checks()]
    assert len(names) == len(set(names))
