"""SBOMs: CycloneDX, SPDX 2 and SPDX 3 say the same in three ways."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from depscan.errors import InputError
from depscan.inputs.format import InputFormat
from depscan.inputs.sbom import cyclonedx_json, spdx3_json, spdx_json
from depscan.inputs.sbom._purl import component, read_purl
from depscan.model.document import Document
from depscan.text.source import SourceFile, read_source

SAMPLES = os.path.join(os.path.dirname(__file__), "..", "..", "samples")
FORMATS = [
    (cyclonedx_json.FORMAT, "bom.json"),
    (spdx_json.FORMAT, "sbom.spdx.json"),
    (spdx3_json.FORMAT, "sbom.spdx3.json"),
]


def good(made: InputFormat, name: str) -> SourceFile:
    return read_source(os.path.join(SAMPLES, made.id, "good", name))


def cyclonedx(**fields: Any) -> Document:
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", **fields}
    return cyclonedx_json.parse(SourceFile("bom.json", json.dumps(bom).encode()))


def spdx(**fields: Any) -> Document:
    return spdx_json.parse(SourceFile("sbom.json", json.dumps({"spdxVersion": "SPDX-2.3", **fields}).encode()))


def edges(document: Document) -> set[tuple[str, str, str]]:
    return {(document.nodes[e.parent].name, document.nodes[e.child].name, e.label) for e in document.edges}


@pytest.mark.parametrize(("made", "name"), FORMATS, ids=lambda v: getattr(v, "id", ""))
def test_each_form_has_root_package_hash_and_edge(made: InputFormat, name: str) -> None:
    document = made.parse(good(made, name))
    root, tool = document.nodes[document.root], document.nodes["pkg:pypi/my-tool@2.0.0"]
    assert (root.ecosystem, root.name, root.version, root.source) == ("project", "serving", "1.0", "local")
    assert (tool.ecosystem, tool.raw_name) == ("PyPI", "my.tool")
    assert tool.hashes == ("sha256:" + "0123456789abcdef" * 4,)
    assert ("serving", "my-tool", "prod") in edges(document)
    assert not document.problems


@pytest.mark.parametrize(("made", "name"), FORMATS, ids=lambda v: getattr(v, "id", ""))
def test_each_form_takes_only_its_own_content(made: InputFormat, name: str) -> None:
    assert made.accepts is not None
    assert made.parse(good(made, name)).format == made.id
    assert [made.accepts(good(other, file)) for other, file in FORMATS] == [other is made for other, _ in FORMATS]
    for other, file in FORMATS:
        if other is not made:
            with pytest.raises(InputError):
                made.parse(good(other, file))


@pytest.mark.parametrize(("made", "name"), FORMATS, ids=lambda v: getattr(v, "id", ""))
def test_located_lines_hold_the_name(made: InputFormat, name: str) -> None:
    source = good(made, name)
    document = made.parse(source)
    for key, at in document.at.items():
        words = document.nodes[key].name.replace("-", ".").split("/")
        assert words[-1] in source.line(made.locate(source, at))


@pytest.mark.parametrize(
    ("text", "ecosystem", "name", "version", "source"),
    [
        ("pkg:pypi/My_Tool@1.0%2Bcu1", "PyPI", "my-tool", "1.0+cu1", "registry"),
        ("pkg:npm/%40types/node@22.1.0", "npm", "@types/node", "22.1.0", "registry"),
        ("pkg:cargo/serde@1.0.0", "crates.io", "serde", "1.0.0", "registry"),
        ("pkg:golang/github.com/a/b@v1.2.3#sub", "Go", "github.com/a/b", "v1.2.3", "registry"),
        ("pkg:maven/org.x/y@1?type=jar", "Maven", "org.x:y", "1", "registry"),
        ("pkg:conda/numpy@1.26?channel=forge", "conda", "numpy", "1.26", "conda"),
        ("pkg:pypi/a@1?vcs_url=git%2Bhttps://repo.example/a@main", "PyPI", "a", "1", "git"),
        ("pkg:deb/debian/curl@7", "deb", "debian/curl", "7", "registry"),
        ("pkg:pypi/a", "PyPI", "a", None, "registry"),
    ],
)
def test_a_purl_is_a_package_of_its_ecosystem(
    text: str, ecosystem: str, name: str, version: str | None, source: str
) -> None:
    package = read_purl(text)
    assert package is not None
    assert (package.ecosystem, package.name, package.version, package.source) == (ecosystem, name, version, source)


@pytest.mark.parametrize("text", ["", "pkg:", "pkg:pypi", "not a purl", "pkg:/x", "x" * 5000])
def test_what_is_no_purl_is_none(text: str) -> None:
    assert read_purl(text) is None


def test_a_component_without_a_purl_keeps_its_version_but_a_range_is_none() -> None:
    stated = component("", "thing", "1.0", ())
    ranged = component("pkg:npm/thing", "thing", ">= 1.0", ())
    assert stated is not None
    assert (stated.ecosystem, stated.version) == ("generic", "1.0")
    assert ranged is not None
    assert ranged.version is None
    assert component("", "", "1.0", ()) is None


def test_cyclonedx_components_in_components_and_of_the_subject_are_read() -> None:
    inner = {"name": "c", "version": "3", "components": [{"name": "d", "version": "4"}]}
    document = cyclonedx(
        metadata={"component": {"name": "root", "components": [{"name": "a", "version": "1"}]}},
        components=[{"name": "b", "version": "2", "components": [inner]}],
    )
    assert {p.name for p in document.nodes.values()} == {"root", "a", "b", "c", "d"}


def test_cyclonedx_files_are_no_packages_but_may_be_referred_to() -> None:
    document = cyclonedx(
        components=[{"type": "file", "name": "/bin/sh", "bom-ref": "f"}, {"name": "a", "version": "1", "bom-ref": "a"}],
        dependencies=[{"ref": "a", "dependsOn": ["f"]}],
    )
    assert [p.name for p in document.nodes.values()] == ["a"]
    assert not document.problems


def test_cyclonedx_says_what_it_could_not_use() -> None:
    document = cyclonedx(
        specVersion="2.0",
        components=[{"name": "a", "purl": "nonsense", "bom-ref": "a"}, {"version": "1"}],
        dependencies=[{"ref": "a", "dependsOn": ["ghost"]}],
    )
    assert len(document.problems) == 4
    assert len(document.nodes) == 1


def test_a_purl_serves_as_reference_where_a_tool_left_it_out() -> None:
    rows = [{"name": n, "purl": f"pkg:pypi/{n}@1"} for n in ("a", "b")]
    document = cyclonedx(components=rows, dependencies=[{"ref": "pkg:pypi/a@1", "dependsOn": ["pkg:pypi/b@1"]}])
    assert edges(document) == {("a", "b", "prod")}


def test_spdx_relationships_run_in_both_directions() -> None:
    packages = [{"SPDXID": f"SPDXRef-{n}", "name": n} for n in "abcd"]
    kinds = [("a", "DEPENDS_ON", "b"), ("c", "BUILD_DEPENDENCY_OF", "a"), ("d", "OPTIONAL_DEPENDENCY_OF", "b")]
    rows = [
        {"spdxElementId": f"SPDXRef-{x}", "relationshipType": kind, "relatedSpdxElement": f"SPDXRef-{y}"}
        for x, kind, y in [*kinds, ("a", "DEPENDS_ON", "ghost"), ("a", "GENERATED_FROM", "b")]
    ]
    document = spdx(packages=packages, relationships=rows)
    assert edges(document) == {("a", "b", "prod"), ("a", "c", "build"), ("b", "d", "optional")}
    assert len(document.problems) == 1


def test_an_spdx_document_wrapped_in_sbom_is_the_same() -> None:
    packages = [{"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1.0"}]
    wrapped = {"sbom": {"spdxVersion": "SPDX-2.3", "packages": packages}}
    source = SourceFile("sbom.json", json.dumps(wrapped).encode())
    assert spdx_json.parse(source).nodes == spdx(packages=packages).nodes


def test_an_spdx_document_of_several_described_packages_has_no_root() -> None:
    packages = [{"SPDXID": f"SPDXRef-{n}", "name": n} for n in "ab"]
    assert spdx(packages=packages, documentDescribes=["SPDXRef-a", "SPDXRef-b"]).root == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"components": {}},
        {"components": [1]},
        {"components": [{"name": 1}]},
        {"components": [{"name": "a", "type": {}}]},
        {"components": [{"name": "a", "scope": []}]},
        {"specVersion": {}},
        {"dependencies": [{"dependsOn": []}]},
        {"metadata": []},
    ],
)
def test_values_of_the_wrong_type_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        cyclonedx(**fields)


def test_a_generic_purl_is_a_purl() -> None:
    document = cyclonedx(components=[{"type": "library", "name": "tool", "purl": "pkg:generic/tool@1.1.1"}])
    assert [(p.name, p.version) for p in document.nodes.values()] == [("tool", "1.1.1")]
    assert document.problems == []
