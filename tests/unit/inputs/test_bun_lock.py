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
