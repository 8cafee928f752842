"""bun.lock: paths of the tree, workspaces and kinds of resolution."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import InputError
from depscan.inputs.javascript.bun_lock import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

GOOD = Path(__file__).resolve().parents[2] / "samples/bun-lock/good/bun.lock"


def good() -> Document:
    return parse(SourceFile("bun.lock", GOOD.read_bytes()))


def test_a_member_gets_its_own_copy_and_others_the_shared_one() -> None:
    assert {(e.parent, e.child, e.label) for e in good().edges if "wide" in e.child} == {
        ("pkg:npm/member@0.1.0", "pkg:npm/wide@4.2.3", "dev"),
        ("pkg:npm/left@1.2.0", "pkg:npm/wide@5.0.1", "prod"),
    }


def test_the_index_and_the_hash_are_kept() -> None:
    wide = good().nodes["pkg:npm/wide@5.0.1"]
    assert (wide.registry, wide.hashes) == ("https://index.example/", ("sha512-EEEE",))


def test_git_and_workspace_packages_are_no_registry_packages() -> None:
    nodes = good().nodes
    assert (nodes["pkg:npm/tool"].source, nodes["pkg:npm/member@0.1.0"].source) == ("git", "local")


def test_an_optional_peer_that_nobody_installed_is_no_problem() -> None:
    assert good().problems == []


@pytest.mark.parametrize("text", ["{}", "[]", '{"lockfileVersion":1,"packages":{"a":[]}}', '{"lockfileVersion":1'])
def test_what_is_no_lock_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse(SourceFile("bun.lock", text.encode()))


def read(packages: str) -> Document:
    return parse(SourceFile("bun.lock", f'{{"lockfileVersion": 1, "packages": {{{packages}}}}}'.encode()))


@pytest.mark.parametrize("path", ["./a-1.0.0.tgz", "../a.tgz", "/srv/a.tgz", "./a#b.tgz", "a.tgz", "file:lib/a"])
def test_a_tarball_or_folder_on_disk_is_local(path: str) -> None:
    (package,) = read(f'"x": ["@s/a@{path}", {{}}, "sha512-AA=="]').nodes.values()
    assert (package.name, package.version, package.source) == ("@s/a", None, "local")
    assert package.hashes == ("sha512-AA==",)


def test_a_row_that_cannot_be_read_is_a_problem_and_the_rest_is_kept() -> None:
    document = read('"a": ["a@1.0.0", "", {}, "sha512-AA=="], "b": [1, "", {}, ""], "c": "d"')
    assert [(p.name, p.version) for p in document.nodes.values()] == [("a", "1.0.0")]
    assert [p.at for p in document.problems] == [("packages", "b"), ("packages", "c")]
