"""conda-lock.yml and explicit conda lists."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.conda import conda_explicit
from depscan.inputs.conda._archive import read_archive
from depscan.inputs.conda.conda_lock_yml import FORMAT, parse
from depscan.model.document import Document
from depscan.text.source import SourceFile, read_source

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples")
GOOD = os.path.join(SAMPLES, "conda-lock", "good", "conda-lock.yml")


def read(text: str) -> Document:
    return parse(SourceFile("conda-lock.yml", text.encode()))


def test_a_version_is_a_text_even_where_yaml_sees_a_number() -> None:
    assert "pkg:conda/numpy@1.10" in parse(read_source(GOOD)).nodes


def test_builds_of_one_release_are_one_node_with_all_archives_and_hashes() -> None:
    numpy = parse(read_source(GOOD)).nodes["pkg:conda/numpy@1.10"]
    assert [f.url.split("/")[4] for f in numpy.files] == ["linux-64", "osx-arm64"]
    assert [h.partition(":")[0] for h in numpy.hashes] == ["sha256", "md5", "sha256"]
    assert numpy.registry == "https://channel.example/forge"


def test_edges_stay_inside_a_platform_and_leave_out_virtual_packages() -> None:
    document = parse(read_source(GOOD))
    assert [(e.parent, e.child, e.label) for e in document.edges] == [
        ("pkg:conda/numpy@1.10", "pkg:conda/python@3.12.7", "prod"),
        ("pkg:pypi/my-tool@2.0.0", "pkg:conda/numpy@1.10", "dev"),
    ]
    assert not document.problems


def test_a_pip_row_is_a_pypi_package_with_its_source() -> None:
    row = "version: 1\npackage:\n- {name: A.b, version: '1', manager: pip, platform: linux-64, url: %s}\n"
    registry = next(iter(read(row % "'https://files.example/a_b-1-py3-none-any.whl'").nodes.values()))
    assert (registry.ecosystem, registry.name, registry.source) == ("PyPI", "a-b", "registry")
    commit = "0123456789abcdef0123456789abcdef01234567"
    git = next(iter(read(row % f"'git+https://repo.example/a@{commit}#subdirectory=x'").nodes.values()))
    assert (git.source, git.commit) == ("git", commit)


def test_located_lines_hold_the_name() -> None:
    source = read_source(GOOD)
    document = parse(source)
    for key, at in document.at.items():
        package = document.nodes[key]
        assert (package.raw_name or package.name) in source.line(FORMAT.locate(source, at))
    for edge in document.edges:
        assert document.nodes[edge.child].name in source.line(FORMAT.locate(source, edge.at))


@pytest.mark.parametrize(
    "text",
    ["", "a: 1\n", "package: 3\n", "package:\n- 3\n", "package:\n- name: [x]\n", "package:\n- {name: x, url: {}}\n"],
)
def test_what_is_no_conda_lock_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://c.example/x/linux-64/a-b-1.0-h1_0.conda", ("a-b", "1.0", "h1_0", "https://c.example/x", "linux-64")),
        ("https://c.example/x/noarch/a-1!2.0-0.tar.bz2#abc", ("a", "1!2.0", "0", "https://c.example/x", "noarch")),
        ("a-1.0.conda", None),
        ("https://c.example/a-1.0-py3-none-any.whl", None),
    ],
)
def test_an_archive_is_named_by_its_file(url: str, expected: tuple[str, ...] | None) -> None:
    assert read_archive(url) == expected


def test_an_explicit_list_names_archive_channel_and_digest() -> None:
    source = read_source(os.path.join(SAMPLES, "conda-explicit", "good", "conda-linux-64.lock"))
    document = conda_explicit.parse(source)
    python = document.nodes["pkg:conda/python@3.12.7"]
    assert python.hashes[0].startswith("md5:")
    assert python.registry == "https://channel.example/forge"
    assert "python-3.12.7" in source.line(int(str(document.at["pkg:conda/python@3.12.7"])))


def test_a_line_of_an_explicit_list_that_is_no_archive_is_a_problem() -> None:
    document = conda_explicit.parse(SourceFile("spec-file.txt", b"@EXPLICIT\nhttps://c.example/x\n"))
    assert (document.problems[0].at, len(document.nodes)) == (2, 0)
    with pytest.raises(InputError):
        conda_explicit.parse(SourceFile("spec-file.txt", b"numpy\n"))
