"""Cargo.lock: every version of the format."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.rust.cargo_lock import FORMAT, parse
from depscan.model.document import Document
from depscan.text.source import SourceFile, read_source

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REGISTRY = "registry+https://index.example/crates"


def read(text: str) -> Document:
    return parse(SourceFile("Cargo.lock", text.encode()))


def row(name: str, version: str, source: str = "", *wants: str) -> str:
    origin = f'source = "{source}"\n' if source else ""
    listed = ", ".join(f'"{w}"' for w in wants)
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\n{origin}dependencies = [{listed}]\n\n'


def edges(document: Document) -> set[tuple[str, str]]:
    return {(e.parent.removeprefix("pkg:cargo/"), e.child.removeprefix("pkg:cargo/")) for e in document.edges}


def test_a_crate_without_a_source_is_local_and_the_only_unasked_one_is_the_root() -> None:
    document = read(row("top", "1.0.0", "", "inner") + row("inner", "1.0.0"))
    assert document.root == "pkg:cargo/top@1.0.0"
    assert {p.source for p in document.nodes.values()} == {"local"}


def test_a_workspace_of_several_members_has_no_single_root() -> None:
    assert read(row("a", "1.0.0") + row("b", "1.0.0")).root == ""


def test_a_dependency_is_named_as_short_as_is_unambiguous() -> None:
    git = f"git+https://repo.example/x?branch=main#{COMMIT}"
    text = row("a", "1.0.0", "", "x 1.0.0", "y") + row("b", "1.0.0", "", f"x 2.0.0 ({REGISTRY})", f"x 2.0.0 ({git})")
    text += (
        row("x", "1.0.0", REGISTRY) + row("x", "2.0.0", REGISTRY) + row("x", "2.0.0", git) + row("y", "3.0.0", REGISTRY)
    )
    document = read(text)
    assert ("a@1.0.0", "x@1.0.0") in edges(document)
    assert ("a@1.0.0", "y@3.0.0") in edges(document)
    children = [document.nodes[e.child] for e in document.edges if e.parent == "pkg:cargo/b@1.0.0"]
    assert sorted(p.source for p in children) == ["git", "registry"]
    assert next(p for p in children if p.source == "git").commit == COMMIT


def test_the_same_version_from_two_registries_is_two_nodes() -> None:
    document = read(row("x", "1.0.0", REGISTRY) + row("x", "1.0.0", "sparse+https://other.example/index/"))
    assert [p.registry for p in document.nodes.values()] == [
        "https://index.example/crates",
        "https://other.example/index/",
    ]


def test_the_old_form_keeps_root_and_checksums_in_tables_of_their_own() -> None:
    text = (
        f'[root]\nname = "top"\nversion = "0.1.0"\ndependencies = ["x 1.0.0 ({REGISTRY})"]\n\n'
        f'[[package]]\nname = "x"\nversion = "1.0.0"\nsource = "{REGISTRY}"\n\n'
        f'[metadata]\n"checksum x 1.0.0 ({REGISTRY})" = "abcd"\n'
    )
    document = read(text)
    assert document.root == "pkg:cargo/top@0.1.0"
    assert document.nodes["pkg:cargo/x@1.0.0"].hashes == ("sha256:abcd",)
    assert edges(document) == {("top@0.1.0", "x@1.0.0")}


def test_a_dependency_that_is_not_locked_is_a_problem_at_its_line() -> None:
    source = SourceFile("Cargo.lock", row("a", "1.0.0", "", "ghost 2.0.0").encode())
    problem = parse(source).problems[0]
    assert "ghost 2.0.0" in problem.message
    assert "ghost" in source.line(FORMAT.locate(source, problem.at))


def test_an_unknown_version_of_the_format_is_read_and_reported() -> None:
    document = read("version = 9\n" + row("a", "1.0.0"))
    assert list(document.nodes) == ["pkg:cargo/a@1.0.0"]
    assert "version 9" in document.problems[0].message


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = row("a", "1.0.0", "", "x") + row("x", "1.0.0", REGISTRY)
    dressed = parse(SourceFile("Cargo.lock", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").rstrip().encode()))
    assert dressed.nodes == read(text).nodes
    assert edges(dressed) == edges(read(text))


def test_located_lines_hold_the_name() -> None:
    source = read_source(os.path.join(SAMPLES, "cargo-lock", "good", "Cargo.lock"))
    document = parse(source)
    for key, at in document.at.items():
        assert document.nodes[key].name in source.line(FORMAT.locate(source, at))
    for edge in document.edges:
        assert document.nodes[edge.child].name in source.line(FORMAT.locate(source, edge.at))


@pytest.mark.parametrize(
    "text",
    ["", "x = 1\n", "version = 3\npackage = 1\n", "[[package]]\nname = 1\n", '[[package]]\nname = "a"\n', "[[package"],
)
def test_what_is_no_cargo_lock_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)
