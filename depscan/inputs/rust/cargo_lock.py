"""Cargo.lock: cargo's lockfile, format versions 1 to 4 (https://doc.rust-lang.org/cargo/reference/resolver.html).

Reads crates of registries, git repositories and paths, checksums (also the old ``[metadata]`` table),
workspace members and edges. The format does not say which dependencies are for development or building.
"""

from __future__ import annotations

from typing import Any

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.model.package import Package
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import required, string, strings, table, tables
from depscan.text.source import SourceFile

PATTERNS = "Cargo.lock"

_NEWEST = 4
_LOCAL = ("path", "directory")

_Held = dict[str, list[tuple[str, str, str]]]
"""Crate name to (version, source, node id) of every entry with that name."""


def parse(source: SourceFile) -> Document:
    """Return the crates and edges of a Cargo.lock.

    Raises:
        InputError: not TOML, not a Cargo.lock, or a value of the wrong type.
    """
    lock = load_toml(source)
    if not lock.keys() & {"version", "package", "root"}:
        raise source.error("not a Cargo.lock: neither a version nor a package")
    document = Document(source.path, "cargo-lock", lock=True)
    _check_version(document, lock.get("version"))
    entries: list[tuple[Route, dict[str, Any]]] = [
        (("package", i), row) for i, row in enumerate(tables(lock.get("package"), "package"))
    ]
    if "root" in lock:  # cargo before 0.18 kept the project in a table of its own
        entries.insert(0, (("root",), table(lock["root"], "root")))
    checksums = _old_checksums(table(lock.get("metadata"), "metadata"))
    held: _Held = {}
    ids = [_add(document, held, checksums, route, row) for route, row in entries]
    for key, (route, row) in zip(ids, entries, strict=True):
        wants = strings(row.get("dependencies"), "dependencies")
        if "replace" in row:
            wants.append(required(row["replace"], "replace"))
        for want in wants:
            _link(document, held, key, want, (*_keys(route), f'"{want}"'))
    document.root = _root(document, ids[0] if "root" in lock else "")
    return document


def _check_version(document: Document, version: Any) -> None:  # noqa: ANN401 - a value of the file
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        document.problem("version of the lock format should be a number", ("version",))
    elif isinstance(version, int) and version > _NEWEST:
        document.problem(f"lock format version {version} is newer than {_NEWEST}, the newest known", ("version",))


def _keys(route: Route) -> tuple[str | int, ...]:
    return route if isinstance(route, tuple) else ()


def _old_checksums(metadata: dict[str, Any]) -> dict[str, str]:
    """Return "name version (source)" to checksum, as version 1 of the format keeps them."""
    return {
        name.removeprefix("checksum "): value
        for name, value in metadata.items()
        if name.startswith("checksum ") and isinstance(value, str)
    }


def _add(document: Document, held: _Held, checksums: dict[str, str], route: Route, row: dict[str, Any]) -> str:
    name = required(row.get("name"), "name of a package")
    version = required(row.get("version"), f"version of {name}")
    origin = string(row.get("source"), f"source of {name}")
    checksum = string(row.get("checksum"), f"checksum of {name}") or checksums.get(f"{name} {version} ({origin})", "")
    hashes = (f"sha256:{checksum}",) if checksum and checksum != "<none>" else ()
    kind, registry, url, commit = _origin(origin)
    package = Package("crates.io", name, version, kind, "", registry, url, commit, hashes)
    key = document.add(package, (*_keys(route), "name"))
    held.setdefault(name, []).append((version, origin, key))
    return key


def _origin(text: str) -> tuple[str, str, str, str]:
    """Return (source, registry, url, commit) of a source id such as ``git+URL?rev=REF#COMMIT``.

    A crate without a source is a workspace member or a path dependency.
    """
    if not text:
        return "local", "", "", ""
    scheme, plus, url = text.partition("+")
    if not plus:
        scheme, url = "", text
    if scheme == "git":
        return "git", "", url, url.rpartition("#")[2] if "#" in url else ""
    if scheme in _LOCAL:
        return "local", "", url, ""
    return "registry", url, "", ""


def _link(document: Document, held: _Held, parent: str, want: str, at: Route) -> None:
    """Link to what "name", "name version" or "name version (source)" stands for: as short as is unambiguous."""
    name, _, rest = want.partition(" ")
    version, _, origin = rest.partition(" ")
    origin = origin.strip().removeprefix("(").removesuffix(")")
    children = [
        key
        for has, source, key in held.get(name, ())
        if (not version or version == has) and (not origin or _same(origin, source))
    ]
    for child in dict.fromkeys(children):
        document.link(parent, child, at=at)
    if not children:
        document.problem(f"dependency {want} is not in the lock", at)


def _same(wanted: str, has: str) -> bool:
    """Return whether two source ids are equal; a reference may leave out the commit of a git source."""
    return wanted == has or ("#" not in wanted and wanted == has.partition("#")[0])


def _root(document: Document, stated: str) -> str:
    """Return the one local crate that no other local crate asks for; "" for a workspace of several."""
    if stated:
        return stated
    members = [key for key, package in document.nodes.items() if package.source == "local"]
    asked = {e.child for e in document.edges if e.child != e.parent and document.nodes[e.parent].source == "local"}
    tops = [key for key in members if key not in asked]
    return tops[0] if len(tops) == 1 else ""


FORMAT = InputFormat("cargo-lock", "Cargo.lock", "crates.io", parse, locate_toml)
