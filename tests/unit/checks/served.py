"""Facts of an index, made by hand."""

from __future__ import annotations

from typing import Any

from depscan.artifacts.wheelhouse import Differing
from depscan.checks.check import Context
from depscan.facts.packages import Looked
from depscan.registry.records import IndexFile, Project
from tests.unit.checks.facts import HASH, INDEX


def served(name: str, version: str = "1", **more: Any) -> IndexFile:
    """Return a wheel of a release as the index lists it, with the hash that ``facts.hashed`` locks."""
    file = more.pop("file", f"{name}-{version}-py3-none-any.whl")
    url = more.pop("url", f"https://files.example/{file}")
    hashes = more.pop("hashes", (("sha256", HASH[0].partition(":")[2]),))
    return IndexFile(file, url, hashes, version, **more)


def project(*files: IndexFile, name: str = "a", **more: Any) -> Project:
    return Project(name, INDEX, files, **more)


def asked(given: Context, *differing: tuple[str, Differing], today: str = "", **projects: Project | None) -> Context:
    """Return the context after the index was asked; ``projects`` by package name."""
    keys = {package.name: key for key, package in given.graph.nodes.items()}
    known = {keys[name]: one for name, one in projects.items()}
    return given._replace(looked=Looked(differing=differing, projects=known, today=today))
