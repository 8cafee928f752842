"""package-lock.json: folders, links, aliases and bundles resolve as Node loads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from depscan.errors import InputError
from depscan.inputs.javascript.package_lock_json import FORMAT, parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

GOOD = Path(__file__).resolve().parents[2] / "samples/package-lock/good/package-lock.json"


def good() -> Document:
    return parse(SourceFile("package-lock.json", GOOD.read_bytes()))


def read(value: Any) -> Document:
    return parse(SourceFile("package-lock.json", json.dumps(value).encode()))


def edges(document: Document) -> set[tuple[str, str, str]]:
    return {(e.parent.removeprefix("pkg:npm/"), e.child.removeprefix("pkg:npm/"), e.label) for e in document.edges}


def test_the_root_states_what_it_asks_for_and_how() -> None:
    document = good()
    assert document.root == "pkg:npm/shop-agent@1.0.0"
    assert {(c, label) for p, c, label in edges(document) if p == "shop-agent@1.0.0"} == {
        ("left@1.2.0", "prod"), ("member@0.1.0", "prod"), ("checker@2.0.0", "dev"), ("fast@3.1.0", "optional"),
    }  # fmt: skip


def test_an_alias_appears_under_its_real_name() -> None:
    document = good()
    assert document.nodes["pkg:npm/wide@4.2.3"].raw_name == "wide-old"
    assert ("checker@2.0.0", "wide@4.2.3", "prod") in edges(document)


def test_a_nested_folder_wins_over_the_one_above() -> None:
    assert ("left@1.2.0", "wide@5.0.1", "prod") in edges(good())


def test_a_bundled_package_is_covered_by_the_tarball_that_carries_it() -> None:
    wide = good().nodes["pkg:npm/wide@5.0.1"]
    assert (wide.registry, wide.hashes) == ("https://index.example/", ("sha512-BBBB", "sha1-CCCC"))


def test_registry_git_and_url_sources_differ() -> None:
    nodes = good().nodes
    assert nodes["pkg:npm/checker@2.0.0"].commit == "0123456789abcdef0123456789abcdef01234567"
    assert nodes["pkg:npm/fast@3.1.0"].source == "url"
    assert nodes["pkg:npm/left@1.2.0"].registry == "https://index.example/"


def test_requests_are_found_in_their_line() -> None:
    source = SourceFile("package-lock.json", GOOD.read_bytes())
    for edge in parse(source).edges:
        assert edge.requested in source.line(FORMAT.locate(source, edge.at))


def test_version_1_nests_and_resolves_the_same_way() -> None:
    document = read(
        {
            "name": "old",
            "lockfileVersion": 1,
            "dependencies": {
                "a": {"version": "1.0.0", "requires": {"b": "^2.0.0"}, "dependencies": {"b": {"version": "2.0.0"}}},
                "b": {"version": "1.0.0", "requires": {"a": "*"}},
                "short": {"version": "npm:long@3.0.0"},
                "tool": {"version": "github:team/tool#0123456789abcdef0123456789abcdef01234567"},
            },
        }
    )
    assert edges(document) == {("a@1.0.0", "b@2.0.0", "prod"), ("b@1.0.0", "a@1.0.0", "prod")}
    assert "pkg:npm/long@3.0.0" in document.nodes
    assert [p.commit[:4] for p in document.nodes.values() if p.source == "git"] == ["0123"]


def test_a_missing_optional_or_peer_dependency_is_fine_and_any_other_a_problem() -> None:
    row = {"version": "1.0.0", "optionalDependencies": {"x": "*"}, "peerDependencies": {"y": "*"}}
    assert read({"packages": {"node_modules/a": row}}).problems == []
    row = {"version": "1.0.0", "dependencies": {"z": "*"}}
    assert [p.message for p in read({"packages": {"node_modules/a": row}}).problems] == [
        "dependency z is not in the lock"
    ]


@pytest.mark.parametrize(
    "value", [[], {}, {"packages": []}, {"packages": {"node_modules/a": 1}}, {"packages": {"a/" * 400: {}}}]
)
def test_what_is_no_lock_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        read(value)


def test_an_alias_of_version_1_without_a_version_has_none() -> None:
    rows = {"short": {"version": "npm:long"}, "none": {"version": "npm:"}, "s2": {"version": "npm:@t/long@1.2.3"}}
    document = read({"lockfileVersion": 1, "dependencies": rows})
    assert [(p.name, p.version) for p in document.nodes.values()] == [
        ("long", None),
        ("none", None),
        ("@t/long", "1.2.3"),
    ]
