"""[drift] of the policy: which classes fail, which are allowed, and how severe they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import PolicyError
from depscan.lock.classes import drift_classes
from depscan.model.decision import Decision
from depscan.model.finding import Confidence, Finding, Severity
from depscan.policy.decide import decide
from depscan.policy.drift import for_drift, with_allowed
from depscan.policy.policy import Policy, load_policy


def policy(folder: Path, text: str) -> Policy:
    (folder / "depscan.toml").write_text(text, "utf-8")
    return load_policy("", str(folder))


def finding(name: str, subject: str = "pkg:pypi/x@1") -> Finding:
    return Finding(f"drift/{name}", "integrity", Severity.HIGH, Confidence.HIGH, subject, "m")


def judged(held: Policy, *names: str) -> list[Decision]:
    own = for_drift(held)
    return with_allowed(decide([finding(name) for name in names], own, "2030-01-01"), own)


def actions(held: Policy, *names: str) -> list[str]:
    return [decision.action for decision in judged(held, *names)]


def test_by_default_each_class_does_what_its_row_says() -> None:
    words = {"fail": "block", "warn": "warn", "allow": "allow"}
    for name, one in drift_classes().items():
        assert actions(Policy(), name) == [words[one.default]]


def test_the_policy_says_what_fails_and_nothing_else_does(tmp_path: Path) -> None:
    held = policy(tmp_path, "[drift]\nfail-on = ['added']\nallow = ['card-changed']\n")
    made = judged(held, "added", "hash-changed", "card-changed", "removed")
    assert [d.action for d in made] == ["block", "warn", "allow", "warn"]
    assert made[0].because.endswith("depscan.toml:2")
    assert made[2].because.endswith("depscan.toml:3")


def test_what_fails_in_a_scan_does_not_fail_as_drift(tmp_path: Path) -> None:
    assert actions(policy(tmp_path, "fail-on = ['integrity']\n"), "added", "header-changed") == ["allow", "warn"]


def test_an_allowed_class_does_not_fail_by_default(tmp_path: Path) -> None:
    assert actions(policy(tmp_path, "[drift]\nallow = ['template-changed']\n"), "template-changed") == ["allow"]


@pytest.mark.parametrize(
    "text",
    [
        "[drift]\nfail-on = ['template-chnaged']\n",
        "[drift]\nfail_on = []\n",
        "[drift]\nfail-on = ['added']\nallow = ['added']\n",
        "[drift.severity]\nadded = 'awful'\n",
        "[drift.severity]\nnothing = 'low'\n",
        "drift = 1\n",
    ],
)
def test_a_mistyped_class_or_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PolicyError):
        policy(tmp_path, text)


EXCEPTION = "[[exception]]\nid = 'drift/template-changed'\nreason = 'r'\nowner = 'o'\nexpires = 2031-01-01\n"


def test_an_exception_accepts_drift_and_is_not_stale_in_a_scan(tmp_path: Path) -> None:
    held = policy(tmp_path, EXCEPTION)
    assert actions(held, "template-changed") == ["allow"]
    assert decide([], held, "2030-01-01") == []
    assert [d.finding.rule for d in judged(held)] == ["policy/unused-exception"]


def test_exceptions_of_a_scan_are_not_stale_in_drift(tmp_path: Path) -> None:
    assert judged(policy(tmp_path, EXCEPTION.replace("drift/template-changed", "CVE-2030-1"))) == []
