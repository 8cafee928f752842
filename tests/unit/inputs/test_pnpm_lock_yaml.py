"""pnpm-lock.yaml: every shape of key, peers stripped, importers as roots."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import InputError
from depscan.inputs.javascript._pnpm_key import Key, read_key, without_peers
from depscan.inputs.javascript.pnpm_lock_yaml import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples/pnpm-lock/good"


def read(text: str) -> Document:
    return parse(SourceFile("pnpm-lock.yaml", text.encode()))


@pytest.mark.parametrize(
    ("text", "major", "want"),
    [
        ("/name/1.0.0", 5, Key("name", "1.0.0")),
        ("/@scope/name/1.0.0_peer@2.0.0", 5, Key("@scope/name", "1.0.0")),
        ("/name/1.0.0_0a1b2c", 5, Key("name", "1.0.0")),
        ("registry.example/@scope/name/1.0.0", 5, Key("@scope/name", "1.0.0", "registry.example")),
        ("/@scope/name@1.0.0(peer@2.0.0(deep@3.0.0))(x@1.0.0)", 6, Key("@scope/name", "1.0.0")),
        ("registry.example/name@1.0.0", 6, Key("name", "1.0.0", "registry.example")),
        ("file:../folder(peer@1.0.0)", 6, Key("", "file:../folder")),
        ("@scope/name@1.0.0(peer@2.0.0)", 9, Key("@scope/name", "1.0.0")),
        ("name@file:(ws@8.0.0)", 9, Key("name", "file:")),
        ("name@https://files.example/a/b.tgz", 9, Key("name", "https://files.example/a/b.tgz")),
        ("", 9, Key("", "")),
    ],
)
def test_every_shape_of_key_is_read(text: str, major: int, want: Key) -> None:
    assert read_key(text, major) == want


def test_unbalanced_brackets_are_left_alone() -> None:
    assert without_peers("a@1)") == "a@1)"
    assert without_peers("a@1(b@2))") == "a@1(b@2))"


def test_version_9_has_importers_aliases_and_sources() -> None:
    document = read((SAMPLES / "pnpm-lock.yaml").read_text())
    assert document.root == "pkg:generic/pnpm-lock.yaml"
    roots = {(e.child, e.label) for e in document.edges if e.parent == document.root}
    assert roots == {
        ("pkg:npm/%40team/left@1.2.0", "prod"), ("pkg:npm/wide@4.2.3", "prod"), ("pkg:npm/tool@1.1.11", "dev"),
    }  # fmt: skip
    assert document.nodes["pkg:npm/forked@2.0.0"].commit == "0123456789abcdef0123456789abcdef01234567"
    assert document.nodes["pkg:npm/folder"].source == "local"
    assert document.problems == []


def test_version_5_without_importers_is_its_own_root() -> None:
    document = read((SAMPLES / "v5/pnpm-lock.yaml").read_text())
    assert {(e.child, e.requested) for e in document.edges if e.parent == document.root} == {
        ("pkg:npm/%40team/left@1.2.0", "^1.0.0"), ("pkg:npm/wide@4.2.3", "npm:wide@^4.0.0"),
        ("pkg:npm/mirrored@2.0.0", ""),
    }  # fmt: skip
    assert document.nodes["pkg:npm/mirrored@2.0.0"].registry == "https://registry.example/"
    assert ("pkg:npm/%40team/left@1.2.0", "pkg:npm/forked@2.0.0") in {(e.parent, e.child) for e in document.edges}


def test_several_documents_are_one_set_of_facts() -> None:
    one = "lockfileVersion: '9.0'\nimporters:\n  .:\n    configDependencies:\n      hook:\n        specifier: 1.0.0\n"
    one += "        version: 1.0.0\npackages:\n  hook@1.0.0: {resolution: {integrity: sha512-A}}\nsnapshots: {}\n"
    two = "lockfileVersion: '9.0'\npackages:\n  wide@1.10.0: {resolution: {integrity: sha512-B}}\n"
    document = read(f"---\n{one}---\n{two}")
    assert {"pkg:npm/hook@1.0.0", "pkg:npm/wide@1.10.0"} <= set(document.nodes)
    assert [(e.child, e.label) for e in document.edges] == [("pkg:npm/hook@1.0.0", "build")]


def test_a_dependency_that_the_lock_lacks_is_a_problem() -> None:
    text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: {specifier: '1', version: 1.0.0}\n"
    assert [p.message for p in read(text).problems] == ["dependency a@1.0.0 is not in the lock"]


def test_upload_times_are_kept() -> None:
    text = "lockfileVersion: 5.4\ntime:\n  /a/1.0.0: '2024-01-02T03:04:05.000Z'\n"
    document = read(text + "packages:\n  /a/1.0.0: {resolution: {integrity: sha512-A}}\n")
    assert document.nodes["pkg:npm/a@1.0.0"].files[0].upload_time == "2024-01-02T03:04:05.000Z"


@pytest.mark.parametrize("text", ["", "a: b\n", "[]\n", "lockfileVersion: '9.0'\npackages: []\n"])
def test_what_is_no_lock_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


def test_a_key_without_a_version_is_a_problem_and_the_rest_is_kept() -> None:
    document = read(
        "lockfileVersion: 5.3\ndependencies: {a: 1.0.0}\npackages:\n  /a/1.0.0:\n    dependencies: {b: 2.0.0}\n"
        "  files.example/b/2.0.0_a@1.0.0:\n  git.example/team/tool:\n    dependencies: {a: 1.0.0}\n  /c/d:\n  odd:\n"
    )
    assert [(p.name, p.version) for p in document.nodes.values()][:2] == [("a", "1.0.0"), ("b", "2.0.0")]
    assert len(document.nodes) == 3
    assert [p.at for p in document.problems if "names no version" in p.message] == [
        ("packages", "git.example/team/tool"),
        ("packages", "/c/d"),
        ("packages", "odd"),
    ]


def test_a_path_with_a_leading_dot_is_the_same_path() -> None:
    document = read(
        "lockfileVersion: 5.3\ndependencies: {a: file:./x/a.tgz}\npackages:\n"
        "  file:x/a.tgz: {resolution: {tarball: file:x/a.tgz}, name: a, version: 0.1.0}\n"
    )
    assert [e.child for e in document.edges] == ["pkg:npm/a@0.1.0"]
    assert document.problems == []
