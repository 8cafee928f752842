"""A bill that depscan wrote is read back as what it was made of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from depscan.inputs.sbom import cyclonedx_json, spdx3_json
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.model.result import ScanResult
from depscan.reports.discover import report_by_id
from depscan.reports.report import View
from depscan.text.source import SourceFile
from tests.golden.results import RESULTS, ai, hostile_inventory, result, typical

READERS = {"cyclonedx": cyclonedx_json.parse, "cyclonedx-1.7": cyclonedx_json.parse, "spdx3": spdx3_json.parse}


def bill(report: str, result: ScanResult) -> str:
    return report_by_id(report).render(result, View())


def read(report: str, text: str) -> Document:
    return READERS[report](SourceFile("bill.json", text.encode()))


def plain(package: Package) -> Package:
    """Hashes of model files are found out when their bytes are read: the bill knows more than the node."""
    return package._replace(hashes=()) if package.ecosystem == "model-file" else package


def edges(held: Any) -> set[tuple[Any, ...]]:
    return {(e.parent, e.child, e.label, e.marker, e.requested, e.taken) for e in held.edges}


@pytest.mark.parametrize("report", READERS)
@pytest.mark.parametrize("made", [ai, typical], ids=["ai", "typical"])
def test_nodes_edges_and_uses_come_back_as_they_were(report: str, made: Any) -> None:
    result = made()
    document = read(report, bill(report, result))
    assert not document.problems
    assert {k: plain(p) for k, p in document.nodes.items()} == {k: plain(p) for k, p in result.graph.nodes.items()}
    assert edges(document) == edges(result.graph)
    assert sorted((u.node, u.how, u.facts) for u in document.uses) == sorted(
        (u.node, u.how, u.facts) for u in result.uses
    )


@pytest.mark.parametrize("report", READERS)
@pytest.mark.parametrize("name", RESULTS)
def test_every_bill_can_be_read(report: str, name: str) -> None:
    read(report, bill(report, RESULTS[name]()))


def test_files_that_ask_for_something_are_files_and_come_back() -> None:
    document = Document("src/app.py", "python-code")
    root = document.add_root("src/app.py")
    document.link(root, document.add(Package("PyPI", "torch", "2.0.0"), 2))
    made = result(document, [])
    bom = json.loads(bill("cyclonedx", made))
    assert {c["name"]: c["type"] for c in bom["components"]} == {"src/app.py": "file", "torch": "library"}
    assert "component" not in bom["metadata"]
    assert read("cyclonedx", json.dumps(bom)).nodes == made.graph.nodes


def test_a_bill_is_about_the_project_that_manifest_and_lock_name() -> None:
    document = Document("uv.lock", "uv-lock")
    document.root = document.add(Package("PyPI", "app", "1.0", "local"))
    document.add_root("app")
    about = json.loads(bill("cyclonedx", result(document, [])))["metadata"]["component"]
    assert (about["type"], about["purl"]) == ("application", "pkg:pypi/app@1.0")


def test_hostile_names_come_back_visible_and_whole() -> None:
    result = hostile_inventory()
    document = read("cyclonedx", bill("cyclonedx", result))
    assert len(document.nodes) == len(result.graph.nodes)


def test_each_use_and_node_of_a_bill_has_a_line() -> None:
    text = bill("cyclonedx", ai())
    source = SourceFile("bill.json", text.encode())
    document = cyclonedx_json.parse(source)
    for use in document.uses:
        line = source.line(cyclonedx_json.FORMAT.locate(source, use.at))
        assert json.dumps(use.how) in line or "properties" in line
    for key, at in document.at.items():
        line = source.line(cyclonedx_json.FORMAT.locate(source, at))
        assert document.nodes[key].name in line or key in line


def component(**fields: Any) -> Document:
    row = {"type": "library", "bom-ref": "a", "name": "x", **fields}
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [row]}
    return cyclonedx_json.parse(SourceFile("bom.json", json.dumps(bom).encode()))


def test_properties_that_contradict_the_purl_are_not_believed() -> None:
    lies = [{"name": "depscan:ecosystem", "value": "image"}, {"name": "depscan:source", "value": "image"}]
    document = component(purl="pkg:pypi/torchh@6.6.6", version="6.6.6", properties=lies)
    assert [(p.ecosystem, p.source) for p in document.nodes.values()] == [("PyPI", "registry")]


def test_texts_under_our_names_that_are_no_json_are_left_alone() -> None:
    odd = [{"name": f"depscan:{n}", "value": "[" * 50_000} for n in ("edge", "use")]
    own = [{"name": "depscan:ecosystem", "value": "PyPI"}]
    document = component(purl="pkg:pypi/x", properties=own + odd)
    assert not document.uses
    assert not document.edges


@pytest.mark.parametrize(
    ("purl", "expected"),
    [
        ("pkg:huggingface/acme/Model@" + "0a" * 20, ("huggingface", "acme/Model", "0a" * 20, "hub")),
        ("pkg:githubactions/acme/setup@v1", ("GitHub Actions", "acme/setup", "v1", "git")),
        ("pkg:oci/base@3.12", ("image", "base", "3.12", "image")),
        (
            "pkg:oci/base@sha256%3A" + "0b" * 32 + "?repository_url=registry.example/team/base&tag=3.12",
            ("image", "registry.example/team/base", "3.12", "image"),
        ),
    ],
)
def test_purls_of_others_for_models_actions_and_images_are_understood(purl: str, expected: tuple[str, ...]) -> None:
    (package,) = component(purl=purl).nodes.values()
    assert (package.ecosystem, package.name, package.version, package.source) == expected


def test_services_of_others_are_nodes_and_their_endpoints_uses() -> None:
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "services": [
            {"bom-ref": "s", "group": "g", "name": "llm", "endpoints": ["https://llm.example/v1"]},
            {"name": ""},
        ],
        "components": [{"type": "machine-learning-model", "bom-ref": "m", "name": "acme/model"}],
        "dependencies": [{"ref": "m", "dependsOn": ["s"]}],
    }
    document = cyclonedx_json.parse(SourceFile("bom.json", json.dumps(bom).encode()))
    assert [p.name for p in document.nodes.values()] == ["acme/model", "g/llm"]
    assert [(u.how, u.get("endpoint")) for u in document.uses] == [("services", "https://llm.example/v1")]
    assert len(document.edges) == 1
    assert [p.message for p in document.problems] == ["a service has no name"]
