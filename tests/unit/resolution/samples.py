"""Wheels, sdists, pins and targets made for the tests of edges."""

from __future__ import annotations

from pathlib import Path

from depscan.graph.graph import DependencyGraph
from depscan.inputs.python.requirements import parse
from depscan.resolution.provider import Requirements
from depscan.resolution.target import Target
from depscan.text.source import SourceFile
from tests.unit.artifacts.builders import tar_of, zip_of

LINUX = Target("3.11", "linux_x86_64")


def metadata(name: str, version: str, *requires: str, form: str = "2.1", more: str = "") -> str:
    """Return the text of METADATA or PKG-INFO."""
    wants = "".join(f"Requires-Dist: {text}\n" for text in requires)
    return f"Metadata-Version: {form}\nName: {name}\nVersion: {version}\n{more}{wants}\nWords about it.\n"


def wheel(name: str, version: str, *requires: str) -> bytes:
    """Return the bytes of a wheel."""
    return zip_of(
        {
            f"{name}/__init__.py": "",
            f"{name}-{version}.dist-info/METADATA": metadata(name, version, *requires),
            f"{name}-{version}.dist-info/RECORD": "",
        }
    )


def sdist(name: str, version: str, *requires: str, form: str = "2.2", more: str = "", pyproject: str = "") -> bytes:
    """Return the bytes of an sdist."""
    top = f"{name}-{version}"
    files: dict[str, str | bytes] = {
        f"{top}/PKG-INFO": metadata(name, version, *requires, form=form, more=more),
        f"{top}/setup.py": "raise SystemExit('run')",
    }
    if pyproject:
        files[f"{top}/pyproject.toml"] = pyproject
    return tar_of(files)


def put_wheel(folder: Path, name: str, version: str, *requires: str, tags: str = "py3-none-any") -> Path:
    """Write a wheel into a folder."""
    path = folder / f"{name}-{version}-{tags}.whl"
    path.write_bytes(wheel(name, version, *requires))
    return path


def pins(text: str, path: str = "pins.txt") -> DependencyGraph:
    """Return the graph of a requirements file."""
    graph = DependencyGraph()
    graph.merge(parse(SourceFile(path, text.encode())))
    return graph


class Known:
    """A provider that knows what it was told: name to requirements, or to why not."""

    def __init__(self, **known: str | list[str] | Requirements) -> None:
        self._known = known

    def requirements(self, package: object) -> Requirements | str:
        """See ``Provider.requirements``."""
        held = self._known.get(str(getattr(package, "name", "")).replace("-", "_"), "nobody knows it")
        return Requirements(tuple(held), (), "told", "told/METADATA") if isinstance(held, list) else held


def edges(graph: DependencyGraph) -> set[tuple[str, str]]:
    """Return the taken edges between packages, as names."""
    nodes = graph.nodes
    return {
        (nodes[e.parent].name, nodes[e.child].name)
        for e in graph.edges
        if e.taken and nodes[e.parent].ecosystem == "PyPI"
    }
