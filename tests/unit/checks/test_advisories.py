"""Known vulnerabilities and malicious releases: what is matched, and what is said not to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from depscan.checks.advisories import CHECK
from depscan.intel.store import open_index
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Finding
from depscan.model.package import Package
from tests.unit.checks.facts import context, document, outcome, package
from tests.unit.intel.records import fixed, introduced, made, record

FLAW = record("PYSEC-1", "alpha", introduced(), fixed("2"), aliases=["CVE-1"])
HOSTILE = record("MAL-1", "evil", introduced())
LIVING = [record("MAL-2", "alive", introduced()), record("PYSEC-2", "alive", introduced(), fixed("0.1"))]
WORD = record("PYSEC-3", "odd", introduced(), fixed("0a1b2c3d-commit"))


def run(folder: Path, records: list[Any], *documents: Document) -> tuple[list[Finding], list[Coverage]]:
    made(folder, records)
    with open_index(str(folder)) as index:
        return outcome(CHECK, context(*documents, advisories=index))


def of_format(form: str, item: Package) -> Document:
    made = Document("a", form)
    made.add(item, 1)
    return made


def test_a_vulnerable_release_names_the_version_that_clears_it(tmp_path: Path) -> None:
    [found], coverage = run(tmp_path, [FLAW], document(package("alpha", "1"), package("calm")))
    assert (found.rule, found.ids, found.status) == ("advisory/vulnerable", ("PYSEC-1", "CVE-1"), "affected")
    assert (found.subject, found.fixed_version, found.fits) == ("pkg:pypi/alpha@1", "2", None)
    assert coverage == []


def test_whether_the_fix_fits_is_read_from_what_the_parents_ask_for(tmp_path: Path) -> None:
    for wants, fits in (("[extra]>=1", True), (">=1", True), ("<2", False), ("not a range", None)):
        given = document(package("top"), package("alpha", "1"))
        given.link("pkg:pypi/top@1", "pkg:pypi/alpha@1", requested=wants)
        [found], _ = run(tmp_path, [FLAW], given)
        assert found.fits is fits, wants


def test_a_malicious_release_is_its_own_class(tmp_path: Path) -> None:
    [found], _ = run(tmp_path, [HOSTILE], document(package("evil", "6")))
    assert (found.rule, found.klass, found.severity.word) == ("advisory/malicious", "malicious", "malicious")
    assert found.fixed_version == ""


def test_a_record_of_every_release_on_a_living_project_is_a_note(tmp_path: Path) -> None:
    [found], _ = run(tmp_path, LIVING, document(package("alive", "1")))
    assert (found.rule, found.confidence.word) == ("advisory/malicious-name", "low")


def test_what_cannot_be_compared_is_undecidable_and_not_silent(tmp_path: Path) -> None:
    [found], _ = run(tmp_path, [WORD], document(package("odd", "1")))
    assert (found.rule, found.status) == ("advisory/undecidable", "undecidable")


def test_a_request_without_version_is_not_called_clean(tmp_path: Path) -> None:
    findings, [missing] = run(tmp_path, [FLAW], document(package("alpha", None)))
    assert findings == []
    assert (missing.what, missing.needed, missing.kind) == ("PyPI", True, "unpinned")
    assert missing.why.startswith("1 package (alpha) without an exact version")


def test_a_request_that_a_pin_of_the_scan_answers_is_judged_by_the_pin(tmp_path: Path) -> None:
    asks = document(package("alive", None), path="requirements.in")
    [found], coverage = run(tmp_path, LIVING, asks, document(package("alive", "1")))
    assert (found.subject, coverage) == ("pkg:pypi/alive@1", [])


def test_a_malicious_name_is_reported_at_the_request_too(tmp_path: Path) -> None:
    findings, _ = run(tmp_path, [HOSTILE], document(package("evil", None)), document(package("evil", "6"), path="b"))
    assert sorted(f.subject for f in findings) == ["pkg:pypi/evil", "pkg:pypi/evil@6"]


def test_an_ecosystem_without_data_is_said_and_may_be_accepted_by_name(tmp_path: Path) -> None:
    given = document(package("serde", ecosystem="crates.io"), package("numpy", "1", "conda", ecosystem="conda"))
    _, coverage = run(tmp_path, [FLAW], given)
    assert [(c.what, c.kind, c.needed) for c in coverage] == [
        ("crates.io", "ecosystem", True),
        ("conda", "ecosystem", True),
    ]
    assert "depscan db update crates.io" in coverage[0].why
    assert "db update" not in coverage[1].why


def test_a_repository_is_looked_up_by_nobody_and_that_is_said(tmp_path: Path) -> None:
    given = document(package("alpha", "1", "git", url="https://repo.example/a"), package("own", None, "local", url="."))
    findings, [missing] = run(tmp_path, [FLAW], given)
    assert findings == []
    assert (missing.needed, missing.why.startswith("1 package (alpha) from a repository")) == (False, True)


def test_without_an_index_the_check_says_nothing_and_the_caller_does() -> None:
    assert outcome(CHECK, context(document(package("alpha")))) == ([], [])


def test_old_vulnerability_data_is_not_called_clean(tmp_path: Path) -> None:
    """Malicious packages of 2026 beside vulnerabilities of 2019: nobody knows whether a package is vulnerable."""
    old = {**FLAW, "modified": "2019-05-01T00:00:00Z", "published": "2019-05-01T00:00:00Z"}
    new = {**FLAW, "id": "MAL-2026-1", "aliases": [], "modified": "2026-01-01T00:00:00Z"}
    new["affected"] = [{"package": {"ecosystem": "PyPI", "name": "evil"}, "versions": ["1"]}]
    _, [missing] = run(tmp_path, [old, new], document(package("calm", "1")))
    assert missing.needed
    assert "2019-05-01" in missing.why


@pytest.mark.parametrize("form", ["agent-instructions", "mcp-json", "notebook-code", "python-code", "dockerfile"])
def test_what_only_a_command_fetches_without_a_version_is_said_and_needs_no_lock(tmp_path: Path, form: str) -> None:
    given = of_format(form, package("alpha", None))
    _, [missing] = run(tmp_path, [FLAW], given)
    assert (missing.what, missing.needed) == ("advisories", False)


@pytest.mark.parametrize(("version", "needed"), [(None, []), ("1", ["PyPI"])])
def test_old_data_is_a_gap_only_where_something_was_looked_up_in_it(
    tmp_path: Path, version: str | None, needed: list[str]
) -> None:
    old = {**FLAW, "modified": "2019-05-01T00:00:00Z", "published": "2019-05-01T00:00:00Z"}
    new = {**FLAW, "id": "MAL-2026-1", "aliases": [], "modified": "2026-01-01T00:00:00Z"}
    new["affected"] = [{"package": {"ecosystem": "PyPI", "name": "evil"}, "versions": ["1"]}]
    _, coverage = run(tmp_path, [old, new], of_format("mcp-json", package("calm", version)))
    assert [c.what for c in coverage if c.needed] == needed
