"""Facts in: documents made by hand, and the context a check is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from depscan.checks.check import Check, Context
from depscan.graph.graph import DependencyGraph
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Finding
from depscan.model.location import Location, Route
from depscan.model.package import File, Package

INDEX = "https://index.example/simple"
HASH = ("sha256:" + "0f" * 32,)


def package(name: str, version: str | None = "1", source: str = "registry", **more: Any) -> Package:
    return Package(more.pop("ecosystem", "PyPI"), name, version, source, **more)


def hashed(name: str, host: str = "files.example", **more: Any) -> Package:
    return package(name, registry=INDEX, hashes=HASH, files=(File(f"https://{host}/{name}.whl", HASH[0]),), **more)


def document(*packages: Package, path: str = "uv.lock", lock: bool = True, is_hashed: bool = False) -> Document:
    """Return a document whose packages stand in lines 1, 2, 3 ..."""
    made = Document(path, "test", lock=lock)
    made.hashed = is_hashed
    for line, item in enumerate(packages, 1):
        made.add(item, line)
    return made


def locate(path: str, route: Route) -> Location:
    return Location(path, route if isinstance(route, int) else 0)


def context(*documents: Document, advisories: Any = None, online: bool = False) -> Context:
    graph = DependencyGraph(locate)
    for one in documents:
        graph.merge(one)
    return Context(graph, list(documents), advisories, locate, online)


def outcome(check: Check, given: Context) -> tuple[list[Finding], list[Coverage]]:
    """Run a check; every finding must be of a rule of the check, or of the advisory check's."""
    items = list(check.run(given))
    findings = [i for i in items if isinstance(i, Finding)]
    if check.rules:
        assert {f.rule for f in findings} <= {r.id for r in check.rules}
    return findings, [i for i in items if isinstance(i, Coverage)]


def messages(check: Check, *documents: Document) -> list[str]:
    return [f.message for f in outcome(check, context(*documents))[0]]


def places(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    return [(f.primary.path, f.primary.line) for f in findings]
