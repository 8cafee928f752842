"""uv.lock."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.python.uv_lock import FORMAT
from depscan.model.document import Document, Edge
from depscan.model.package import Package
from depscan.text.source import SourceFile

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "uv-lock")

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
COMMIT = "c" * 40
LOCK = "version = 1\n"


def read(kind: str) -> bytes:
    with open(os.path.join(SAMPLES, kind, "uv.lock"), "rb") as stream:
        return stream.read()


def parse(data: bytes | str) -> Document:
    made = data.encode() if isinstance(data, str) else data
    return FORMAT.parse(SourceFile("uv.lock", made))


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
    source = SourceFile("uv.lock", read("good"))
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
    assert caught.value.line == 7
    assert caught.value.path == "uv.lock"


def test_packages_versions_and_sources(good: Document) -> None:
    assert [(p.name, p.version, p.source) for p in good.nodes.values()] == [
        ("alpha", "1.2.0", "registry"),
        ("alpha-beta", "0.1", "url"),
        ("app", "0.0.1", "local"),
        ("beta", "1.1", "registry"),
        ("delta-kit", "0.3", "git"),
        ("gamma", "1.9", "registry"),
        ("gamma", "2.4", "registry"),
        ("library", None, "local"),
        ("torchlike", "2.0", "registry"),
        ("torchlike", "2.0", "registry"),
        ("vendored", "1", "local"),
    ]
    assert good.root == "pkg:pypi/app@0.0.1"
    assert good.problems == []
    assert package(good, "delta-kit").commit == COMMIT


def test_files_carry_hash_size_and_upload_time_as_text(good: Document) -> None:
    sdist, wheel = package(good, "alpha").files
    assert (sdist.hash, sdist.size, sdist.upload_time) == (A, 120, "2025-02-03T04:05:06.789Z")
    assert (wheel.hash, wheel.size, wheel.upload_time) == (B, 100, "2025-02-03T04:05:06Z")
    assert package(good, "beta").files[0].url == "beta-1.1-py3-none-any.whl"


def test_a_fork_is_chosen_by_version_and_by_source(good: Document) -> None:
    found = [(e.label, good.nodes[e.child].version, good.nodes[e.child].registry) for e in edges(good, "app")]
    assert found[1:3] == [
        ("prod", "1.9", "https://index.example/simple"),
        ("prod", "2.4", "https://index.example/simple"),
    ]
    assert found[4:6] == [
        ("extra:cpu", "2.0", "https://index.example/simple"),
        ("extra:gpu", "2.0", "https://gpu.example/simple"),
    ]


def test_each_fork_shows_the_constraint_it_answers(good: Document) -> None:
    assert [(good.nodes[e.child].name, e.requested, e.label) for e in edges(good, "app")] == [
        ("alpha", "[fast]>=1,<2", "prod"),
        ("gamma", "<2", "prod"),
        ("gamma", ">=2.1", "prod"),
        ("library", "@ library", "prod"),
        ("torchlike", "==2.0", "extra:cpu"),
        ("torchlike", ">=2.0", "extra:gpu"),
        ("beta", ">=1.1", "group:test"),
    ]


def test_markers_of_platforms_and_conflicting_extras_are_kept(good: Document) -> None:
    assert edges(good, "alpha")[1].marker == "sys_platform == 'win32'"
    assert edges(good, "app")[4].marker == "extra == 'extra-3-app-cpu'"
    assert [(e.label, good.nodes[e.child].name) for e in edges(good, "alpha")][2] == ("extra:fast", "delta-kit")


def test_constraints_overrides_and_build_constraints_are_not_packages(good: Document) -> None:
    assert {"never", "build-tool"}.isdisjoint(p.name for p in good.nodes.values())


def test_the_place_of_a_dependency_is_its_own_line_not_that_of_a_longer_name(good: Document) -> None:
    source = SourceFile("uv.lock", read("good"))
    beta = edges(good, "alpha")[1]
    assert source.line(FORMAT.locate(source, beta.at)).strip().startswith('{ name = "beta"')


def test_a_missing_dependency_is_a_problem_at_its_line() -> None:
    text = LOCK + '[[package]]\nname = "a"\nversion = "1"\ndependencies = [\n  { name = "gone" },\n]\n'
    document = parse(text)
    assert document.problems[0].message == "dependency gone is not in the lock"
    assert FORMAT.locate(SourceFile("uv.lock", text.encode()), document.problems[0].at) == 6


def test_a_version_that_is_not_held_is_missing_too() -> None:
    document = parse(LOCK + '[[package]]\nname = "a"\nversion = "1"\ndependencies = [{ name = "a", version = "2" }]\n')
    assert len(document.problems) == 1


@pytest.mark.parametrize("version", ["2", "0x" + "f" * 6000])
def test_a_later_lock_version_is_a_problem_and_the_rest_is_read(version: str) -> None:
    document = parse(f'version = {version}\n[[package]]\nname = "a"\n')
    assert "is newer than 1" in document.problems[0].message
    assert list(document.nodes) == ["pkg:pypi/a"]


@pytest.mark.parametrize("text", ["", "[[package]]\nname = 'a'\n", "version = '1'\n", "version = true\n"])
def test_no_version_of_the_format_is_no_uv_lock(text: str) -> None:
    with pytest.raises(InputError, match=r"not a uv\.lock"):
        parse(text)


def test_a_script_is_the_root_of_its_lock() -> None:
    text = (
        LOCK
        + '[manifest]\nrequirements = [{ name = "a", specifier = ">=1" }]\n[[package]]\nname = "a"\nversion = "1"\n'
    )
    document = FORMAT.parse(SourceFile("tool.py.lock", text.encode()))
    assert document.nodes[document.root].name == "tool.py"
    assert [(e.parent, e.child, e.requested) for e in document.edges] == [(document.root, "pkg:pypi/a@1", ">=1")]


@pytest.mark.parametrize(
    "row",
    [
        "name = 1",
        'name = ""',
        'version = "1"',
        'name = "a"\nsource = 1',
        'name = "a"\nwheels = [{upload-time = 2025-01-01}]',
        'name = "a"\nwheels = [{upload-time = "yesterday"}]',
        'name = "a"\ndependencies = [1]',
        'name = "a"\nmetadata = 1',
    ],
)
def test_a_row_of_wrong_types_is_a_problem_and_the_rest_is_kept(row: str) -> None:
    document = parse(f'{LOCK}[[package]]\n{row}\n[[package]]\nname = "kept"\n')
    assert len(document.problems) == 1
    assert "kept" in {p.name for p in document.nodes.values()}


def test_a_name_held_by_the_thousand_stays_cheap_and_is_said() -> None:
    rows = "".join(f'[[package]]\nname = "a"\nversion = "{i}"\ndependencies = [{{name = "a"}}]\n' for i in range(1500))
    document = parse(LOCK + rows)
    assert len(document.edges) == 1500 * 100
    assert "more than 100 times" in document.problems[0].message


def test_a_top_level_value_of_the_wrong_type_is_an_error_with_its_line() -> None:
    with pytest.raises(InputError, match="package should") as caught:
        parse("version = 1\n\npackage = 1\n")
    assert caught.value.line == 3
