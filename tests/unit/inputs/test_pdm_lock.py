"""pdm.lock, old and new."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.python.pdm_lock import FORMAT
from depscan.model.document import Document, Edge
from depscan.model.package import Package
from depscan.text.source import SourceFile

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "pdm-lock")

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
COMMIT = "c" * 40


def read(kind: str) -> bytes:
    with open(os.path.join(SAMPLES, kind, "pdm.lock"), "rb") as stream:
        return stream.read()


def parse(data: bytes | str) -> Document:
    made = data.encode() if isinstance(data, str) else data
    return FORMAT.parse(SourceFile("pdm.lock", made))


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
    source = SourceFile("pdm.lock", read("good"))
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
    assert caught.value.line == 8
    assert caught.value.path == "pdm.lock"


def test_packages_versions_and_sources(good: Document) -> None:
    assert [(p.name, p.version, p.source) for p in good.nodes.values()] == [
        ("alpha", "1.2.0", "registry"),
        ("beta", "1.1", "registry"),
        ("gamma", "2.0", "registry"),
        ("delta-kit", "0.3", "git"),
        ("epsilon", "3.0", "url"),
        ("zeta", "0.1", "local"),
    ]
    assert good.problems == []
    assert package(good, "delta-kit").commit == COMMIT
    assert package(good, "alpha").hashes == (A, B)
    assert package(good, "alpha").files[1].url == "https://files.example/alpha-1.2.0.tar.gz"


def test_dependencies_keep_extras_constraint_and_marker(good: Document) -> None:
    assert [(good.nodes[e.child].name, e.requested, e.marker) for e in edges(good, "alpha")] == [
        ("beta", "[fast]<2,>=1.0", ""),
        ("gamma", "", 'python_version < "3.8"'),
        ("delta-kit", "@ git+https://repo.example/delta.git@main", 'sys_platform == "linux"'),
    ]


def test_an_extras_entry_adds_to_its_package_and_does_not_ask_for_itself(good: Document) -> None:
    assert [(good.nodes[e.child].name, e.requested) for e in edges(good, "beta")] == [("gamma", ">=2")]


OLD = """[[package]]
name = "a"
version = "1"
sections = ["default"]
{}

[metadata]
lock_version = "{}"
[metadata.files]
"A 1" = [{{file = "a-1.tar.gz", hash = "sha256:00"}}]
"""


def test_files_stand_in_the_metadata_of_old_locks() -> None:
    assert package(parse(OLD.format("", "3.1")), "a").hashes == ("sha256:00",)


def test_dependencies_may_be_a_table_in_the_oldest_locks() -> None:
    wants = '[package.dependencies]\na = "*"\nb = {version = ">=1", extras = ["x"], marker = "os_name == \'nt\'"}\n'
    document = parse(OLD.format(wants + '[[package]]\nname = "B"\nversion = "2"', "1"))
    assert [(document.nodes[e.child].name, e.requested, e.marker) for e in document.edges] == [
        ("b", "[x]>=1", "os_name == 'nt'")
    ]


def test_an_editable_requirement_means_its_egg() -> None:
    document = parse(
        OLD.format(
            'dependencies = ["-e file:///${PROJECT_ROOT}/b#egg=B_c"]\n[[package]]\nname = "b-c"\npath = "./b"', "4.4"
        )
    )
    assert [document.nodes[e.child].source for e in document.edges] == ["local"]
    assert document.problems == []


def test_what_is_missing_or_unreadable_is_a_problem_at_its_line() -> None:
    text = OLD.format('dependencies = [\n  "gone>=1",\n  "!?",\n]', "4.4")
    document = parse(text)
    source = SourceFile("pdm.lock", text.encode())
    assert [(p.message, FORMAT.locate(source, p.at)) for p in document.problems] == [
        ("dependency gone is not in the lock", 6),
        ("cannot read the dependency '!?'", 5),
    ]


@pytest.mark.parametrize("version", ["5.0", "x", "99999"])
def test_an_unknown_lock_version_is_a_problem(version: str) -> None:
    assert version in parse(OLD.format("", version)).problems[0].message


def test_a_lock_without_metadata_is_cut_off_or_no_lock() -> None:
    assert "cut off" in parse('[[package]]\nname = "a"\n').problems[0].message
    with pytest.raises(InputError, match=r"not a pdm\.lock"):
        parse("")


def test_wrong_types_are_problems_and_the_rest_is_kept() -> None:
    document = parse(OLD.format('[[package]]\nname = 1\n[[package]]\nname = "b"\ndependencies = [1]', "4.4"))
    assert [p.name for p in document.nodes.values()] == ["a", "b"]
    assert len(document.problems) == 2


def test_a_top_level_value_of_the_wrong_type_is_an_error_with_its_line() -> None:
    with pytest.raises(InputError, match="metadata should") as caught:
        parse("\nmetadata = 1\n")
    assert caught.value.line == 2
