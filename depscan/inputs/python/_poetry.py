"""Poetry's tables of a pyproject.toml (https://python-poetry.org/docs/dependency-specification/).

Constraints (caret, tilde, wildcard) are kept as written; a bare version stays a constraint, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.ecosystems.pypi import normalise
from depscan.inputs.python._pep508 import Requirement, add_request
from depscan.inputs.python._uv_tables import git_url
from depscan.model.document import IndexUse
from depscan.text.shape import array, string, strings, table, tables

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.model.location import Route


def read(document: Document, poetry: dict[str, Any]) -> None:
    """Read ``[tool.poetry]``: dependencies, groups, extras, sources."""
    sources = _sources(document, poetry)
    extras: dict[str, list[str]] = {}
    for extra, names in table(poetry.get("extras"), "tool.poetry.extras").items():
        for name in array(names, f"tool.poetry.extras.{extra}"):
            plain = string(name, "name in an extra").partition("[")[0].split()
            extras.setdefault(normalise(plain[0] if plain else ""), []).append(extra)
    known = {document.nodes[edge.child].name for edge in document.edges}
    keys: tuple[str, ...] = ("tool", "poetry", "dependencies")
    for name, value in table(poetry.get("dependencies"), "tool.poetry.dependencies").items():
        if name.lower() != "python" and not (normalise(name) in known and _only_enriches(value)):
            _add(document, name, value, (extras.get(normalise(name)) or [], "prod"), sources, (*keys, name))
    _group(document, "dev", ("tool", "poetry", "dev-dependencies"), poetry.get("dev-dependencies"), sources)
    for group, body in table(poetry.get("group"), "tool.poetry.group").items():
        wants = table(body, f"tool.poetry.group.{group}").get("dependencies")
        _group(document, group, ("tool", "poetry", "group", group, "dependencies"), wants, sources)


def _only_enriches(value: object) -> bool:
    """Return whether an entry only adds to what ``[project]`` asks for (poetry 2)."""
    return isinstance(value, dict) and not value.keys() & {"version", "git", "url", "path", "file"}


def _group(document: Document, group: str, keys: tuple[str, ...], wants: object, sources: dict[str, str]) -> None:
    for name, value in table(wants, ".".join(keys)).items():
        if name.lower() != "python":
            _add(document, name, value, ([], f"group:{group}"), sources, (*keys, name))


def _add(
    document: Document,
    name: str,
    value: object,
    labels: tuple[list[str], str],
    sources: dict[str, str],
    at: Route,
) -> None:
    """Add an entry: a constraint, a table, or an array of tables for different environments."""
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, str):
            row = {"version": row}  # noqa: PLW2901 - the short form of the table
        if not isinstance(row, dict):
            document.problem(f"dependency {name} should be a text or a table, not {type(row).__name__}", at)
            continue
        want = Requirement(
            name,
            tuple(strings(row.get("extras"), f"extras of {name}")),
            string(row.get("version"), f"version of {name}"),
            _url(row),
            _marker(row),
        )
        registry = sources.get(string(row.get("source"), f"source of {name}"), "")
        extras, label = labels
        if extras:
            chosen = [f"extra:{extra}" for extra in extras]
        else:
            chosen = ["optional" if row.get("optional") is True else label]
        for each in chosen:
            add_request(document, want, each, at, registry=registry)


def _url(row: dict[str, Any]) -> str:
    if "git" in row:
        return git_url(row)
    for key in ("url", "path", "file"):
        if key in row:
            found = string(row[key], key)
            return found if key == "url" or found.startswith((".", "/")) else f"./{found}"
    return ""


def _marker(row: dict[str, Any]) -> str:
    parts = [string(row.get("markers"), "markers")]
    parts += [f"{key} {string(row[key], key)}" for key in ("python", "platform") if row.get(key)]
    return " and ".join(p for p in parts if p)


def _sources(document: Document, poetry: dict[str, Any]) -> dict[str, str]:
    """Record ``[[tool.poetry.source]]`` and return name to URL."""
    found = {}
    for i, row in enumerate(tables(poetry.get("source"), "tool.poetry.source")):
        url = string(row.get("url"), "url of a source")
        main = row.get("default") is True or string(row.get("priority"), "priority") in {"default", "primary", ""}
        extra = row.get("secondary") is True or not main
        if url:
            document.indexes.append(IndexUse(url, "extra" if extra else "index", ("tool.poetry.source", i, "url")))
            found[string(row.get("name"), "name of a source")] = url
    return found
