"""Second indexes, and those reached without encryption."""

from __future__ import annotations

import pytest

from depscan.checks.extra_index import CHECK
from depscan.model.document import Document, IndexUse
from tests.unit.checks.facts import context, document, messages, outcome, package, places


def using(*uses: IndexUse, lock: bool = False, is_hashed: bool = False) -> Document:
    made = document(package("a"), path="requirements.txt", lock=lock, is_hashed=is_hashed)
    made.indexes.extend(uses)
    return made


def test_an_extra_index_for_every_name_is_reported_at_its_line_without_its_password() -> None:
    given = context(using(IndexUse("https://user:secret@extra.example/simple", "extra", 7)))
    [found] = outcome(CHECK, given)[0]
    assert found.rule == "trust/extra-index"
    assert found.message == "extra index https://***@extra.example/simple"
    assert places([found]) == [("requirements.txt", 7)]


def test_an_index_reserved_for_names_or_a_lock_with_hashes_is_no_risk() -> None:
    assert messages(CHECK, using(IndexUse("https://extra.example", "extra", 1, ("torch",)))) == []
    assert messages(CHECK, using(IndexUse("https://extra.example", "extra", 1), lock=True, is_hashed=True)) == []
    assert messages(CHECK, using(IndexUse("https://index.example", "index", 1))) == []


@pytest.mark.parametrize("role", ["index", "extra", "find-links"])
def test_plain_http_is_reported_whatever_it_is_for(role: str) -> None:
    found = messages(CHECK, using(IndexUse("http://index.example/simple", role, 1, ("a",))))
    assert found == ["index without encryption: http://index.example/simple"]


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "u:p@127.0.0.1:1", "[::1]"])
def test_the_loopback_address_is_not(host: str) -> None:
    assert messages(CHECK, using(IndexUse(f"http://{host}/simple", "index", 1))) == []


@pytest.mark.parametrize(
    "host", ["localhost.evil.example", "127.evil.example", "127.0.0.1.evil.example", "localhost@evil.example"]
)
def test_a_host_that_only_looks_like_it_is(host: str) -> None:
    assert len(messages(CHECK, using(IndexUse(f"http://{host}/simple", "index", 1)))) == 1


def test_upper_case_does_not_hide_it() -> None:
    assert len(messages(CHECK, using(IndexUse("HTTP://index.example/simple", "index", 1)))) == 1


def test_a_trusted_host_is_one_whose_certificate_nobody_checks() -> None:
    [text] = messages(CHECK, using(IndexUse("index.example", "trusted-host", 1)))
    assert text == "certificate of index.example is not checked (trusted-host)"
    assert messages(CHECK, using(IndexUse("localhost:80", "trusted-host", 1))) == []
