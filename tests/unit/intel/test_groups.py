"""Alias groups and the version to move to."""

from __future__ import annotations

from depscan.intel.aliases import group
from depscan.intel.fixes import Fix, clearing_version
from depscan.model.advisory import Advisory, Match
from tests.unit.intel.records import advisory, fixed, introduced, last


def hit(id: str, *aliases: str, status: str = "affected") -> Match:  # noqa: A002 - the field's word
    return Match(Advisory(id, "vulnerability", "PyPI", "alpha", aliases), status)


def test_advisories_that_share_an_id_directly_or_through_a_third_are_one_group() -> None:
    [one, two] = group([hit("GHSA-a", "CVE-1"), hit("PYSEC-1", "CVE-1", "CVE-2"), hit("X-1", "CVE-2"), hit("CVE-9")])
    assert one.ids == ("PYSEC-1", "GHSA-a", "X-1", "CVE-1", "CVE-2")
    assert one.matches[0].advisory.id == "PYSEC-1"
    assert two.ids == ("CVE-9",)


def test_a_malicious_record_stands_first() -> None:
    [one] = group([hit("PYSEC-1", "CVE-1"), hit("MAL-1", "CVE-1")])
    assert one.id == "MAL-1"


def test_what_is_certain_does_not_make_the_doubtful_certain() -> None:
    found = group([hit("PYSEC-1", "CVE-1"), hit("PYSEC-2", "CVE-1", status="undecidable")])
    assert [(g.id, g.status) for g in found] == [("PYSEC-1", "affected"), ("PYSEC-2", "undecidable")]


def test_an_alias_that_is_a_record_of_its_own_is_related_and_no_id_of_the_group() -> None:
    [one] = group([hit("PYSEC-1", "MAL-7", "CVE-1")])
    assert (one.ids, one.related) == (("PYSEC-1", "CVE-1"), ("MAL-7",))


def test_the_fix_clears_every_advisory_also_one_that_does_not_hit_now() -> None:
    given = [
        advisory(introduced(), fixed("1.2")),
        advisory(introduced("1.2"), fixed("1.4")),
        advisory(introduced(), fixed("1.1")),
    ]
    assert clearing_version(given, "1.0", "PyPI").version == "1.4"


def test_where_nothing_was_fixed_or_no_order_is_known_there_is_no_version_to_move_to() -> None:
    assert clearing_version([advisory(introduced(), last("1.2"))], "1.0", "PyPI").version == ""
    assert clearing_version([advisory(introduced(), fixed("1.2"))], "no version", "PyPI").version == ""
    assert clearing_version([advisory(introduced(), fixed("1.2"))], "1.0", "Unheard").version == ""


def test_a_withdrawn_advisory_is_in_nobodys_way() -> None:
    given = [advisory(introduced(), fixed("1.2")), advisory(introduced(), withdrawn="2026-01-01T00:00:00Z")]
    assert clearing_version(given, "1.0", "PyPI").version == "1.2"


def test_a_pre_release_is_offered_only_to_who_uses_one() -> None:
    given = [
        advisory(introduced(), fixed("2.0rc1")),
        advisory(introduced(), fixed("1.9")),
        advisory(introduced("3"), fixed("3.1")),
    ]
    assert clearing_version(given, "1.0", "PyPI").version == "3.1"
    assert clearing_version(given, "1.0b1", "PyPI").version == "2.0rc1"


def test_where_nothing_clears_all_the_newest_fix_is_named_with_what_it_leaves() -> None:
    given = [advisory(introduced(), fixed("1.2")), advisory(introduced(), last("9-NA"))]
    assert clearing_version(given, "1.0", "PyPI") == Fix("1.2", (given[1].id,))
