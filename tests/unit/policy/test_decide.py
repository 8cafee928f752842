"""What blocks, what warns, what is accepted, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depscan.model.decision import Waiver
from depscan.model.finding import Confidence, Evidence, Finding, Severity, fingerprint
from depscan.model.location import Location
from depscan.policy.decide import decide
from depscan.policy.policy import Policy
from depscan.policy.subject import means

TODAY = "2030-01-10"
FLAW = Finding(
    "advisory/vulnerable",
    "vulnerability",
    Severity.HIGH,
    Confidence.HIGH,
    "pkg:pypi/torch@2.0.0",
    "Overflow.",
    ("GHSA-aaaa-bbbb-cccc", "CVE-2030-1", "PYSEC-2030-1"),
    "affected",
    (Evidence(Location("uv.lock", 3, "x")),),
    fixed_version="2.1.0",
)
MALICIOUS = FLAW._replace(rule="advisory/malicious", klass="malicious", severity=Severity.MALICIOUS, ids=("MAL-1",))
TRUST = FLAW._replace(rule="trust/extra-index", klass="trust", severity=Severity.MEDIUM, ids=(), status="")


def waiver(id: str, package: str = "", expires: str = "2030-01-10") -> Waiver:  # noqa: A002 - the field's name
    return Waiver(id, package, "r", "ana", expires, "depscan.toml", 12)


def action(finding: Finding, policy: Policy | None = None) -> str:
    return decide([finding], policy or Policy(), TODAY)[0].action


def test_by_default_vulnerable_and_malicious_block_and_the_rest_warns() -> None:
    made = decide([MALICIOUS, FLAW, TRUST], Policy(), TODAY)
    assert [(d.action, d.because) for d in made] == [
        ("block", "default policy"),
        ("block", "default policy"),
        ("warn", "default policy"),
    ]


def test_the_reason_names_file_and_line() -> None:
    policy = Policy("depscan.toml", ("trust",), lines={"fail-on": 3})
    assert decide([TRUST], policy, TODAY)[0].because == "depscan.toml:3"


@pytest.mark.parametrize(
    ("word", "severity", "wanted"),
    [
        ("high", Severity.CRITICAL, "block"),
        ("high", Severity.HIGH, "block"),
        ("high", Severity.MEDIUM, "warn"),
        ("low", Severity.UNKNOWN, "warn"),
        ("critical", Severity.HIGH, "warn"),
    ],
)
def test_a_severity_blocks_vulnerabilities_at_or_above_it(word: str, severity: Severity, wanted: str) -> None:
    assert action(FLAW._replace(severity=severity), Policy(fail_on=(word,))) == wanted


def test_a_severity_does_not_select_other_classes_but_always_the_malicious() -> None:
    assert action(TRUST._replace(severity=Severity.CRITICAL), Policy(fail_on=("low",))) == "warn"
    assert action(MALICIOUS, Policy(fail_on=("critical",))) == "block"


def test_a_rule_id_blocks_that_rule() -> None:
    assert action(TRUST, Policy(fail_on=("trust/extra-index",))) == "block"
    assert action(FLAW, Policy(fail_on=("trust/extra-index",))) == "warn"


def test_a_note_about_a_living_project_warns() -> None:
    assert action(MALICIOUS._replace(severity=Severity.LOW)) == "warn"
    assert action(MALICIOUS._replace(confidence=Confidence.LOW)) == "warn"
    assert action(MALICIOUS._replace(severity=Severity.LOW), Policy(fail_on=("advisory/malicious",))) == "block"


def test_fixable_only_spares_what_has_no_fix_unless_it_is_malicious() -> None:
    policy = Policy(fixable_only=True)
    assert action(FLAW, policy) == "block"
    assert action(FLAW._replace(fixed_version=""), policy) == "warn"
    assert action(MALICIOUS._replace(fixed_version=""), policy) == "block"


@pytest.mark.parametrize("word", ["warn", "block", "allow"])
def test_what_cannot_be_decided_follows_its_own_key(word: str) -> None:
    assert action(FLAW._replace(status="undecidable"), Policy(undecidable=word)) == word


@pytest.mark.parametrize("name", [*FLAW.ids, "cve-2030-1", "advisory/vulnerable", fingerprint(FLAW)])
def test_an_exception_names_id_alias_rule_or_fingerprint(name: str) -> None:
    held = waiver(name)
    made = decide([FLAW], Policy(exceptions=(held,)), TODAY)
    assert [(d.action, d.because, d.waiver) for d in made] == [("allow", "depscan.toml:12", held)]


@pytest.mark.parametrize("name", ["torch", "Torch", "pkg:pypi/torch", "pkg:pypi/torch@2.0.0"])
def test_an_exception_may_be_for_one_package(name: str) -> None:
    assert action(FLAW, Policy(exceptions=(waiver("CVE-2030-1", name),))) == "allow"


@pytest.mark.parametrize("name", ["torchx", "pkg:npm/torch", "pkg:pypi/torch@2.0.1", "tor*"])
def test_an_exception_for_another_package_does_not_count(name: str) -> None:
    assert action(FLAW, Policy(exceptions=(waiver("CVE-2030-1", name),))) == "block"


def test_purls_are_compared_by_their_parts() -> None:
    assert means("pkg:npm/%40scope/a@1.0", "pkg:npm/%40scope/a@1.0?repository_url=x")
    assert means("pkg:npm/@scope/a", "pkg:npm/%40scope/a@1.0")
    assert means("@scope/a", "pkg:npm/%40scope/a@1.0")
    assert means("pkg:pypi/A_b@1%2Bcu1", "pkg:pypi/a-b@1+cu1")
    assert not means("a", "pkg:npm/%40scope/a@1.0")
    assert means("uv.lock", "uv.lock")
    assert not means("pkg:", "pkg:pypi/a")


def test_the_last_day_counts_and_the_next_does_not() -> None:
    policy = Policy("depscan.toml", exceptions=(waiver("CVE-2030-1"),), texts={12: "id = 'CVE-2030-1'"})
    assert [d.action for d in decide([FLAW], policy, TODAY)] == ["allow"]
    flaw, expired = decide([FLAW], policy, "2030-01-11")
    assert (flaw.action, expired.action) == ("block", "warn")
    assert expired.finding.rule == "policy/expired-exception"
    assert expired.finding.primary == Location("depscan.toml", 12, "id = 'CVE-2030-1'")
    assert "expired on 2030-01-10" in expired.finding.message


def test_an_exception_that_matches_nothing_is_reported_at_its_line() -> None:
    policy = Policy("depscan.toml", exceptions=(waiver("CVE-1", expires=""),))
    (unused,) = decide([], policy, TODAY)
    assert (unused.finding.rule, unused.finding.primary.line) == ("policy/unused-exception", 12)
    assert unused.action == "warn"


def test_the_policy_class_can_block_too() -> None:
    policy = Policy("depscan.toml", ("policy",), exceptions=(waiver("CVE-1"),))
    assert [d.action for d in decide([], policy, TODAY)] == ["block"]


FINDINGS = st.builds(
    lambda klass, severity, confidence, status, fixed, ids: FLAW._replace(
        klass=klass, severity=severity, confidence=confidence, status=status, fixed_version=fixed, ids=ids
    ),
    st.sampled_from(["malicious", "vulnerability", "trust", "policy"]),
    st.sampled_from(Severity),
    st.sampled_from(Confidence),
    st.sampled_from(["", "affected", "undecidable"]),
    st.sampled_from(["", "2.1.0"]),
    st.sampled_from([(), ("A",), ("A", "B"), ("B",)]),
)
WAIVERS = st.builds(
    waiver,
    st.sampled_from(["A", "B", "C", "advisory/vulnerable"]),
    st.sampled_from(["", "torch", "other"]),
    st.sampled_from(["", "2029-01-01", "2031-01-01"]),
)
POLICIES = st.builds(
    lambda fail_on, fixable, undecidable, exceptions: Policy(
        "depscan.toml", tuple(fail_on), fixable, undecidable, exceptions=tuple(exceptions)
    ),
    st.lists(st.sampled_from(["malicious", "vulnerability", "low", "critical", "trust", "advisory/vulnerable"])),
    st.booleans(),
    st.sampled_from(["warn", "block", "allow"]),
    st.lists(WAIVERS, max_size=3),
)


@given(st.lists(FINDINGS, max_size=4), POLICIES, WAIVERS)
def test_one_more_exception_never_makes_a_decision_harder(
    findings: list[Finding], policy: Policy, more: Waiver
) -> None:
    before = decide(findings, policy, TODAY)
    after = decide(findings, policy._replace(exceptions=(*policy.exceptions, more)), TODAY)
    rank = ("allow", "warn", "block")
    for old, new in zip(before[: len(findings)], after, strict=False):
        assert old.finding == new.finding
        assert rank.index(new.action) <= rank.index(old.action)


@given(st.lists(FINDINGS, max_size=4), POLICIES)
def test_every_finding_gets_one_decision_in_order(findings: list[Finding], policy: Policy) -> None:
    made = decide(findings, policy, TODAY)
    assert [d.finding for d in made[: len(findings)]] == findings
    assert all(d.because for d in made)
    assert {d.finding.klass for d in made[len(findings) :]} <= {"policy"}
