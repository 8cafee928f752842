"""pixi.lock: versions 3 to 6."""

from __future__ import annotations

import os

import pytest

from depscan.errors import InputError
from depscan.inputs.conda.pixi_lock import FORMAT, parse
from depscan.model.document import Document
from depscan.text.source import SourceFile, read_source

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples")
GOOD = os.path.join(SAMPLES, "pixi-lock", "good", "pixi.lock")
NUMPY = "https://channel.example/forge/linux-64/numpy-1.10-py312h0_0.conda"
PYTHON = "https://channel.example/forge/linux-64/python-3.12.7-hc5c86c4_0_cpython.conda"


def read(text: str) -> Document:
    return parse(SourceFile("pixi.lock", text.encode()))


def facts(document: Document) -> set[tuple[str, str, str | None, str]]:
    return {(p.ecosystem, p.name, p.version, p.source) for p in document.nodes.values()}


def edges(document: Document) -> set[tuple[str, str, str]]:
    return {(document.nodes[e.parent].name, document.nodes[e.child].name, e.label) for e in document.edges}


def test_version_6_names_packages_by_address() -> None:
    document = parse(read_source(GOOD))
    assert facts(document) == {
        ("conda", "numpy", "1.10", "conda"),
        ("conda", "python", "3.12.7", "conda"),
        ("PyPI", "my-tool", "2.0.0", "registry"),
        ("PyPI", "other", "0.1.dev0", "git"),
        ("PyPI", "local", "0.0.1", "local"),
    }
    assert document.nodes["pkg:conda/numpy@1.10"].files[0].size == 7654321
    assert len(document.nodes["pkg:pypi/other@0.1.dev0"].commit) == 40


def test_a_pypi_request_is_served_by_the_conda_package_that_brings_it() -> None:
    assert edges(parse(read_source(GOOD))) == {
        ("numpy", "python", "prod"),
        ("my-tool", "numpy", "prod"),
        ("my-tool", "other", "extra:more"),
    }


def test_versions_4_and_5_spell_the_fields_out() -> None:
    text = f"""
version: 5
environments:
  default:
    channels: [{{url: 'https://channel.example/forge/'}}]
    packages:
      linux-64:
      - conda: {NUMPY}
      - pypi: https://files.example/a-1.tar.gz
      - pypi: .
packages:
- kind: conda
  name: numpy
  version: '1.10'
  url: {NUMPY}
  depends: [python]
- kind: pypi
  name: A
  version: '1'
  url: https://files.example/a-1.tar.gz
  requires_dist: [numpy]
- kind: pypi
  name: here
  version: 0.1
  path: .
  editable: true
"""
    document = read(text)
    assert facts(document) == {
        ("conda", "numpy", "1.10", "conda"),
        ("PyPI", "a", "1", "registry"),
        ("PyPI", "here", "0.1", "local"),
    }
    assert edges(document) == {("a", "numpy", "prod")}


def test_version_3_names_the_platform_in_each_row() -> None:
    text = f"""
version: 3
metadata: {{channels: [{{url: 'https://channel.example/forge/'}}]}}
package:
- platform: linux-64
  name: numpy
  version: '1.10'
  manager: conda
  dependencies: [python >=3]
  url: {NUMPY}
  hash: {{md5: a, sha256: b}}
- {{platform: linux-64, name: python, version: 3.12.7, manager: conda, url: '{PYTHON}'}}
- platform: osx-64
  name: Other
  version: '1'
  manager: pip
  url: https://files.example/other-1.tar.gz
  dependencies: [numpy]
"""
    document = read(text)
    assert ("PyPI", "other", "1", "registry") in facts(document)
    assert edges(document) == {("numpy", "python", "prod")}
    assert document.nodes["pkg:conda/numpy@1.10"].hashes == ("sha256:b", "md5:a")


def test_a_direct_url_and_a_source_build_say_where_they_come_from() -> None:
    text = "version: 6\nenvironments: {}\npackages:\n"
    text += "- {pypi: 'direct+https://files.example/x.whl', name: x, version: '1'}\n"
    text += "- {conda: ./pkg, name: mine, version: '2'}\n"
    assert facts(read(text)) == {("PyPI", "x", "1", "url"), ("conda", "mine", "2", "local")}


def test_what_is_unknown_or_not_locked_is_a_problem() -> None:
    text = f"version: 6\nenvironments: {{default: {{packages: {{linux-64: [{{conda: '{NUMPY}'}}]}}}}}}\n"
    text += "packages:\n- {magic: x}\n"
    messages = [p.message for p in read(text).problems]
    assert len(messages) == 2
    assert "version 9" in read("version: 9\npackages: []\n").problems[0].message


def test_located_lines_hold_the_name() -> None:
    source = read_source(GOOD)
    document = parse(source)
    for key, at in document.at.items():
        name = document.nodes[key].name
        assert name.split("-", maxsplit=1)[-1] in source.line(FORMAT.locate(source, at)).lower()
    for edge in document.edges:
        assert document.nodes[edge.child].name in source.line(FORMAT.locate(source, edge.at))


@pytest.mark.parametrize("text", ["", "a: 1\n", "packages: 1\n", "packages: [1]\n", "packages: [{conda: [1]}]\n"])
def test_what_is_no_pixi_lock_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text)
