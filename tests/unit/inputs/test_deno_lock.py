"""deno.lock and deno.json: two ecosystems in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from depscan.errors import InputError
from depscan.inputs.javascript import deno_json
from depscan.inputs.javascript.deno_lock import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def read(value: Any) -> Document:
    return parse(SourceFile("deno.lock", json.dumps(value).encode()))


def edges(document: Document) -> list[tuple[str, str]]:
    return [(e.parent, e.child) for e in document.edges]


def test_jsr_and_npm_packages_are_told_apart() -> None:
    document = parse(SourceFile("deno.lock", (SAMPLES / "deno-lock/good/deno.lock").read_bytes()))
    assert {(p.ecosystem, p.source) for p in document.nodes.values()} == {("JSR", "jsr"), ("npm", "npm")}
    assert ("pkg:jsr/%40team/left@1.2.0", "pkg:jsr/%40team/base@1.0.2") in edges(document)
    assert ("pkg:jsr/%40team/left@1.2.0", "pkg:npm/wide@4.2.3") in edges(document)
    assert document.problems == []


def test_version_2_and_3_say_the_same_in_other_places() -> None:
    packages = {"a@1.0.0": {"integrity": "sha512-A", "dependencies": {"b": "b@2.0.0_a@1.0.0"}}, "b@2.0.0_a@1.0.0": {}}
    old = read({"version": "2", "npm": {"specifiers": {"a": "a@1.0.0"}, "packages": packages}})
    new = read({"version": "3", "packages": {"specifiers": {"npm:a": "npm:a@1.0.0"}, "npm": packages}})
    assert edges(old) == edges(new) == [("pkg:npm/a@1.0.0", "pkg:npm/b@2.0.0")]


def test_version_1_and_remote_modules_hold_no_packages() -> None:
    assert not read({"https://modules.example/mod.ts": "00"}).nodes
    assert not read({"version": "3", "remote": {"https://modules.example/mod.ts": "00"}}).nodes


def test_a_later_version_is_read_with_a_note() -> None:
    assert read({"version": "6", "npm": {"a@1.0.0": {}}}).problems


@pytest.mark.parametrize("value", [[], {"a": "b"}, {"version": 5}, {"version": "5", "npm": []}])
def test_what_is_no_lock_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        read(value)


def test_imports_name_packages_and_paths_inside_them() -> None:
    data = (SAMPLES / "deno-json/good/deno.jsonc").read_bytes()
    document = deno_json.parse(SourceFile("deno.jsonc", data))
    assert [(k, document.nodes[k].version) for k in list(document.nodes)[1:]] == [
        ("pkg:jsr/%40team/left", None), ("pkg:npm/wide@4.2.3", "4.2.3"), ("pkg:npm/%40team/old@0.9.0", "0.9.0"),
    ]  # fmt: skip
    assert [i.path for i in document.includes] == ["import_map.json"]


def test_a_key_without_a_version_is_a_problem() -> None:
    document = read({"version": "5", "npm": {"a@1.0.0_b@2.0.0": {}, "none": {}}})
    assert [(p.name, p.version) for p in document.nodes.values()] == [("a", "1.0.0"), ("none", None)]
    assert [p.at for p in document.problems] == [("npm", "none")]
