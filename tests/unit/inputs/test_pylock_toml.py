"""pylock.toml (PEP 751)."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.python.pylock_toml import FORMAT
from depscan.model.document import Document, Edge
from depscan.model.package import Package
from depscan.text.source import SourceFile

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "pylock")

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
COMMIT = "c" * 40


def read(kind: str) -> bytes:
    with open(os.path.join(SAMPLES, kind, "pylock.toml"), "rb") as stream:
        return stream.read()


def parse(data: bytes | str) -> Document:
    made = data.encode() if isinstance(data, str) else data
    return FORMAT.parse(SourceFile("pylock.toml", made))


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
    source = SourceFile("pylock.toml", read("good"))
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
    assert caught.value.line == 6
    assert caught.value.path == "pylock.toml"


def test_packages_versions_and_sources(good: Document) -> None:
    assert [(p.name, p.version, p.source) for p in good.nodes.values()] == [
        ("alpha-kit", "1.2.0", "registry"),
        ("beta", "0.1", "registry"),
        ("gamma", "1.0", "registry"),
        ("gamma", "2.0", "registry"),
        ("delta", None, "git"),
        ("epsilon", "3.0", "url"),
        ("zeta", None, "local"),
        ("eta", "1", "local"),
    ]
    assert good.lock
    assert good.hashed
    assert good.problems == []
    assert package(good, "delta").commit == COMMIT
    assert package(good, "alpha-kit").raw_name == "Alpha.Kit"
    assert package(good, "alpha-kit").registry == "https://index.example/simple"


def test_upload_times_are_rfc_3339_texts_and_utc_without_a_zone(good: Document) -> None:
    assert [f.upload_time for f in package(good, "alpha-kit").files] == [
        "2025-02-03T04:05:06Z",
        "2025-02-03T06:05:06.500000+02:00",
    ]
    assert package(good, "beta").files[0].upload_time == "2025-02-03T04:05:06Z"


def test_a_file_shows_its_sha256_and_the_package_every_hash(good: Document) -> None:
    assert [(f.hash, f.size) for f in package(good, "alpha-kit").files] == [(A, 120), (B, 100)]
    assert package(good, "alpha-kit").hashes == ("md5:00", A, B)
    assert package(good, "gamma", "2.0").files[0].hash == "blake2b:" + "a" * 64
    assert package(good, "beta").files[0].url == "wheels/beta-0.1-py3-none-any.whl"


def test_an_edge_means_the_fork_its_table_describes_and_carries_that_marker(good: Document) -> None:
    assert [(good.nodes[e.child].version, e.marker) for e in edges(good, "alpha-kit")] == [
        ("0.1", "sys_platform == 'win32' and 'socks' in extras"),
        ("2.0", "python_version >= '3.12'"),
    ]


LOCK = 'lock-version = "1.0"\ncreated-by = "x"\n'


def test_a_later_major_version_is_a_problem_and_the_rest_is_read() -> None:
    document = parse('lock-version = "2.0"\n[[packages]]\nname = "a"\n')
    assert "lock-version 2.0" in document.problems[0].message
    assert list(document.nodes) == ["pkg:pypi/a"]


def test_no_lock_version_is_no_pylock() -> None:
    with pytest.raises(InputError, match="lock-version"):
        parse('[[packages]]\nname = "a"\n')


def test_a_lock_that_ends_before_its_packages_is_not_read_as_empty() -> None:
    assert "cut off" in parse(LOCK).problems[0].message
    assert parse(LOCK + "packages = []\n").problems == []


def test_a_row_of_wrong_types_is_a_problem_at_its_line() -> None:
    text = (
        LOCK
        + '[[packages]]\nname = 1\n[[packages]]\nname = "b"\nwheels = [{upload-time = "soon"}]\n'
        + '[[packages]]\nname = "c"\n'
    )
    document = parse(text)
    assert [p.name for p in document.nodes.values()] == ["c"]
    source = SourceFile("pylock.toml", text.encode())
    assert [FORMAT.locate(source, p.at) for p in document.problems] == [4, 6]


def test_a_dependency_that_fits_no_package_is_a_problem() -> None:
    document = parse(
        LOCK + '[[packages]]\nname = "a"\nversion = "1"\ndependencies = [{name = "b"}, {name = "a", version = "2"}]\n'
    )
    assert [p.message for p in document.problems] == [
        "dependency b is not in the lock",
        "dependency a is not in the lock",
    ]


def test_a_top_level_value_of_the_wrong_type_is_an_error_with_its_line() -> None:
    with pytest.raises(InputError, match="packages should") as caught:
        parse('lock-version = "1.0"\n\npackages = 3\n')
    assert caught.value.line == 3
