"""Hashes for all but a few."""

from __future__ import annotations

from depscan.checks.missing_hash import CHECK
from tests.unit.checks.facts import INDEX, context, document, hashed, messages, outcome, package, places


def test_the_one_without_a_hash_is_named_at_its_line() -> None:
    given = document(hashed("a"), package("bare", registry=INDEX), is_hashed=True)
    [found] = outcome(CHECK, context(given))[0]
    assert found.message == "no hash for bare, while the other packages have one"
    assert (found.subject, places([found])) == ("pkg:pypi/bare@1", [("uv.lock", 2)])


def test_many_become_one_finding_about_the_file() -> None:
    bare = [package(f"b{i}", registry=INDEX) for i in range(7)]
    [found] = outcome(CHECK, context(document(hashed("a"), *bare, is_hashed=True)))[0]
    assert found.subject == "uv.lock"
    assert "b4 and 2 more" in found.message


def test_what_cannot_have_a_hash_is_none_of_it() -> None:
    given = document(
        hashed("a"),
        package("repo", None, "git", url="https://repo.example"),
        package("own", None, "local", url="."),
        package("open", None, registry=INDEX),
        is_hashed=True,
    )
    assert messages(CHECK, given) == []


def test_an_index_that_serves_no_hashes_promises_none() -> None:
    other = [package(f"o{i}", registry="https://other.example") for i in range(3)]
    assert messages(CHECK, document(hashed("a"), *other, is_hashed=True)) == []


def test_a_file_that_promises_nothing_breaks_nothing() -> None:
    assert messages(CHECK, document(hashed("a"), package("bare", registry=INDEX))) == []


def test_a_file_without_any_hash_has_no_other_packages_to_compare_with() -> None:
    assert messages(CHECK, document(package("only", registry=INDEX), is_hashed=True)) == []


def test_the_only_package_of_another_index_is_seen() -> None:
    given = document(hashed("a"), package("odd", registry="https://other.example"), is_hashed=True)
    assert messages(CHECK, given) == ["no hash for odd, while the other packages have one"]
