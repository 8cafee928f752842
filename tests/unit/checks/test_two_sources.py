"""One name, two publishers."""

from __future__ import annotations

from depscan.checks.two_sources import CHECK
from depscan.model.document import Document
from tests.unit.checks.facts import INDEX, context, document, messages, outcome, package


def test_two_indexes_for_one_name_are_shown_with_both_places() -> None:
    one = document(package("torch", "1", registry=INDEX), path="a/uv.lock")
    two = document(package("torch", "2", registry="https://other.example"), path="b/uv.lock")
    [found] = outcome(CHECK, context(one, two))[0]
    assert found.message == f"comes from 2 sources: {INDEX}, https://other.example"
    assert [(e.location.path, e.role) for e in found.evidence] == [("b/uv.lock", "primary"), ("a/uv.lock", "related")]


def test_an_index_and_a_repository_are_two() -> None:
    git = package("a", None, "git", url="https://repo.example/a@main")
    assert messages(CHECK, document(package("a", registry=INDEX), git)) == [
        f"comes from 2 sources: {INDEX}, https://repo.example/a"
    ]


def test_two_versions_two_refs_or_two_workspace_folders_are_one_publisher() -> None:
    calm = document(
        package("a", "1", registry=INDEX),
        package("a", "2", registry=INDEX),
        package("g", None, "git", url="https://repo.example/g@main"),
        package("g", None, "git", url="https://repo.example/g@dev"),
        package("w", "1", "local", url="packages/w"),
        package("w", "2", "local", url="."),
    )
    assert messages(CHECK, calm) == []


def test_the_same_name_in_two_ecosystems_is_nothing() -> None:
    npm = package("a", "1", "npm", ecosystem="npm", registry="https://npm.example")
    assert messages(CHECK, document(package("a", registry=INDEX), npm)) == []


def test_two_hosts_reached_as_the_git_user_are_two() -> None:
    one = package("a", None, "git", url="ssh://git@repo.example/a")
    two = package("a", None, "git", url="ssh://git@evil.example/a@main")
    assert messages(CHECK, document(one, two)) == [
        "comes from 2 sources: ssh://git@evil.example/a, ssh://git@repo.example/a"
    ]


def test_the_files_of_one_project_are_one_publisher_and_those_of_two_owners_are_two() -> None:
    def wheel(owner: str, version: str) -> Document:
        url = f"https://host.example/{owner}/kernels/releases/{version}.whl"
        return document(package("kernels", version, "url", url=url), path=f"{owner}{version}")

    assert messages(CHECK, wheel("ana", "1"), wheel("ana", "2")) == []
    assert len(messages(CHECK, wheel("ana", "1"), wheel("eve", "2"))) == 1


def test_an_index_with_and_without_a_slash_at_its_end_is_one() -> None:
    one = document(package("a", "1", registry="https://index.example/simple"), path="a/uv.lock")
    two = document(package("a", "2", registry="https://index.example/simple/"), path="b/uv.lock")
    assert outcome(CHECK, context(one, two))[0] == []
