"""Pipfile."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.python.pipfile import FORMAT
from depscan.model.document import Document, Edge
from depscan.model.package import Package
from depscan.text.source import SourceFile

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "pipfile")


def read(kind: str) -> bytes:
    with open(os.path.join(SAMPLES, kind, "Pipfile"), "rb") as stream:
        return stream.read()


def parse(data: bytes | str) -> Document:
    made = data.encode() if isinstance(data, str) else data
    return FORMAT.parse(SourceFile("Pipfile", made))


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
    source = SourceFile("Pipfile", read("good"))
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
    assert caught.value.path == "Pipfile"


def test_packages_and_their_pins(good: Document) -> None:
    assert [(p.name, p.version, p.source) for p in good.nodes.values() if p.ecosystem == "PyPI"] == [
        ("alpha", None, "registry"),
        ("beta-kit", "0.1", "registry"),
        ("delta", None, "git"),
        ("gamma[all]", None, "registry"),
        ("eta[all]", "1.0", "registry"),
        ("eta", "1.0", "registry"),
        ("epsilon", None, "url"),
        ("zeta", None, "local"),
        ("theta", None, "registry"),
        ("iota", None, "registry"),
        ("kappa", "1.0+local", "registry"),
        ("lambda", None, "registry"),
    ]
    assert not good.lock
    assert good.problems == []


def test_the_file_asks_for_each_with_label_constraint_and_marker(good: Document) -> None:
    found = {good.nodes[e.child].name: (e.label, e.requested, e.marker) for e in good.edges if e.parent == good.root}
    assert found["beta-kit"] == ("prod", "[fast]==0.1", "")
    assert found["delta"] == ("prod", "@ https://repo.example/delta.git@main", "")
    assert found["theta"] == ("prod", "==2.*", "python_version < '3.12' and sys_platform == 'win32'")
    assert found["kappa"] == ("dev", "===1.0+local", "")
    assert found["lambda"] == ("group:docs", ">=1,<2", "")
    assert "eta" not in found


def test_sources_are_indexes_and_one_without_tls_is_trusted(good: Document) -> None:
    assert package(good, "beta-kit").registry == "http://private.example/simple"
    assert [(use.role, use.names) for use in good.indexes] == [
        ("index", ()),
        ("extra", ("beta-kit",)),
        ("trusted-host", ()),
    ]


def test_a_branch_is_no_commit(good: Document) -> None:
    assert package(good, "delta").commit == ""


def test_nothing_asked_for_is_nothing() -> None:
    document = parse('[requires]\npython_version = "3"\n')
    assert document.edges == []
    assert document.problems == []


def test_wrong_types_are_problems_and_the_rest_is_kept() -> None:
    document = parse(
        'docs = 1\nsource = 2\n[packages]\na = 1\nb = {git = 1}\nc = "==1"\nd = {version = "==1", index = "gone"}\n'
    )
    assert [p.name for p in document.nodes.values() if p.ecosystem == "PyPI"] == ["c", "d"]
    assert len(document.problems) == 5


def test_what_is_no_name_or_version_is_a_problem() -> None:
    text = '[packages]\n_a = "==1"\nb = "==0 0"\nc = "=={{ v }}"\nd = "==1.*"\ne = ">=1"\n"f[g]" = "==1"\n'
    document = parse(text)
    assert [p.at for p in document.problems] == [("packages", "_a"), ("packages", "b"), ("packages", "c")]
    assert [p.version for p in document.nodes.values() if p.name in {"b", "c", "d", "e"}] == [None] * 4
