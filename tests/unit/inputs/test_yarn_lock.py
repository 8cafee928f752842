"""yarn.lock: classic syntax and berry YAML give the same facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import InputError
from depscan.inputs.javascript.yarn_lock import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples/yarn-lock/good"


def read(text: str) -> Document:
    return parse(SourceFile("yarn.lock", text.encode()))


def classic() -> Document:
    return read((SAMPLES / "yarn.lock").read_text())


def berry() -> Document:
    return read((SAMPLES / "berry/yarn.lock").read_text())


def test_classic_patterns_answer_requests_and_aliases() -> None:
    assert {(e.child, e.label) for e in classic().edges} == {
        ("pkg:npm/wide@5.0.1", "prod"), ("pkg:npm/wide@4.2.3", "prod"), ("pkg:npm/fast@3.1.0", "optional"),
    }  # fmt: skip


def test_the_fragment_is_the_hash_only_where_there_is_no_better_one() -> None:
    nodes = classic().nodes
    assert nodes["pkg:npm/fast@3.1.0"].hashes == ("sha1:89abcdef0123456789abcdef0123456789abcdef",)
    assert nodes["pkg:npm/%40team/left@1.2.0"].hashes == ("sha512-BBBB",)


def test_a_git_package_has_its_commit_in_both_kinds() -> None:
    for document in (classic(), berry()):
        assert document.nodes["pkg:npm/tool@0.3.0"].commit == "0123456789abcdef0123456789abcdef01234567"


def test_berry_versions_stay_text() -> None:
    assert "pkg:npm/left@1.10" in berry().nodes


def test_a_patched_package_is_the_package_that_was_patched() -> None:
    assert [k for k in berry().nodes if "fast" in k] == ["pkg:npm/fast@3.1.0"]


def test_the_workspace_is_the_root_and_its_requests_are_edges() -> None:
    document = berry()
    assert document.nodes[document.root].source == "local"
    assert ("pkg:npm/left@1.10", "prod") in {(e.child, e.label) for e in document.edges if e.parent == document.root}


def test_a_dependency_marked_optional_has_that_label() -> None:
    assert [e.label for e in berry().edges if e.child == "pkg:npm/fast@3.1.0"] == ["optional"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a@1:\n  version 1\n  version 2\n", 3),
        ("a@1:\n   version 1\n", 2),
        ("  version 1\n", 1),
        ("a@1:\n  resolved x\n", 1),
        ("what is this\n", 1),
        ("a@1:\n  version 1\n<<<<<<< HEAD\n", 3),
        ("__metadata:\n  version: 6\n'a@npm:1':\n  version: 1\n", 3),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.line == line


REV = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "resolved",
    [
        f"https://token@git.example/team/tool/tar.gz/{REV}",
        f"https://git.example/team/tool/repository/archive.tar.gz?ref={REV}",
        f"https://git.example/team/tool/get/{REV}.tar.gz",
        f"https://git.example/team/tool#{REV}",
        f"git+ssh://git@git.example/team/tool.git#{REV}",
    ],
)
def test_addresses_of_one_commit_are_git(resolved: str) -> None:
    (package,) = read(f'"a@team/tool":\n  version "1.0.0"\n  resolved "{resolved}"\n').nodes.values()
    assert (package.source, package.commit, package.hashes) == ("git", REV, ())


def test_a_tarball_with_its_hash_behind_it_is_no_commit() -> None:
    (package,) = read(f'a@1:\n  version "1.0.0"\n  resolved "https://files.example/x/a.tgz#{REV}"\n').nodes.values()
    assert (package.source, package.commit, package.hashes) == ("url", "", (f"sha1:{REV}",))


def test_the_request_gives_the_commit_that_the_resolved_address_leaves_out() -> None:
    text = f'"a@https://git.example/a.git#{REV}":\n  version "1.0.0"\n  resolved "git+ssh://git@git.example/a.git"\n'
    (package,) = read(text).nodes.values()
    assert package.commit == REV


@pytest.mark.parametrize(
    "text",
    [
        'a@1:\n  version "1.0.0"\n\nb@1:\n  resolved "https://files.example/b.tgz"\n',
        '__metadata:\n  version: 8\n"a@npm:1": {version: 1.0.0, resolution: "a@npm:1.0.0"}\n"b@npm:1": {version: 2}\n',
    ],
)
def test_an_entry_without_a_version_is_a_problem_and_the_rest_is_kept(text: str) -> None:
    document = read(text)
    assert [p.name for p in document.nodes.values() if p.version] == ["a"]
    assert len(document.problems) == 1
