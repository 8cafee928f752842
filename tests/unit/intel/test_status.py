"""What is affected, what is not, and what cannot be decided."""

from __future__ import annotations

from typing import Any

import pytest

from depscan.ecosystems.pypi import ECOSYSTEM as PYPI
from depscan.intel.match import matches
from depscan.intel.ranges import outside, status
from depscan.model.advisory import UNREADABLE, Advisory, Range
from tests.unit.intel.records import advisory, fixed, introduced, last

A, U, D = "affected", "unaffected", "undecidable"
EVERY = (introduced(),)
TO_2 = (introduced(), fixed("2.0"))
TO_LAST_2_3 = (introduced(), last("2.3.0"))
NO_VERSION = (introduced(), last("4.1.0-NA"))
LATE_START = (introduced("2.0"), last("trunk"))
UNSORTED = (fixed("3.0"), introduced("2.0"), fixed("1.5"), introduced("1.0"))
SAME_END = (introduced(), fixed("1.0"), introduced("1.0"), fixed("2.0"))
ONE = (last("1.0"), introduced("1.0"))

TABLE: list[tuple[tuple[dict[str, str], ...], list[str] | None, str, str]] = [
    (TO_2, None, "1.9", A),
    (TO_2, None, "2.0", U),
    (TO_2, None, "2.0.0", U),
    (TO_2, None, "2.0rc1", A),
    (TO_2, None, "2.0.post1", U),
    (TO_2, None, "v1.2", A),
    (TO_2, None, "1.2+cu121", A),
    (TO_2, None, "2.0+cu121", U),
    (TO_2, None, "1!0.1", U),
    (TO_2, None, "0.0.0.dev0", A),
    (TO_2, None, "1.0-NA", D),
    (TO_2, ["1.0"], "1.0-NA", U),
    (TO_LAST_2_3, None, "2.3.0", A),
    (TO_LAST_2_3, None, "2.3", A),
    (TO_LAST_2_3, None, "2.3.0+cu121", A),
    (TO_LAST_2_3, None, "2.3.1", U),
    (EVERY, None, "no version at all", A),
    (EVERY, ["9.9"], "1.0", A),
    (NO_VERSION, None, "4.0", D),
    (NO_VERSION, None, "99", D),
    (NO_VERSION, None, "4.1.0-NA", D),
    (NO_VERSION, ["4.0"], "4.0.0", A),
    (NO_VERSION, ["4.0"], "5", U),
    (LATE_START, None, "1.9", U),
    (LATE_START, None, "2.0", D),
    (UNSORTED, None, "0.9", U),
    (UNSORTED, None, "1.2", A),
    (UNSORTED, None, "1.7", U),
    (UNSORTED, None, "2.5", A),
    (UNSORTED, None, "3.0", U),
    (SAME_END, None, "1.0", A),
    (SAME_END, None, "1.5", A),
    (SAME_END, None, "2.0", U),
    (ONE, None, "1.0", A),
    (ONE, None, "1.1", U),
    ((introduced("1.0"), fixed("1.0")), None, "1.0", U),
    ((introduced("1.0"), fixed("1.0")), None, "2.0", U),
    ((introduced(), fixed("2.0+cu118")), None, "2.0+cu117", A),
    ((introduced(), fixed("2.0+cu118")), None, "2.0+cu118", U),
    (TO_2, ["2.5"], "2.5.0", A),
    (TO_2, ["2.5"], "2.5+cpu", A),
    ((), ["1.0.0"], "1.0", A),
    ((), ["1.0.0"], "1.0.1", U),
    ((), ["2018-04-22b"], "2018-04-22b", A),
    ((), ["1.0+cpu"], "1.0+cuda", U),
    ((), ["1!1.0"], "1.0", U),
    ((), None, "1.0", U),
    ((introduced(), {"limit": "2.0"}), None, "1.0", A),
    ((introduced(), {"limit": "2.0"}), None, "2.0", U),
    ((introduced(), {"limit": "*"}), None, "2.0", A),
    ((introduced(), {"limit": "main"}), None, "2.0", D),
    ((introduced(), {"surprise": "2.0"}), None, "1.0", D),
]


@pytest.mark.parametrize(("events", "versions", "version", "expected"), TABLE)
def test_a_pypi_version_is_judged_as_osv_says(
    events: tuple[dict[str, str], ...], versions: list[str] | None, version: str, expected: str
) -> None:
    given = advisory(*events, versions=versions)
    assert status(given, version) == expected


@pytest.mark.parametrize(("events", "versions", "version", "expected"), TABLE)
def test_leaving_out_listed_versions_that_a_range_holds_changes_no_answer(
    events: tuple[dict[str, str], ...], versions: list[str] | None, version: str, expected: str
) -> None:
    given = advisory(*events, versions=versions)
    assert status(given._replace(versions=outside(given, PYPI)), version) == expected


NPM: list[tuple[tuple[dict[str, str], ...], str, str]] = [
    ((introduced("1.0.0"), fixed("1.0.5")), "1.0.4", A),
    ((introduced("1.0.0"), fixed("1.0.5")), "1.0.5", U),
    ((introduced("1.0.0"), fixed("1.0.5")), "1.0.5-rc.1", A),
    ((introduced("1.0.0"), fixed("1.0.5")), "1.0.0-alpha", U),
    ((introduced(), fixed("1.0.0-rc.10")), "1.0.0-rc.9", A),
    ((introduced(), fixed("1.0.0-rc.10")), "1.0.0-rc.a", U),
    ((introduced(), last("5.1.1")), "5.1.1+build.7", A),
    ((introduced(), last("5.1.1")), "v5.1.1", A),
    ((introduced(), last("5.1.1")), "file:../x", D),
    ((introduced(),), "0.0.0-0", A),
    ((introduced(), fixed("1.0.0-" + "9" * 5000)), "1.0.0-1", A),
]


@pytest.mark.parametrize(("events", "version", "expected"), NPM)
def test_an_npm_version_is_judged_by_semantic_versions(
    events: tuple[dict[str, str], ...], version: str, expected: str
) -> None:
    assert status(advisory(*events, ecosystem="npm", type="SEMVER"), version) == expected


def test_an_unknown_ecosystem_is_decided_by_semver_ranges_and_lists_only() -> None:
    semver = advisory(*TO_2, ecosystem="Hex", type="SEMVER")
    own = advisory(*TO_2, ecosystem="Debian:12")
    both = advisory(*TO_2, ecosystem="Debian:12", versions=["1:1.2-3"])
    assert [status(semver, v) for v in ("1.0.0", "2.0.0", "1:2-3")] == [A, U, D]
    assert [status(own, v) for v in ("1.0", "2.0")] == [D, D]
    assert [status(both, v) for v in ("1:1.2-3", "1:1.2-4")] == [A, U]


def test_a_withdrawn_advisory_concerns_nothing() -> None:
    assert status(advisory(*EVERY, withdrawn="2026-01-01T00:00:00Z"), "1.0") == U


def test_facts_that_could_not_be_read_are_undecidable_and_not_unaffected() -> None:
    assert status(advisory(*TO_2)._replace(ranges=(UNREADABLE,)), "1.0") == D
    assert status(advisory(*TO_2)._replace(ranges=(Range("FANCY", (("introduced", "1"),)),)), "1.0") == D


def _named(*given: Advisory) -> list[tuple[str, str, bool]]:
    return [(m.advisory.id, m.status, m.broad) for m in matches(given, "1.0", "PyPI")]


def _with(id: str, **more: Any) -> Advisory:  # noqa: A002 - the field's word
    return advisory(*EVERY)._replace(id=id, kind="malicious", **more)


def test_a_record_that_calls_every_version_malicious_is_marked_as_broad() -> None:
    assert _named(_with("MAL-1")) == [("MAL-1", A, True)]
    assert _named(_with("MAL-1", versions=("1.0.0",), listed=True)) == [("MAL-1", A, False)]
    assert _named(_with("MAL-1", versions=("6.6",), listed=True)) == [("MAL-1", A, True)]


def test_a_bare_name_counts_only_when_no_malicious_record_is_known() -> None:
    bare = Advisory("MAL-9", "malicious", "PyPI", "alpha", origin="names")
    assert _named(bare) == [("MAL-9", "named", False)]
    assert _named(bare, _with("MAL-1")) == [("MAL-1", A, True)]
    assert _named(bare, advisory(*TO_2)._replace(id="PYSEC-1")) == [("MAL-9", "named", False), ("PYSEC-1", A, False)]


def test_a_package_without_version_matches_only_what_holds_for_every_version() -> None:
    found = matches([advisory(*TO_2), _with("MAL-1")], None, "PyPI")
    assert [(m.advisory.id, m.status) for m in found] == [("MAL-1", A)]


def test_two_entries_of_one_record_give_one_match_with_the_stronger_status() -> None:
    found = matches([advisory(*NO_VERSION), advisory(*TO_2)], "1.0", "PyPI")
    assert [(m.advisory.id, m.status) for m in found] == [("X-1", A)]
