"""environment.yml: match specifications, pip's part, selectors."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.conda._spec import Spec, read_spec
from depscan.inputs.conda.environment_yml import accepts, parse
from depscan.model.document import Document, Edge
from depscan.text.source import SourceFile, read_source

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples")
GOOD = os.path.join(SAMPLES, "environment", "good", "environment.yml")


def read(text: str) -> Document:
    return parse(SourceFile("environment.yml", text.encode()))


def edge(document: Document, name: str) -> Edge:
    return next(e for e in document.edges if document.nodes[e.child].name == name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numpy", Spec("numpy", None, "")),
        ("NumPy=1.26", Spec("numpy", None, "=1.26")),
        ("numpy==1.26.4", Spec("numpy", "1.26.4", "==1.26.4")),
        ("numpy==1.26.*", Spec("numpy", None, "==1.26.*")),
        ("numpy=1.26.4=py312h0_0", Spec("numpy", "1.26.4", "=1.26.4=py312h0_0")),
        ("numpy=1.26.*=py312h0_0", Spec("numpy", None, "=1.26.*=py312h0_0")),
        ("numpy 1.26.4", Spec("numpy", "1.26.4", "1.26.4")),
        ("numpy 1.26.4 py312h0_0", Spec("numpy", "1.26.4", "1.26.4 py312h0_0")),
        ("numpy >=1.8,<2|==2.1", Spec("numpy", None, ">=1.8,<2|==2.1")),
        ("forge::numpy=1.0=build", Spec("numpy", "1.0", "=1.0=build", "forge")),
        ("forge/linux-64::numpy", Spec("numpy", None, "", "forge/linux-64")),
        ("https://c.example/x::numpy", Spec("numpy", None, "", "https://c.example/x")),
        ("numpy[version='==1.0',channel=forge]", Spec("numpy", "1.0", "[version='==1.0',channel=forge]", "forge")),
        ("_libgcc_mutex", Spec("_libgcc_mutex", None, "")),
        ("=1.0", None),
        ("{{ name }}", None),
        ("numpy[version=1", None),
    ],
)
def test_a_match_specification(text: str, expected: Spec | None) -> None:
    assert read_spec(text) == expected


def test_the_file_asks_for_every_package_at_its_line() -> None:
    source = read_source(GOOD)
    document = parse(source)
    assert len(document.edges) == len(document.nodes) - 1
    for made in document.edges:
        package = document.nodes[made.child]
        assert isinstance(made.at, int)
        assert (package.raw_name or package.name) in source.line(made.at)


def test_a_channel_that_is_called_like_a_package_does_not_take_its_line() -> None:
    document = parse(read_source(GOOD))
    assert edge(document, "pytorch").at == 11
    assert [i.url for i in document.indexes if i.role == "channel"] == ["forge", "pytorch"]


def test_pip_requirements_are_pypi_packages_with_options_includes_and_markers() -> None:
    document = parse(read_source(GOOD))
    assert document.nodes["pkg:pypi/vllm@0.9.2"].ecosystem == "PyPI"
    assert edge(document, "my-tool").marker == "python_version < '3.13'"
    assert edge(document, "my-tool").requested == "[cli]>=1"
    assert document.nodes[edge(document, "tool").child].source == "git"
    assert [(i.path, i.role) for i in document.includes] == [("requirements.txt", "requirement")]
    assert ("https://index.example/simple", "extra") in [(i.url, i.role) for i in document.indexes]


def test_a_selector_in_a_comment_is_the_marker() -> None:
    assert edge(parse(read_source(GOOD)), "cudatoolkit").marker == "linux"


def test_a_package_from_a_named_channel_keeps_it() -> None:
    assert parse(read_source(GOOD)).nodes["pkg:conda/pandas"].registry == "forge"


def test_what_cannot_be_understood_is_a_problem_and_the_rest_stays() -> None:
    document = read("dependencies:\n- a\n- '{{ x }}'\n- npm: [b]\n- pip: [3 4]\n-\n- z==1\n")
    assert [p.name for p in document.nodes.values() if p.source == "conda"] == ["a", "z"]
    assert [p.at for p in document.problems][:2] == [3, 4]
    assert len(document.problems) == 4


def test_an_empty_list_of_dependencies_is_empty() -> None:
    assert not read("dependencies:\n").edges


@pytest.mark.parametrize("text", ["", "name: x\n", "dependencies: 3\n", "- a\n", "dependencies:\n- pip: {a: 1}\n"])
def test_what_is_no_environment_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


def test_other_yaml_files_are_not_taken() -> None:
    assert not accepts(SourceFile("environment.yml", b"services:\n  web: {}\n"))
    assert not accepts(SourceFile("Chart.yaml", b"dependencies:\n- name: redis\n"))
    assert accepts(SourceFile("py312.yaml", b"channels: [a]\ndependencies:\n- redis\n"))
