"""poetry.lock, old and new."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.python.poetry_lock import FORMAT
from depscan.model.document import Document, Edge
from depscan.model.package import Package
from depscan.text.source import SourceFile

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "poetry-lock")

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
COMMIT = "c" * 40


def read(kind: str) -> bytes:
    with open(os.path.join(SAMPLES, kind, "poetry.lock"), "rb") as stream:
        return stream.read()


def parse(data: bytes | str) -> Document:
    made = data.encode() if isinstance(data, str) else data
    return FORMAT.parse(SourceFile("poetry.lock", made))


def package(document: Document, name: str, version: str | None = None) -> Package:
    return next(p for p in document.nodes.values() if p.name == name and version in (None, p.version))


def edges(document: Document, parent: str) -> list[Edge]:
    return [e for e in document.edges if document.nodes[e.parent].name == parent]


@pytest.fixture(scope="module")
def good() -> Document:
    return parse(read("good"))


def test_byte_order_mark_line_ends_and_last_newline_change_nothing(good: Document) -> None:
    data = read("good")
    for other in (b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), data.rstrip(b"\n")):
        again = parse(other)
        assert (again.nodes, again.edges, again.problems) == (good.nodes, good.edges, good.problems)


def test_every_place_holds_the_name_of_what_it_stands_for(good: Document) -> None:
    source = SourceFile("poetry.lock", read("good"))
    for key, route in good.at.items():
        if good.nodes[key].ecosystem == "PyPI":
            shown = source.line(FORMAT.locate(source, route))
            assert (good.nodes[key].raw_name or good.nodes[key].name).partition("[")[0] in shown
    for edge in good.edges:
        shown = source.line(FORMAT.locate(source, edge.at)).lower().replace("_", "-").replace(".", "-")
        assert good.nodes[edge.child].name.partition("[")[0] in shown


def test_a_broken_file_is_an_error_with_its_line() -> None:
    with pytest.raises(InputError) as caught:
        parse(read("broken"))
    assert caught.value.line == 3
    assert caught.value.path == "poetry.lock"


def test_packages_versions_and_sources(good: Document) -> None:
    assert [(p.name, p.version, p.source) for p in good.nodes.values()] == [
        ("alpha", "1.2.0", "registry"),
        ("beta", "1.1", "registry"),
        ("gamma", "1.9", "registry"),
        ("gamma", "2.4", "registry"),
        ("delta-kit", "0.3.dev0", "git"),
        ("epsilon", "4.1", "url"),
        ("zeta", "0.0.0", "local"),
    ]
    assert package(good, "delta-kit").commit == COMMIT
    assert package(good, "gamma", "2.4").registry == "https://index.example/simple"
    assert package(good, "alpha").hashes == (A, B)
    assert package(good, "alpha").files[1].url == "alpha-1.2.0.tar.gz"


def test_a_dependency_means_only_the_forks_its_constraint_allows(good: Document) -> None:
    found = [(good.nodes[e.child].version, e.requested, e.label) for e in edges(good, "alpha")]
    assert found == [
        ("1.1", "[fast]>=1.0", "prod"),
        ("1.9", "<2", "prod"),
        ("2.4", "^2.0", "prod"),
        ("0.3.dev0", "*", "prod"),
        ("4.1", ">=3 || >4", "optional"),
    ]
    assert edges(good, "alpha")[1].marker == 'python_version < "3.12"'


def test_the_merge_conflict_is_named() -> None:
    with pytest.raises(InputError, match="merge-conflict"):
        parse(read("broken"))


def test_an_optional_dependency_may_be_missing_and_another_may_not(good: Document) -> None:
    assert good.problems == []
    row = '[[package]]\nname = "a"\nversion = "1"\n[package.dependencies]\nsetuptools = "*"\n'
    row += 'b = {version = "*", markers = "x"}\n'
    assert parse(row + NEW).problems == []
    assert [p.message for p in parse(row + 'c = ">1"\n' + NEW).problems] == ["dependency c is not in the lock"]


NEW = '[metadata]\nlock-version = "2.0"\n'
FORKS = "".join(f'[[package]]\nname = "A_b"\nversion = "{v}"\ncategory = "main"\n' for v in ("1.0", "1.0.1"))


def test_files_of_forks_are_told_apart_in_the_old_shape() -> None:
    old = '[metadata]\nlock-version = "1.1"\n[metadata.files]\nA_b = [{file = "A_b-1.0.tar.gz", hash = "sha256:1"},'
    old += '{file = "A_b-1.0.1-py3-none-any.whl", hash = "sha256:2"}]\n'
    assert [p.hashes for p in parse(FORKS + old).nodes.values()] == [("sha256:1",), ("sha256:2",)]


def test_the_oldest_shape_holds_bare_sha256_texts() -> None:
    document = parse('[[package]]\nname = "a"\nversion = "1"\n[metadata]\n[metadata.hashes]\na = ["00ff"]\n')
    assert package(document, "a").hashes == ("sha256:00ff",)


def test_four_urls_of_one_version_are_four_nodes() -> None:
    row = (
        '[[package]]\nname = "a"\nversion = "1"\n[package.source]\ntype = "url"\nurl = "https://files.example/{}.whl"\n'
    )
    document = parse("".join(row.format(i) for i in range(4)) + NEW)
    assert len(document.nodes) == 4


def test_packages_without_metadata_are_kept_but_said_to_be_cut_off() -> None:
    document = parse('[[package]]\nname = "a"\nversion = "1"\n')
    assert len(document.nodes) == 1
    assert "cut off" in document.problems[0].message


def test_nothing_at_all_is_no_poetry_lock() -> None:
    with pytest.raises(InputError, match="not a poetry"):
        parse("")


def test_an_empty_project_is_no_problem() -> None:
    document = parse("package = []\n" + NEW)
    assert (document.nodes, document.problems) == ({}, [])


def test_a_later_lock_version_is_a_problem() -> None:
    assert "3.0" in parse('[metadata]\nlock-version = "3.0"\n').problems[0].message


def test_wrong_types_are_problems_and_the_rest_is_kept() -> None:
    document = parse(
        '[[package]]\nname = []\n[[package]]\nname = "b"\nversion = "1"\n[package.dependencies]\nc = 3\n' + NEW
    )
    assert [p.name for p in document.nodes.values()] == ["b"]
    assert len(document.problems) == 2


@pytest.mark.parametrize(
    ("constraint", "fitting"),
    [
        ("^1.2", ["1.2", "1.9"]),
        ("~1.2", ["1.2"]),
        ("^0.3", ["0.3.5"]),
        ("<1 || >=2", ["0.3.5", "2.0"]),
        (">= 1.2 , <2", ["1.2", "1.9"]),
        ("1.9", ["1.9"]),
        ("2.*", ["2.0"]),
        ("*", ["0.3.5", "1.2", "1.9", "2.0"]),
        ("nonsense", ["0.3.5", "1.2", "1.9", "2.0"]),
        (">9", ["0.3.5", "1.2", "1.9", "2.0"]),
    ],
)
def test_constraints_choose_among_forks(constraint: str, fitting: list[str]) -> None:
    rows = "".join(f'[[package]]\nname = "b"\nversion = "{v}"\n' for v in ("0.3.5", "1.2", "1.9", "2.0"))
    asks = f'[[package]]\nname = "a"\nversion = "1"\n[package.dependencies]\nb = "{constraint}"\n'
    document = parse(rows + asks + NEW)
    assert [document.nodes[e.child].version for e in document.edges] == fitting


def test_a_top_level_value_of_the_wrong_type_is_an_error_with_its_line() -> None:
    with pytest.raises(InputError, match="package should") as caught:
        parse("\npackage = [1]\n")
    assert caught.value.line == 2
