"""Pipfile: what a project asks Pipenv for (https://pipenv.pypa.io/en/latest/pipfile.html).

Reads ``[packages]``, ``[dev-packages]`` and every other category, with markers, indexes and sources.
"""

from __future__ import annotations

from typing import Any

from depscan.errors import InputError
from depscan.inputs.format import InputFormat
from depscan.inputs.python._pipenv import (
    add_sources,
    complaint,
    label_of,
    marker_of,
    package_of,
    requested_of,
    reserve,
    terms_of,
)
from depscan.model.document import Document
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import string, table
from depscan.text.source import SourceFile

PATTERNS = "pipfile"

_NOT_CATEGORIES = frozenset({"source", "requires", "scripts", "pipenv", "pipfile", "build-system", "tool"})


def parse(source: SourceFile) -> Document:
    """Return the packages a Pipfile asks for, each asked for by the file.

    A key such as ``"a[b]"`` is kept as a name, as Pipenv does; where it is pinned, ``a`` itself is added below it.

    Raises:
        InputError: not TOML.
    """
    content = load_toml(source)
    document = Document(source.path, "pipfile")
    document.add_root(source.path)
    urls: dict[str, str] = {}
    try:
        urls = add_sources(document, content.get("source"), ("source",))
    except InputError as error:
        document.problem(error.message, ("source", 0))
    bound: dict[str, list[str]] = {}
    for category, value in content.items():
        if category in _NOT_CATEGORIES:
            continue
        try:
            packages = table(value, f"category {category[:80]}")
        except InputError as error:
            document.problem(error.message, (category,))
            continue
        for raw, entry in packages.items():
            try:
                _add(document, category, raw, entry, urls, bound)
            except InputError as error:
                document.problem(f"{raw[:80]}: {error.message}", (category, raw))
    reserve(document, bound)
    return document


def _add(
    document: Document,
    category: str,
    raw: str,
    entry: Any,  # noqa: ANN401 - a value of the file
    urls: dict[str, str],
    bound: dict[str, list[str]],
) -> None:
    terms = terms_of(entry)
    index = string(terms.get("index"), "index")
    registry = urls.get(index, index if "://" in index else urls.get("", ""))
    at = (category, raw)
    package = package_of(raw, terms, registry)
    key = document.add(package, at)
    if wrong := complaint(raw, terms):
        document.problem(wrong, at)
    if index:
        bound.setdefault(registry, []).append(package.name)
        if index not in urls and "://" not in index:
            document.problem(f"index {index[:80]} of {raw[:80]} is not among the sources", at)
    marker, requested = marker_of(terms), requested_of(terms)
    document.link(document.root, key, label_of(category), marker=marker, requested=requested, at=at)
    bare = package.name.partition("[")[0].strip()
    if package.version and bare != package.name and bare:
        plain = document.add(package._replace(name=bare, raw_name=""), at)
        document.link(key, plain, requested=requested, at=at)


FORMAT = InputFormat("pipfile", "Pipfile", "PyPI", parse, locate_toml)
