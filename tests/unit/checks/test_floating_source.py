"""VCS and URL sources that nobody fixed."""

from __future__ import annotations

import pytest

from depscan.checks.floating_source import CHECK, VCS
from tests.unit.checks.facts import HASH, context, document, outcome, package, places

REPO = "https://repo.example/a"


def test_a_repository_without_a_commit_is_reported_where_it_stands() -> None:
    given = context(document(package("calm"), package("a", None, "git", url=REPO)))
    [found] = outcome(CHECK, given)[0]
    assert found.rule == VCS.id
    assert places([found]) == [("uv.lock", 2)]


def test_a_commit_or_a_hash_is_enough() -> None:
    calm = document(
        package("a", None, "git", url=REPO, commit="0" * 40),
        package("b", None, "url", url="https://files.example/b.whl", hashes=HASH),
        package("c", None, "url", url="https://files.example/c.whl#egg=c&sha256=" + "0f" * 32),
        package("d", None, "local", url="."),
    )
    assert outcome(CHECK, context(calm)) == ([], [])


@pytest.mark.parametrize("tail", ["", "?sha256=" + "0f" * 32, "#sha256=", "#note=sha256=x"])
def test_a_bare_url_is_reported_also_when_it_only_looks_hashed(tail: str) -> None:
    given = context(document(package("b", None, "url", url=f"https://files.example/b.whl{tail}")))
    [found] = outcome(CHECK, given)[0]
    assert found.rule == "integrity/url-without-hash"
