"""package.json: requests with their labels, pins, aliases and sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from depscan.errors import InputError
from depscan.inputs.javascript._origin import commit_of, exact, is_git, registry_of, unalias
from depscan.inputs.javascript.package_json import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

GOOD = Path(__file__).resolve().parents[2] / "samples/package-json/good/package.json"


def read(value: Any) -> Document:
    return parse(SourceFile("package.json", json.dumps(value).encode()))


def test_only_a_range_of_one_version_is_a_pin() -> None:
    assert [exact(t) for t in ("1.2.3", "=1.2.3", "v1.2.3-rc.1", "^1.2.3", "1.2", "1.x", "*", "")] == [
        "1.2.3", "1.2.3", "1.2.3-rc.1", None, None, None, None, None,
    ]  # fmt: skip


def test_requests_keep_text_label_and_source() -> None:
    document = parse(SourceFile("package.json", GOOD.read_bytes()))
    found = {e.child: (e.label, e.requested, document.nodes[e.child].source) for e in document.edges}
    assert found["pkg:npm/wide@4.2.3"] == ("prod", "npm:wide@4.2.3", "registry")
    assert found["pkg:npm/tool"][2] == "git"
    assert found["pkg:npm/archive"][2] == "url"
    assert found["pkg:npm/folder"][2] == found["pkg:npm/member"][2] == "local"
    assert found["pkg:npm/host"][0] == "peer"
    assert "pkg:npm/deep@1.0.0" not in found


def test_an_empty_array_means_none_and_a_wrong_range_is_a_problem() -> None:
    document = read({"dependencies": [], "devDependencies": {"a": 1, "b": "1.0.0"}})
    assert "pkg:npm/b@1.0.0" in document.nodes
    assert [p.message for p in document.problems] == ["devDependencies of 'a' is not a text"]


@pytest.mark.parametrize("value", [[], {"name": 1}, {"dependencies": "a"}])
def test_wrong_types_are_refused(value: Any) -> None:
    with pytest.raises(InputError):
        read(value)


def test_aliases_are_split_at_the_right_place() -> None:
    assert unalias("a", "npm:@s/b@^1") == ("@s/b", "^1")
    assert unalias("a", "npm:b") == ("b", "")
    assert unalias("a", "npm:^1.0.0") == ("a", "^1.0.0")
    assert unalias("a", "^1") == ("a", "^1")


def test_git_texts_are_recognised() -> None:
    assert all(
        is_git(t) for t in ("a/b", "a/b#main", "github:a/b", "git+https://x.example/a", "https://x.example/a.git")
    )
    assert not any(is_git(t) for t in ("^1", "latest", "@s/b", "./a/b", "https://x.example/a.tgz", "~/a"))
    assert commit_of("git+https://x.example/a#main") == ""


def test_the_index_is_what_stands_before_the_name() -> None:
    assert registry_of("https://i.example/npm/@s/b/-/b-1.0.0.tgz", "@s/b") == "https://i.example/npm/"
    assert registry_of("https://i.example/@s%2fb/-/b-1.0.0.tgz", "@s/b") == "https://i.example/"
    assert registry_of("https://i.example/download/@s/b/1.0.0/abc", "@s/b") == "https://i.example/"
    assert registry_of("https://i.example/b.tgz", "b") == ""
