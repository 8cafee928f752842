"""Withdrawn releases."""

from __future__ import annotations

from depscan.checks.yanked import CHECK
from tests.unit.checks.facts import context, document, messages, outcome, package, places


def test_a_yanked_release_is_shown_with_its_reason_and_line() -> None:
    given = context(document(package("calm"), package("a", "2", yanked="stolen token")))
    [found] = outcome(CHECK, given)[0]
    assert found.message == "a 2 was yanked: stolen token"
    assert places([found]) == [("uv.lock", 2)]


def test_an_empty_reason_is_still_yanked() -> None:
    assert messages(CHECK, document(package("a", "2", yanked=""))) == ["a 2 was yanked"]


def test_silence_is_not_yanked() -> None:
    assert messages(CHECK, document(package("a"))) == []
