"""Requests that nothing fixes."""

from __future__ import annotations

from depscan.checks.unpinned import CHECK
from tests.unit.checks.facts import context, document, messages, outcome, package, places


def test_open_requests_of_a_file_are_one_finding_at_the_first() -> None:
    given = document(package("a"), package("b", None), package("c", None), path="requirements.txt", lock=False)
    [found] = outcome(CHECK, context(given))[0]
    assert found.message == "2 of 3 packages have no exact version: b, c"
    assert (found.subject, places([found])) == ("requirements.txt", [("requirements.txt", 2)])


def test_one_is_said_as_one_and_many_are_cut() -> None:
    assert messages(CHECK, document(package("a", None))) == ["a has no exact version"]
    [text] = messages(CHECK, document(*[package(f"p{i}", None) for i in range(7)]))
    assert text.endswith("p4 and 2 more")


def test_a_lock_in_the_same_folder_or_above_fixes_them() -> None:
    asks = document(package("a", None), path="app/sub/pyproject.toml", lock=False)
    assert messages(CHECK, asks, document(package("a"), path="app/uv.lock")) == []
    assert messages(CHECK, asks, document(package("a"), path="app/sub/uv.lock")) == []


def test_a_lock_of_another_project_or_of_a_folder_with_a_longer_name_does_not() -> None:
    asks = document(package("a", None), path="app/pyproject.toml", lock=False)
    assert messages(CHECK, asks, document(package("a"), path="other/uv.lock"))
    assert messages(CHECK, asks, document(package("a"), path="ap/uv.lock"))
    npm = package("a", "1", "npm", ecosystem="npm")
    assert messages(CHECK, asks, document(npm, path="app/package-lock.json"))


def test_projects_repositories_and_urls_have_no_version_to_pin() -> None:
    calm = document(package("a", None, "local"), package("b", None, "git", url="x"), package("c", None, "url", url="y"))
    assert messages(CHECK, calm) == []
