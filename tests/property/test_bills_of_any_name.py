"""Whatever things are called, a bill of them is valid and says the same when it is read back."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from depscan.inputs.sbom import cyclonedx_json, spdx3_json
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.model.result import ScanResult
from depscan.model.usage import Usage
from depscan.model.use import FACTS
from depscan.reports.discover import report_by_id
from depscan.reports.report import View
from depscan.text.source import SourceFile
from tests.golden.results import result

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
KINDS = st.sampled_from([
    ("huggingface", "hub"), ("model-file", "local"), ("hosted-model", "service"), ("service", "service"),
    ("GitHub Actions", "git"), ("image", "image"), ("npm", "npm"), ("PyPI", "registry"), ("project", "local"),
])  # fmt: skip
NODES = st.lists(st.tuples(KINDS, TEXT, st.none() | TEXT), min_size=1, max_size=6, unique_by=lambda n: (n[0], n[1]))
LABELS = st.sampled_from(["prod", "loads", "calls", "runs", "build", "dev", "optional", "extra:x"])
USES = st.lists(st.tuples(TEXT, st.dictionaries(st.sampled_from(sorted(FACTS)), TEXT, max_size=4)), max_size=4)
VALIDATOR = JsonStrictValidator(SchemaVersion.V1_7)
READERS = {"cyclonedx-1.7": cyclonedx_json.parse, "spdx3": spdx3_json.parse}


def made_of(
    nodes: list[tuple[tuple[str, str], str, str | None]], label: str, uses: list[tuple[str, dict[str, str]]]
) -> ScanResult:
    document = Document("a.py", "python-code")
    root = document.add_root("app", 1)
    for i, ((ecosystem, source), name, version) in enumerate(nodes):
        key = document.add(Package(ecosystem, name, None if ecosystem == "service" else version, source), i + 2)
        if key != root:
            document.link(root, key, label)
        for how, facts in uses:
            document.use(key, how, i + 2, **{fact.replace("-", "_"): value for fact, value in facts.items()})
    placed = tuple(Usage(u.node, "a.py", 1, u.how, u.facts) for u in document.uses)
    return result(document, [])._replace(uses=placed)


@pytest.mark.parametrize("report", READERS)
@settings(max_examples=40, deadline=None)
@given(nodes=NODES, label=LABELS, uses=USES)
def test_a_bill_is_valid_and_comes_back(
    report: str,
    nodes: list[tuple[tuple[str, str], str, str | None]],
    label: str,
    uses: list[tuple[str, dict[str, str]]],
) -> None:
    scanned = made_of(nodes, label, uses)
    text = report_by_id(report).render(scanned, View())
    assert report != "cyclonedx-1.7" or VALIDATOR.validate_str(text) is None
    assert json.loads(text)
    document = READERS[report](SourceFile("bill.json", text.encode()))
    assert document.nodes == scanned.graph.nodes
    assert {(e.parent, e.child, e.label) for e in document.edges} == {
        (e.parent, e.child, e.label) for e in scanned.graph.edges
    }
    assert sorted((u.node, u.how, u.facts) for u in document.uses) == sorted(
        (u.node, u.how, u.facts) for u in scanned.uses
    )
