"""OSV records to advisories."""

from __future__ import annotations

from typing import Any

import pytest

from depscan.intel.osv import read_record
from depscan.intel.ranges import status
from depscan.model.finding import Severity
from tests.unit.intel.records import fixed, introduced, record

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def test_only_facts_are_kept() -> None:
    given = record(
        "PYSEC-1", "Foo.Bar", introduced(), fixed("1.0"), aliases=["CVE-1"], summary="prose", details="prose"
    )
    given |= {"published": "2026-01-01T00:00:00Z", "severity": [{"type": "CVSS_V3", "score": V3}]}
    [made] = read_record(given).advisories
    assert made.package == "foo-bar"
    assert made.aliases == ("CVE-1",)
    assert (made.severity, made.score, made.vectors) == (Severity.CRITICAL, 9.8, (V3,))
    assert (made.published, made.modified) == ("2026-01-01T00:00:00Z", "2026-01-02T03:04:05Z")
    assert "prose" not in repr(made)


def test_a_mal_record_and_one_with_a_mal_alias_are_malicious() -> None:
    for given in (record("MAL-1"), record("PYSEC-1", aliases=["MAL-2"])):
        [made] = read_record(given).advisories
        assert (made.kind, made.severity) == ("malicious", Severity.MALICIOUS)


def test_every_affected_entry_makes_an_advisory_also_of_an_unknown_ecosystem() -> None:
    given = record("X-1")
    given["affected"].append({"package": {"name": "p", "ecosystem": "Brand New:3"}, "versions": ["1"]})
    assert [(a.ecosystem, a.package) for a in read_record(given).advisories] == [
        ("PyPI", "alpha"),
        ("Brand New:3", "p"),
    ]


def test_git_ranges_are_ignored_where_there_is_something_else() -> None:
    given = record("X-1", "alpha", introduced(), fixed("2"))
    given["affected"][0]["ranges"].insert(0, {"type": "GIT", "repo": "r", "events": [{"introduced": "0"}]})
    [made] = read_record(given).advisories
    assert [status(made, v) for v in ("1", "2")] == ["affected", "unaffected"]


def test_commits_alone_decide_nothing_about_a_version() -> None:
    given = record("X-1")
    given["affected"][0]["ranges"] = [{"type": "GIT", "repo": "r", "events": [{"introduced": "0"}]}]
    assert status(read_record(given).advisories[0], "1.0") == "undecidable"


def test_a_word_stands_in_for_a_missing_vector() -> None:
    [made] = read_record(record("X-1", database_specific={"severity": "MODERATE"})).advisories
    assert made.severity is Severity.MEDIUM


WRONG: list[Any] = [None, 1, "text", ["list"], {"k": [1]}, True, [None], [{"events": 1}], [{"type": "ECOSYSTEM"}]]


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(
    "field", ["id", "affected", "aliases", "severity", "modified", "withdrawn", "database_specific"]
)
def test_a_record_of_a_wrong_shape_is_counted_and_never_fails(field: str, value: Any) -> None:
    given = record("X-1", "alpha", introduced(), fixed("2"))
    given[field] = value
    reading = read_record(given)
    assert reading.advisories or reading.problems


@pytest.mark.parametrize("value", [v for v in WRONG if v is not None])
@pytest.mark.parametrize("field", ["ranges", "versions"])
def test_version_facts_of_a_wrong_shape_are_never_read_as_unaffected(field: str, value: Any) -> None:
    given = record("X-1")
    given["affected"][0][field] = value
    if field == "versions" and value == ["list"]:
        return
    reading = read_record(given)
    assert reading.problems
    assert status(reading.advisories[0], "1.0") == "undecidable"


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("field", ["package", "name", "ecosystem"])
def test_a_package_of_a_wrong_shape_never_fails(field: str, value: Any) -> None:
    given = record("X-1")
    entry = given["affected"][0]
    (entry if field == "package" else entry["package"])[field] = value
    read_record(given)


@pytest.mark.parametrize("value", WRONG)
def test_what_is_no_record_is_a_problem(value: Any) -> None:
    assert read_record(value).problems
