"""pyproject.toml: what a project asks for, in the words of the standards and of poetry, pdm and uv.

Sources: PEP 621 (project), PEP 735 (dependency-groups), PEP 518 (build-system),
https://python-poetry.org/docs/pyproject/, https://pdm-project.org/latest/reference/pep621/,
https://docs.astral.sh/uv/reference/settings/. A file without dependencies is read and stays empty.

A ``workspace`` or ``path`` source of uv holds in this checkout only: the published project asks the
registry for that name (as pip does), so the node stays a registry package.
"""

from __future__ import annotations

from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.inputs.format import InputFormat
from depscan.inputs.python import _poetry, _uv_tables
from depscan.inputs.python._pep508 import request
from depscan.model.document import Document, Include, IndexUse
from depscan.model.location import Route
from depscan.text.load import load_toml
from depscan.text.shape import array, string, strings, table, tables
from depscan.text.source import SourceFile

PATTERNS = "pyproject.toml"
EXPLICIT = "*pyproject*.toml"


def parse(source: SourceFile) -> Document:
    """Return what a pyproject.toml asks for.

    Raises:
        InputError: not TOML, or a table of the wrong type.
    """
    top = load_toml(source)
    document = Document(source.path, "pyproject")
    project, tool = table(top.get("project"), "project"), table(top.get("tool"), "tool")
    poetry, uv = table(tool.get("poetry"), "tool.poetry"), table(tool.get("uv"), "tool.uv")
    name = project.get("name") or poetry.get("name")
    document.add_root(name if isinstance(name, str) else source.path, ("project" if project else "tool", "name"))
    adder = _uv_tables.Adder(document, uv)
    _project(adder, project)
    build = table(top.get("build-system"), "build-system")
    adder.add_all(build.get("requires"), "build", ("build-system", "requires"))
    _groups(adder, table(top.get("dependency-groups"), "dependency-groups"))
    _uv_tables.read(adder, uv)
    _setuptools(document, table(tool.get("setuptools"), "tool.setuptools"))
    _pdm(document, table(tool.get("pdm"), "tool.pdm"))
    _poetry.read(document, poetry)
    return document


def _project(adder: _uv_tables.Adder, project: dict[str, Any]) -> None:
    adder.add_all(project.get("dependencies"), "prod", ("project", "dependencies"))
    extras = table(project.get("optional-dependencies"), "project.optional-dependencies")
    for extra, wants in extras.items():
        adder.add_all(wants, f"extra:{extra}", ("project", "optional-dependencies", extra))


def _groups(adder: _uv_tables.Adder, groups: dict[str, Any]) -> None:
    """Read PEP 735 groups: each package is linked under the group that lists it."""
    names = {normalise(group): group for group in groups}
    includes: dict[str, list[str]] = {}
    for group, items in groups.items():
        wants = array(items, f"dependency-groups.{group}")
        route: Route = ("dependency-groups", group)
        for item in wants:
            if isinstance(item, dict) and set(item) == {"include-group"}:
                other = string(item["include-group"], "include-group")
                includes.setdefault(normalise(group), []).append(normalise(other))
                if normalise(other) not in names:
                    adder.document.problem(f"group {group} includes group {other}, which there is none of", route)
            else:
                adder.add(item, f"group:{group}", ("dependency-groups", group))
    for group in _cyclic(includes):
        adder.document.problem(f"group {names[group]} includes itself", ("dependency-groups", names[group]))


def _cyclic(includes: dict[str, list[str]]) -> list[str]:
    """Return the groups on cycles found by peeling off groups that include nothing left (linear time)."""
    waits = {group: {o for o in others if o in includes} for group, others in includes.items()}
    included_by: dict[str, list[str]] = {}
    for group, others in waits.items():
        for other in others:
            included_by.setdefault(other, []).append(group)
    free = [group for group, others in waits.items() if not others]
    while free:
        done = free.pop()
        del waits[done]
        for group in included_by.get(done, ()):
            waits[group].discard(done)
            if not waits[group]:
                free.append(group)
    return list(waits)


def _setuptools(document: Document, setuptools: dict[str, Any]) -> None:
    """Note the requirements files that setuptools reads dependencies from (``dynamic``)."""
    dynamic = table(setuptools.get("dynamic"), "tool.setuptools.dynamic")
    rows = {"dependencies": dynamic.get("dependencies")}
    rows |= table(dynamic.get("optional-dependencies"), "tool.setuptools.dynamic.optional-dependencies")
    for key, row in rows.items():
        files = row.get("file") if isinstance(row, dict) else None
        for path in [files] if isinstance(files, str) else strings(files, "file"):
            at = ("tool", "setuptools", "dynamic", key)
            document.includes.append(Include(path, "requirement", at))


def _pdm(document: Document, pdm: dict[str, Any]) -> None:
    for group, wants in table(pdm.get("dev-dependencies"), "tool.pdm.dev-dependencies").items():
        for want in array(wants, f"tool.pdm.dev-dependencies.{group}"):
            bare = want.removeprefix("-e ").strip() if isinstance(want, str) else want
            at = _uv_tables.route(("tool", "pdm", "dev-dependencies", group), want)
            request(document, bare, f"group:{group}", at, paths=isinstance(want, str) and want.startswith("-e "))
    for i, row in enumerate(tables(pdm.get("source"), "tool.pdm.source")):
        url = string(row.get("url"), "url of a source")
        role = "find-links" if row.get("type") == "find_links" else "index" if row.get("name") == "pypi" else "extra"
        if url:
            names = tuple(strings(row.get("include_packages"), "include_packages"))
            document.indexes.append(IndexUse(url, role, ("tool.pdm.source", i, "url"), names))


FORMAT = InputFormat("pyproject", "pyproject.toml", "PyPI", parse, _uv_tables.locate)
