"""Pipfile.lock: Pipenv's lockfile (https://pipenv.pypa.io/en/latest/pipfile.html).

Reads every category of packages with markers, hashes, indexes and sources. The lock is flat: it does not say who
asks for whom, so the file itself asks for everything.
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
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import string, table
from depscan.text.source import SourceFile

PATTERNS = "pipfile.lock"

_NEWEST = 6


def parse(source: SourceFile) -> Document:
    """Return the packages of a Pipfile.lock, each asked for by the file.

    Raises:
        InputError: not JSON, or no lock of this format.
    """
    lock = table(load_json(source), "a Pipfile.lock")
    document = Document(source.path, "pipfile-lock", lock=True)
    document.hashed = True
    if "_meta" not in lock and "default" not in lock:
        raise source.error("not a Pipfile.lock: neither '_meta' nor 'default'")
    urls: dict[str, str] = {}
    try:
        urls = _meta(document, lock)
    except InputError as error:
        document.problem(error.message, ("_meta",))
    document.add_root(source.path)
    bound: dict[str, list[str]] = {}
    for category, value in lock.items():
        if category == "_meta":
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


def _meta(document: Document, lock: dict[str, Any]) -> dict[str, str]:
    """Check the version of the format and return the index URLs by name."""
    if "_meta" not in lock:
        document.problem("no '_meta', which every Pipfile.lock has")
    meta = table(lock.get("_meta"), "_meta")
    version = meta.get("pipfile-spec", _NEWEST)
    if not isinstance(version, int) or version > _NEWEST:
        document.problem(f"pipfile-spec is not among 1 to {_NEWEST}, which depscan reads", ("_meta", "pipfile-spec"))
    return add_sources(document, meta.get("sources"), ("_meta", "sources"))


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
    label, marker = label_of(category), marker_of(terms)
    document.link(document.root, key, label, marker=marker, requested=requested_of(terms), at=at)


FORMAT = InputFormat("pipfile-lock", "Pipfile.lock", "PyPI", parse, locate_json)
