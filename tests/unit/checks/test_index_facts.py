"""What the index says of pinned releases."""

from __future__ import annotations

from typing import Any

from depscan.artifacts.wheelhouse import Differing
from depscan.checks import odd_host, yanked
from depscan.checks.index_facts import CHECK
from depscan.model.finding import Severity
from depscan.model.package import File
from depscan.registry.records import IndexFile, Project
from tests.unit.checks.facts import HASH, INDEX, context, document, outcome, package
from tests.unit.checks.served import asked, project, served

WHEEL = "a-1-py3-none-any.whl"
OTHER = (("sha256", "ab" * 32),)


def said(answer: Project | None, **locked: Any) -> dict[str, str]:
    """Return rule to message for one pinned package and what the index says of it."""
    given = asked(context(document(package("a", locked.pop("version", "1"), **locked))), a=answer)
    return {f.rule: f.message for f in outcome(CHECK, given)[0]}


def locked(hashed: str = HASH[0], upload_time: str = "") -> dict[str, Any]:
    return {"hashes": (hashed,), "files": (File(f"https://files.example/x/{WHEEL}", hashed, -1, upload_time),)}


def test_an_index_that_agrees_says_nothing() -> None:
    assert said(project(served("a")), **locked()) == {}
    assert said(project(served("a", "1.0.0")), version="1.0") == {}


def test_without_the_index_nothing_is_said() -> None:
    assert outcome(CHECK, context(document(package("a"))))[0] == []


def test_another_hash_on_the_index_is_high_and_names_both() -> None:
    found = said(project(served("a", hashes=OTHER)), **locked())
    both = "sha256:abababababab... on the index, sha256:0f0f0f0f0f0f... in the lock"
    assert found == {"integrity/index-hash-differs": f"{WHEEL} is {both}"}
    assert CHECK.rules[0].severity is Severity.HIGH


def test_hashes_without_file_names_need_one_file_of_the_release() -> None:
    rules = said(project(served("a", hashes=OTHER)), hashes=HASH)
    assert list(rules) == ["integrity/index-hash-differs"]
    assert said(project(served("a", hashes=OTHER), served("a", file="a-1.tar.gz")), hashes=HASH) == {}


def test_hashes_of_algorithms_that_the_index_does_not_have_say_nothing() -> None:
    assert said(project(served("a")), hashes=(f"sha512:{'0f' * 64}",)) == {}


def test_a_served_file_that_is_not_the_promised_one_is_told_once() -> None:
    given = context(document(package("a")))
    [key] = given.graph.nodes
    swapped = (key, Differing(WHEEL, f"sha256:{'cd' * 32}", HASH[0], served=True))
    found = outcome(CHECK, asked(given, swapped, a=project(served("a"))))[0]
    assert [f.message for f in found] == [
        f"the index serves {WHEEL} with sha256:cdcdcdcdcdcd..., not sha256:0f0f0f0f0f0f..."
    ]


def test_a_later_upload_than_the_lock_knows_is_another_file() -> None:
    at = "2026-01-01T00:00:00Z"
    assert said(project(served("a", upload_time="2026-01-01T00:00:00.123456Z")), **locked(upload_time=at)) == {}
    assert list(said(project(served("a", upload_time="2026-02-01T00:00:00Z")), **locked(upload_time=at))) == [
        "integrity/uploaded-again"
    ]


def test_a_status_is_told_with_the_word_of_the_index() -> None:
    held = said(project(served("a"), status="quarantined", status_reason="malware"))
    assert held == {"trust/quarantined": "the index has a in quarantine: malware"}
    assert list(said(project(served("a"), status="archived"))) == ["trust/archived"]
    assert list(said(project(served("a"), status="deprecated"))) == ["trust/archived"]


def test_a_deleted_release_file_or_project_is_told() -> None:
    assert said(project(served("a", "2"))) == {"trust/deleted-release": "the index no longer has a 1"}
    sdist = File("https://files.example/a-1.tar.gz", HASH[0])
    assert said(project(served("a")), hashes=HASH, files=(sdist,)) == {
        "trust/deleted-release": "the index no longer has a-1.tar.gz"
    }
    assert list(said(None, registry=INDEX)) == ["trust/deleted-release"]
    assert said(None) == {}, "a pin without an index may be for another one"


def releases(*attested: str) -> list[IndexFile]:
    """Return releases 1, 2, 3 ..., a month apart, with their provenance."""
    return [
        served("a", str(i), upload_time=f"2026-0{i}-01T00:00:00Z", provenance=proof)
        for i, proof in enumerate(attested, 1)
    ]


def test_a_release_without_the_attestation_of_the_one_before_is_told() -> None:
    proof = "https://index.example/proof"
    found = said(project(*releases(proof, "")), version="2")
    assert found == {"integrity/provenance-lost": "a 2 is not attested, 1 before it was"}
    assert said(project(*releases(proof, proof)), version="2") == {}
    assert said(project(*releases("", proof)), version="1") == {}
    assert said(project(*releases(proof, "", "")), version="3") == {}, "the loss was one release ago"


def test_a_release_without_a_wheel_has_to_be_built() -> None:
    assert list(said(project(served("a", file="a-1.tar.gz")))) == ["trust/sdist-only"]


def test_the_index_says_why_a_release_was_yanked() -> None:
    def messages(*files: IndexFile) -> list[str]:
        return [f.message for f in outcome(yanked.CHECK, asked(context(document(package("a"))), a=project(*files)))[0]]

    assert messages(served("a", yanked="stolen token")) == ["a 1 was yanked, says the index: stolen token"]
    assert messages(served("a", yanked="")) == ["a 1 was yanked, says the index"]
    assert messages(served("a"), served("a", file="a-1.tar.gz", yanked="old")) == [], "one file is still there"
    assert messages(served("a", "2", yanked="no")) == []


def test_an_index_that_sends_one_release_elsewhere_is_told() -> None:
    usual = [served("a", str(i)) for i in range(2, 12)]
    odd = served("a", "1", url="https://cdn.evil.example/a.whl")
    found = outcome(odd_host.CHECK, asked(context(document(package("a"))), a=project(*usual, odd)))[0]
    assert [f.message for f in found] == [
        f"the index sends {WHEEL} to cdn.evil.example, while 10 other files of it come from files.example"
    ]
    assert outcome(odd_host.CHECK, asked(context(document(package("a"))), a=project(*usual, served("a"))))[0] == []
