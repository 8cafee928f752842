"""OpenVEX statements and baselines accept what they name, and a broken file is an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from depscan.errors import PolicyError
from depscan.model.finding import Confidence, Evidence, Finding, Severity, fingerprint
from depscan.model.location import Location
from depscan.policy.baseline import load_baseline
from depscan.policy.decide import decide
from depscan.policy.policy import Policy
from depscan.policy.vex import load_vex

TODAY = "2030-01-10"
CONTEXT = "https://openvex.dev/ns/v0.2.0"
FLAW = Finding(
    "advisory/vulnerable",
    "vulnerability",
    Severity.HIGH,
    Confidence.HIGH,
    "pkg:pypi/torch@2.0.0",
    "Overflow.",
    ("GHSA-aaaa-bbbb-cccc", "CVE-2030-1"),
    "affected",
    (Evidence(Location("uv.lock", 3, "x")),),
)


def vex(folder: Path, *statements: Any, name: str = "vex.json", **more: Any) -> str:
    path = folder / name
    text = json.dumps(
        {"@context": CONTEXT, "timestamp": "2030-01-01T00:00:00Z", "statements": statements} | more, indent=1
    )
    path.write_text(text, encoding="utf-8")
    return str(path)


def statement(status: str = "not_affected", product: Any = "pkg:pypi/torch", **more: Any) -> dict[str, Any]:
    made = {"vulnerability": {"name": "CVE-2030-1"}, "products": [{"@id": product}], "status": status}
    return made | more


def outcome(*paths: str, finding: Finding = FLAW) -> tuple[str, str]:
    made = decide([finding], Policy(), TODAY, load_vex(paths))[0]
    return made.action, made.because


def test_not_affected_is_accepted_with_its_justification(tmp_path: Path) -> None:
    path = vex(tmp_path, statement(justification="vulnerable_code_not_in_execute_path"))
    action, because = outcome(path)
    assert (action, because) == ("allow", f"{path}:14: not_affected (vulnerable_code_not_in_execute_path)")


@pytest.mark.parametrize(
    ("status", "wanted"), [("fixed", "allow"), ("affected", "block"), ("under_investigation", "block")]
)
def test_only_fixed_and_not_affected_accept(tmp_path: Path, status: str, wanted: str) -> None:
    assert outcome(vex(tmp_path, statement(status)))[0] == wanted


@pytest.mark.parametrize(
    ("product", "wanted"),
    [
        ("pkg:pypi/torch@2.0.0", "allow"),
        ("pkg:pypi/torch@2.0.1", "block"),
        ("pkg:npm/torch", "block"),
        ("torch", "block"),
        ("https://app.example", "block"),
    ],
)
def test_products_are_purls_with_or_without_a_version(tmp_path: Path, product: str, wanted: str) -> None:
    assert outcome(vex(tmp_path, statement(product=product)))[0] == wanted


def test_subcomponents_are_what_a_statement_is_about(tmp_path: Path) -> None:
    app = {"@id": "pkg:pypi/torch", "subcomponents": [{"@id": "pkg:pypi/other"}]}
    assert outcome(vex(tmp_path, statement() | {"products": [app]}))[0] == "block"
    app = {"@id": "pkg:oci/app", "subcomponents": [{"identifiers": {"purl": "pkg:pypi/torch@2.0.0"}}]}
    assert outcome(vex(tmp_path, statement() | {"products": [app]}))[0] == "allow"


@pytest.mark.parametrize(
    "vulnerability",
    ["cve-2030-1", {"name": "X", "aliases": ["CVE-2030-1"]}, {"@id": "https://a.example/vuln/GHSA-aaaa-bbbb-cccc"}],
)
def test_a_vulnerability_may_be_named_in_any_way(tmp_path: Path, vulnerability: Any) -> None:
    assert outcome(vex(tmp_path, statement(vulnerability=vulnerability)))[0] == "allow"


def test_a_later_statement_overrides_an_earlier_one_whatever_the_order(tmp_path: Path) -> None:
    late = statement("affected", timestamp="2030-01-05T00:00:00Z")
    assert outcome(vex(tmp_path, late, statement()))[0] == "block"
    early = statement("affected", timestamp="2029-01-05T00:00:00+02:00")
    assert outcome(vex(tmp_path, early, statement()))[0] == "allow"
    other = vex(tmp_path, statement("affected"), name="b.json", timestamp="2030-02-01T00:00:00Z")
    assert outcome(other, vex(tmp_path, statement()))[0] == "block"


def test_findings_without_an_advisory_are_not_excused(tmp_path: Path) -> None:
    assert outcome(vex(tmp_path, statement()), finding=FLAW._replace(ids=()))[0] == "block"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "invalid JSON"),
        ("[]", "the document should be a table"),
        ("{}", "not an OpenVEX document"),
        (json.dumps({"@context": CONTEXT, "statements": {}}), "statements should be an array"),
        (json.dumps({"@context": CONTEXT, "statements": [statement("perhaps")]}), "status 'perhaps' is none of"),
        (json.dumps({"@context": CONTEXT, "statements": [{"status": "fixed"}]}), "names no vulnerability"),
        (json.dumps({"@context": CONTEXT, "statements": [statement(timestamp="soon")]}), "not an RFC 3339 time"),
        (json.dumps({"@context": CONTEXT, "statements": [statement(products=1)]}), "should be an array"),
    ],
)
def test_a_bad_vex_file_is_an_error_that_names_it(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "vex.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=message) as caught:
        load_vex([str(path)])
    assert caught.value.path == str(path)


def baseline(folder: Path, finding: Finding = FLAW) -> str:
    row = {"fingerprint": fingerprint(finding), "severity": finding.severity.word, "status": finding.status}
    path = folder / "old.json"
    path.write_text(json.dumps({"schema_version": 1, "findings": [row]}), encoding="utf-8")
    return str(path)


def test_what_the_baseline_holds_is_accepted_and_the_rest_is_not(tmp_path: Path) -> None:
    path = baseline(tmp_path)
    moved = FLAW._replace(subject="pkg:pypi/torch@2.0.2", evidence=(Evidence(Location("uv.lock", 9, "x")),))
    new = FLAW._replace(ids=("CVE-2030-2",))
    made = decide([FLAW, moved, new], Policy(), TODAY, baseline=load_baseline(path))
    assert [d.action for d in made] == ["allow", "allow", "block"]
    assert made[0].because == f"known since baseline {path}"


def test_what_has_become_certain_or_hostile_is_news(tmp_path: Path) -> None:
    unsure = FLAW._replace(status="undecidable")
    known = load_baseline(baseline(tmp_path, unsure))
    assert known is not None
    assert (known.knows(unsure), known.knows(FLAW)) == (True, False)
    known = load_baseline(baseline(tmp_path, FLAW))
    assert known is not None
    assert not known.knows(FLAW._replace(severity=Severity.MALICIOUS))
    assert known.knows(unsure)


def test_no_path_is_no_baseline() -> None:
    assert load_baseline("") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "invalid JSON"),
        ("[]", "the report should be a table"),
        ('{"schema_version": 2, "findings": []}', "not a depscan JSON report of schema version 1"),
        ('{"schema_version": true, "findings": []}', "not a depscan JSON report"),
        ('{"schema_version": 1}', "not a depscan JSON report"),
        ('{"schema_version": 1, "findings": [1]}', "findings should hold tables"),
        ('{"schema_version": 1, "findings": [{}]}', "fingerprint of a finding is missing"),
        ('{"schema_version": 1, "findings": [{"fingerprint": "a", "severity": "odd"}]}', "is not known"),
    ],
)
def test_a_bad_baseline_is_an_error_that_names_it(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match=message) as caught:
        load_baseline(str(path))
    assert caught.value.path == str(path)
