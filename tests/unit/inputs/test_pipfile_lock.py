"""Pipfile.lock."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.python.pipfile_lock import FORMAT
from depscan.model.document import Document, Edge
from depscan.model.package import Package
from depscan.text.source import SourceFile

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "pipfile-lock")

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
COMMIT = "c" * 40


def read(kind: str) -> bytes:
    with open(os.path.join(SAMPLES, kind, "Pipfile.lock"), "rb") as stream:
        return stream.read()


def parse(data: bytes | str) -> Document:
    made = data.encode() if isinstance(data, str) else data
    return FORMAT.parse(SourceFile("Pipfile.lock", made))


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
    source = SourceFile("Pipfile.lock", read("good"))
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
    assert caught.value.line == 9
    assert caught.value.path == "Pipfile.lock"


def test_packages_versions_and_sources(good: Document) -> None:
    assert [(p.name, p.version, p.source) for p in good.nodes.values() if p.ecosystem == "PyPI"] == [
        ("alpha", "1.2.0", "registry"),
        ("beta", "0.1", "registry"),
        ("delta-kit", None, "git"),
        ("e1839a8", None, "local"),
        ("epsilon", None, "url"),
        ("gamma", "2.0", "registry"),
        ("eta", "1.0.post1", "registry"),
        ("theta", None, "registry"),
    ]
    assert package(good, "delta-kit").commit == COMMIT
    assert package(good, "alpha").hashes == (A, B)
    assert good.lock
    assert good.problems == []


def test_the_file_asks_for_everything_under_the_label_of_its_category(good: Document) -> None:
    found = [(good.nodes[e.child].name, e.label, e.requested, e.marker) for e in good.edges if e.parent == good.root]
    assert found == [
        ("alpha", "prod", "[fast]==1.2.0", "python_version >= '3.9'"),
        ("beta", "prod", "==0.1", ""),
        ("delta-kit", "prod", f"@ https://repo.example/delta.git@{COMMIT}", ""),
        ("e1839a8", "prod", "@ ./libs/zeta", ""),
        ("epsilon", "prod", "@ https://files.example/epsilon-3.0.zip", ""),
        ("alpha", "dev", "==1.2.0", ""),
        ("gamma", "dev", "==2.0", ""),
        ("eta", "group:docs", "==1.0.post1", ""),
        ("theta", "group:docs", "*", ""),
    ]


def test_the_index_of_a_package_is_the_source_it_names_or_the_first(good: Document) -> None:
    assert package(good, "beta").registry == "https://***@private.example/simple"
    assert package(good, "alpha").registry == "https://index.example/simple"
    assert package(good, "delta-kit").registry == ""
    assert [(use.role, use.names) for use in good.indexes] == [
        ("index", ()),
        ("extra", ("beta",)),
        ("trusted-host", ()),
    ]


def test_an_unknown_index_is_a_problem() -> None:
    document = parse('{"_meta": {}, "default": {"a": {"version": "==1", "index": "x"}}}')
    assert "index x of a" in document.problems[0].message
    assert len(document.nodes) == 2


def test_a_later_version_of_the_format_is_a_problem() -> None:
    assert "pipfile-spec" in parse('{"_meta": {"pipfile-spec": 7}, "default": {}}').problems[0].message


@pytest.mark.parametrize("text", ["{}", "[]", "1", '"x"', "null"])
def test_other_json_is_no_pipfile_lock(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)


def test_wrong_types_are_problems_and_the_rest_is_kept() -> None:
    document = parse(
        '{"_meta": {"sources": [{}]}, "default": {"a": 1, "b": {"hashes": 2}, "c": "==1", "": {}}, "develop": [1]}'
    )
    assert [p.name for p in document.nodes.values() if p.ecosystem == "PyPI"] == ["c"]
    assert [p.at for p in document.problems] == [
        ("_meta",),
        ("default", "a"),
        ("default", "b"),
        ("default", ""),
        ("develop",),
    ]


def test_a_repeated_package_is_refused() -> None:
    with pytest.raises(InputError, match="duplicate key"):
        parse('{"_meta": {}, "default": {"a": "==1", "a": "==2"}}')
