"""A data set's script is as loud as the pinned version of datasets makes it."""

import pytest

from depscan.checks._dataset_scripts import script_verdict
from depscan.graph.graph import DependencyGraph
from depscan.model.document import Document
from depscan.model.package import Package


@pytest.mark.parametrize(
    ("versions", "verdict"),
    [
        (["4.0.0"], "note"),
        (["2.14.0"], "unsafe"),
        (["2.20.0"], "suspicious"),
        (["3.6.0"], "suspicious"),
        ([], "suspicious"),
        (["2.0", "4.1"], "suspicious"),
        (["weekly"], "suspicious"),
    ],
)
def test_the_verdict_follows_the_one_pinned_version(versions: list[str], verdict: str) -> None:
    document = Document("requirements.txt", "requirements")
    for version in versions:
        document.add(Package("PyPI", "datasets", version))
    graph = DependencyGraph()
    graph.merge(document)
    assert script_verdict(graph, "suspicious") == verdict
