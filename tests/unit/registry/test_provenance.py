"""Who published a file (PEP 740), asked of an index on the loopback address, sound and broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from depscan.checks.index_facts import CHECK
from depscan.errors import NotThere, RegistryError
from depscan.facts.packages import Wish, look_online
from depscan.registry.records import IndexFile
from depscan.registry.registry import Registry
from tests.unit.checks.facts import context, document, outcome, package
from tests.unit.registry.loopback import Loopback
from tests.unit.registry.wheels import HASTY, QUICK, registry, wheel

NAME = "alpha-{}.0-py3-none-any.whl"
OURS = {"kind": "GitHub", "repository": "acme/alpha", "workflow": "release.yml", "environment": None}
THEIRS = {"kind": "GitHub", "repository": "thief/alpha", "workflow": "release.yml"}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Loopback]:
    folder = tmp_path / "archives"
    folder.mkdir()
    with Loopback(str(folder)) as made:
        for major in range(1, 6):
            wheel(str(folder), "alpha", f"{major}.0")
            made.times[NAME.format(major)] = f"2026-0{major}-01T00:00:00Z"
            made.attest(NAME.format(major), OURS)
        yield made


@pytest.fixture
def client(index: Loopback, tmp_path: Path) -> Iterator[Registry]:
    with registry(index.url, tmp_path / "cache") as made:
        yield made


def release(client: Registry, major: int) -> IndexFile:
    return next(f for f in client.project("PyPI", "alpha").files if f.version == f"{major}.0")


@pytest.mark.parametrize(
    ("publisher", "identity"),
    [
        (OURS, "GitHub acme/alpha release.yml"),
        ({"kind": "GitLab", "repository": "acme/a", "workflow_filepath": ".gitlab-ci.yml"},
         "GitLab acme/a .gitlab-ci.yml"),
        ({"kind": "Google", "email": "a@acme.example"}, "Google a@acme.example"),
        ({"kind": "New kind", "claims": {"x": 1}}, "New%20kind"),
        ({"kind": "New", "workflow": "x"}, "New - x"),
        ({"kind": "GitHub", "repository": "a/b c\n\u202e"}, "GitHub a/b%20c%0A%E2%80%AE"),
    ],
)  # fmt: skip
def test_a_publisher_is_told_in_words(
    index: Loopback, client: Registry, publisher: dict[str, Any], identity: str
) -> None:
    index.attest(NAME.format(1), publisher, publisher)
    assert client.provenance(release(client, 1)) == (identity,)


def test_a_file_without_provenance_is_not_asked_for(index: Loopback, client: Registry) -> None:
    del index.provenance[NAME.format(1)]
    assert client.provenance(release(client, 1)) == ()
    assert index.asked("/integrity/") == []


def test_a_second_run_asks_whether_it_changed(index: Loopback, tmp_path: Path) -> None:
    for _ in range(2):
        with registry(index.url, tmp_path / "cache") as client:
            client.provenance(release(client, 1))
    assert [one.status for one in index.asked("/integrity/")] == [200, 304]


GOOD = {"version": 1, "attestation_bundles": [{"publisher": OURS, "attestations": []}]}
SHAPES: list[Any] = [
    [], "text", 7, {"version": 1}, GOOD | {"version": 2}, GOOD | {"version": True}, GOOD | {"version": "1"},
    GOOD | {"attestation_bundles": []}, GOOD | {"attestation_bundles": {}}, GOOD | {"attestation_bundles": [7]},
    GOOD | {"attestation_bundles": [{}] }, GOOD | {"attestation_bundles": [{"publisher": "GitHub"}]},
    GOOD | {"attestation_bundles": [{"publisher": {"repository": "acme/alpha"}}]},
    GOOD | {"attestation_bundles": [{"publisher": {"kind": ["GitHub"]}}]},
    GOOD | {"attestation_bundles": [{"publisher": OURS | {"repository": {"a": 1}}}]},
    GOOD | {"attestation_bundles": [{"publisher": OURS | {"repository": "x" * 2000}}]},
    GOOD | {"attestation_bundles": [{"publisher": OURS}] * 101},
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_a_hostile_shape_is_an_error(index: Loopback, client: Registry, shape: object) -> None:
    index.proofs[NAME.format(1)] = shape
    with pytest.raises(RegistryError, match="is no provenance object") as caught:
        client.provenance(release(client, 1))
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    "mode", ["truncated", "endless", "redirect-host", "wrong-type", "invalid-json", "500-always", "drip", "bomb"]
)
def test_a_fault_is_an_error(index: Loopback, tmp_path: Path, mode: str) -> None:
    index.mode[f"/integrity/{NAME.format(1)}"] = mode
    with registry(index.url, tmp_path / "cache", HASTY if mode == "drip" else QUICK) as client:
        file = release(client, 1)
        with pytest.raises(RegistryError):
            client.provenance(file)


def test_an_object_that_the_index_promised_and_does_not_have_is_an_error(index: Loopback, client: Registry) -> None:
    del index.proofs[NAME.format(1)]
    with pytest.raises(NotThere):
        client.provenance(release(client, 1))


def scan(client: Registry, version: str) -> tuple[list[str], list[str]]:
    """Return the rules of the findings and the needed coverage of a pin."""
    given = context(document(package("alpha", version)))
    looked = look_online(given.graph, Wish(read=False), client)
    rules = [f.rule for f in outcome(CHECK, given._replace(looked=looked))[0]]
    return rules, [f"{c.what}: {c.why}" for c in looked.coverage if c.needed]


def test_a_release_of_another_publisher_is_found(index: Loopback, client: Registry) -> None:
    index.attest(NAME.format(5), THEIRS)
    assert scan(client, "5.0") == (["integrity/publisher-changed"], [])
    assert len(index.asked("/integrity/")) == 4, "the release and the newest three before it"


def test_the_same_publisher_costs_two_questions(index: Loopback, client: Registry) -> None:
    assert scan(client, "5.0") == ([], [])
    assert len(index.asked("/integrity/")) == 2


def test_only_the_newest_three_attested_releases_count(index: Loopback, client: Registry) -> None:
    index.attest(NAME.format(1), THEIRS)
    index.attest(NAME.format(5), THEIRS)
    assert scan(client, "5.0") == (["integrity/publisher-changed"], [])
    del index.provenance[NAME.format(3)]
    client.close()
    with Registry(client.settings, budget=QUICK, cache=f"{index.folder}-other") as fresh:
        assert scan(fresh, "5.0") == ([], [])


def test_nothing_is_asked_where_nothing_can_be_compared(index: Loopback, client: Registry) -> None:
    assert scan(client, "1.0") == ([], [])
    assert scan(client, "9.0") == (["trust/deleted-release"], [])
    assert index.asked("/integrity/") == []


def test_an_outage_is_coverage_and_never_a_finding(index: Loopback, client: Registry) -> None:
    index.attest(NAME.format(5), THEIRS)
    index.mode[f"/integrity/{NAME.format(4)}"] = "500-always"
    rules, needed = scan(client, "5.0")
    assert rules == []
    [why] = needed
    assert why.startswith("alpha 5.0: the index: who published it is not known: ")
