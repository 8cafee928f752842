"""pylock.toml and pylock.NAME.toml: the standard lock format of Python (PEP 751).

Reads packages with markers, dependencies, files with hashes, sizes and upload times, and every source
(https://packaging.python.org/en/latest/specifications/pylock-toml/).
"""

from __future__ import annotations

from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.errors import InputError
from depscan.inputs.format import InputFormat
from depscan.inputs.python._held import Held, top
from depscan.model.document import Document
from depscan.model.package import File, Package
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import required, string, table, tables, timestamp
from depscan.text.source import SourceFile

PATTERNS = "pylock.toml pylock.*.toml"

_KNOWN = "1."


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a pylock.toml.

    An edge carries the marker of the package it leads to: the format puts markers on packages.

    Raises:
        InputError: not TOML, or no lock of this format.
    """
    lock = load_toml(source)
    document = Document(source.path, "pylock", lock=True)
    document.hashed = True
    version = top(source, lock, "lock-version", required)
    if not version.startswith(_KNOWN):
        document.problem(
            f"lock-version {version[:40]} is newer than 1.x, which is what depscan reads", ("lock-version",)
        )
    if "packages" not in lock:
        document.problem("no 'packages': the lock is cut off", ("lock-version",))
    held = Held(document)
    rows = top(source, lock, "packages", tables)
    ids = [_add(document, held, row, i) for i, row in enumerate(rows)]
    for i, row in enumerate(rows):
        try:
            _link(document, held, ids[i], row, i)
        except InputError as error:
            document.problem(error.message, ("packages", i))
    return document


def _add(document: Document, held: Held, row: dict[str, Any], index: int) -> str:
    """Add the package of a row and return its node id; "" with a problem when it cannot be read."""
    at = ("packages", index, "name")
    try:
        key = document.add(_package(row), at)
    except InputError as error:
        document.problem(error.message, at)
        return ""
    held.add(key, row, at)
    return key


def _package(row: dict[str, Any]) -> Package:
    raw = required(row.get("name"), "name of a package")
    kind, url, commit = _origin(row)
    artifacts = tables(row.get("wheels"), "wheels")
    for lone in ("sdist", "archive"):
        if lone in row:
            artifacts = [table(row[lone], lone), *artifacts]
    name, version = normalise(raw), string(row.get("version"), "version") or None
    hashes = tuple(f"{a}:{h}" for artifact in artifacts for a, h in _hashes(artifact))
    return Package(
        "PyPI",
        name,
        version,
        kind,
        raw if raw != name else "",
        string(row.get("index"), "index"),
        url,
        commit,
        hashes,
        tuple(_file(artifact) for artifact in artifacts),
    )


def _origin(row: dict[str, Any]) -> tuple[str, str, str]:
    """Return source, URL or path, and commit of a package."""
    if "vcs" in row:
        vcs = table(row["vcs"], "vcs")
        where = string(vcs.get("url"), "url of vcs") or string(vcs.get("path"), "path of vcs")
        return "git", where, string(vcs.get("commit-id"), "commit-id")
    if "directory" in row:
        return "local", string(table(row["directory"], "directory").get("path"), "path of directory"), ""
    if "archive" in row:
        archive = table(row["archive"], "archive")
        url = string(archive.get("url"), "url of archive")
        return ("url", url, "") if url else ("local", string(archive.get("path"), "path of archive"), "")
    return "registry", "", ""


def _file(row: dict[str, Any]) -> File:
    size = row.get("size")
    hashes = dict(_hashes(row))
    algorithm = "sha256" if "sha256" in hashes else next(iter(hashes), "")
    return File(
        string(row.get("url") or row.get("path") or row.get("name"), "url of a file"),
        f"{algorithm}:{hashes[algorithm]}" if algorithm else "",
        size if isinstance(size, int) and not isinstance(size, bool) else -1,
        timestamp(row.get("upload-time"), "upload-time"),
    )


def _hashes(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(algorithm, string(h, "hash")) for algorithm, h in table(row.get("hashes"), "hashes").items() if h]


def _link(document: Document, held: Held, parent: str, row: dict[str, Any], index: int) -> None:
    for want in tables(row.get("dependencies"), "dependencies"):
        name = required(want.get("name"), "name of a dependency")
        at = ("packages", index, "dependencies", name)
        children = [entry for entry in held.named(name) if _same(want, entry.row)]
        if not children:
            document.problem(f"dependency {name[:200]} is not in the lock", at)
        for child in children if parent else ():
            marker = string(child.row.get("marker"), "marker")
            document.link(parent, child.key, marker=marker, at=at)


def _same(want: dict[str, Any], row: dict[str, Any]) -> bool:
    """Return whether a dependency's table, a subset of its package's, means this package (PEP 751)."""
    for key, value in want.items():
        has = row.get(key)
        if key == "name":
            continue
        if isinstance(value, dict) and isinstance(has, dict):
            if any(has.get(k) != v for k, v in value.items()):
                return False
        elif has != value:
            return False
    return True


FORMAT = InputFormat("pylock", "pylock.toml", "PyPI", parse, locate_toml)
