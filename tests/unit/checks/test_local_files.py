"""Archives at hand that are not what the lock says."""

from __future__ import annotations

from depscan.artifacts.wheelhouse import Differing, LocalFile
from depscan.checks.local_files import CHECK
from tests.unit.checks.facts import context, document, outcome, package, places
from tests.unit.checks.served import asked, project, served


def test_a_swapped_file_is_told_with_both_hashes_at_the_lock() -> None:
    given = context(document(package("calm"), package("a")))
    key = list(given.graph.nodes)[1]
    swapped = (key, Differing("wheels/a-1-py3-none-any.whl", "sha256:aa", "sha256:bb"))
    [found] = outcome(CHECK, asked(given, swapped))[0]
    assert found.subject == key
    assert places([found]) == [("uv.lock", 2)]
    assert "wheels/a-1-py3-none-any.whl is not the a-1-py3-none-any.whl of the lock" in found.message
    assert "sha256:aa" in found.message
    assert "sha256:bb" in found.message


def test_what_the_index_serves_is_another_matter() -> None:
    given = context(document(package("a")))
    [key] = given.graph.nodes
    assert outcome(CHECK, asked(given, (key, Differing("a", "b", "c", served=True))))[0] == []
    assert outcome(CHECK, given)[0] == []


def test_a_file_without_a_locked_hash_is_compared_with_the_index() -> None:
    def said(sha256: str) -> list[str]:
        given = asked(context(document(package("a"))), a=project(served("a")))
        assert given.looked is not None
        [key] = given.graph.nodes
        local = LocalFile("wheels/a-1-py3-none-any.whl", "wheel", "a", "1", sha256=sha256)
        looked = given.looked._replace(files=((key, local),))
        return [f.message for f in outcome(CHECK, given._replace(looked=looked))[0]]

    assert said("0f" * 32) == []
    assert [m.partition(":")[0] for m in said("ab" * 32)] == [
        "wheels/a-1-py3-none-any.whl is not the a-1-py3-none-any.whl of the index"
    ]
