"""pixi.toml: features, targets, conda and PyPI dependencies."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.conda.pixi_toml import FORMAT, parse
from depscan.model.document import Document, Edge
from depscan.text.source import SourceFile, read_source

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples")
GOOD = os.path.join(SAMPLES, "pixi-toml", "good", "pixi.toml")


def read(text: str) -> Document:
    return parse(SourceFile("pixi.toml", text.encode()))


def edge(document: Document, name: str) -> Edge:
    return next(e for e in document.edges if document.nodes[e.child].name == name)


def test_the_workspace_is_the_root_and_names_channels_and_indexes() -> None:
    document = parse(read_source(GOOD))
    assert document.root == "pkg:generic/training"
    assert [(i.url, i.role) for i in document.indexes] == [
        ("forge", "channel"),
        ("https://channel.example/nvidia", "channel"),
        ("https://index.example/simple", "extra"),
    ]


def test_only_an_exact_constraint_is_a_version() -> None:
    nodes = parse(read_source(GOOD)).nodes
    assert nodes["pkg:conda/numpy@1.26.4"].version == "1.26.4"
    assert nodes["pkg:conda/python"].version is None
    assert nodes["pkg:conda/ffmpeg@6.1"].registry == "forge"


def test_pypi_dependencies_keep_extras_index_and_source() -> None:
    document = parse(read_source(GOOD))
    ray = document.nodes["pkg:pypi/ray@2.55.0"]
    assert (ray.raw_name, ray.registry) == ("Ray", "https://index.example/ray")
    assert edge(document, "ray").requested == "[data]==2.55.0"
    assert (document.nodes["pkg:pypi/tool"].source, document.nodes["pkg:pypi/here"].source) == ("git", "local")


def test_a_target_is_a_marker_and_a_feature_outside_the_default_environment_an_extra() -> None:
    document = parse(read_source(GOOD))
    assert edge(document, "cudatoolkit").marker == "linux-64"
    assert edge(document, "pytest").label == "extra:test"
    assert edge(document, "vllm").label == "prod"
    assert edge(document, "cmake").label == "build"


def test_a_package_section_brings_its_build_backend() -> None:
    document = read(
        '[package]\nname = "p"\n[package.build]\nbackend = { name = "pixi-build-python", version = "0.3.*" }\n'
    )
    assert edge(document, "pixi-build-python").label == "build"


def test_located_lines_hold_the_name() -> None:
    source = read_source(GOOD)
    document = parse(source)
    for made in document.edges:
        package = document.nodes[made.child]
        assert (package.raw_name or package.name) in source.line(FORMAT.locate(source, made.at))


@pytest.mark.parametrize(
    "text", ["", "a = 1\n", "dependencies = 1\n", "[dependencies]\na = 1\n", "[feature]\na = 1\n", "[dependencies\n"]
)
def test_what_is_no_pixi_toml_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)
