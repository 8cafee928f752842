"""One file from elsewhere."""

from __future__ import annotations

from depscan.checks.odd_host import CHECK
from tests.unit.checks.facts import context, document, hashed, messages, outcome, places


def test_a_lonely_host_among_many_is_reported_with_both_hosts() -> None:
    given = document(*[hashed(f"p{i}") for i in range(8)], hashed("odd", "cdn.evil.example"))
    [found] = outcome(CHECK, context(given))[0]
    assert found.message == "comes from cdn.evil.example, while 8 others come from files.example"
    assert places([found]) == [("uv.lock", 9)]


def test_credentials_ports_and_case_do_not_make_another_host() -> None:
    given = document(*[hashed(f"p{i}") for i in range(8)], hashed("same", "u:p@FILES.example"))
    assert messages(CHECK, given) == []


def test_a_small_file_or_a_host_that_several_share_says_nothing() -> None:
    assert messages(CHECK, document(*[hashed(f"p{i}") for i in range(7)], hashed("odd", "b.example"))) == []
    shared = [hashed(f"q{i}", "b.example") for i in range(3)]
    assert messages(CHECK, document(*[hashed(f"p{i}") for i in range(8)], *shared)) == []


def test_a_user_name_that_looks_like_the_usual_host_is_seen_through() -> None:
    given = document(*[hashed(f"p{i}") for i in range(8)], hashed("odd", "files.example@evil.example"))
    assert messages(CHECK, given) == ["comes from evil.example, while 8 others come from files.example"]
