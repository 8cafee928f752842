"""conda-lock.yml: conda-lock's unified lockfile, version 1 (https://conda.github.io/conda-lock/output/).

Reads one row per package and platform: version, channel, archive, hashes, edges; conda and pip packages.
Rows outside the category ``main`` mark their edges: ``dev``, or ``extra:CATEGORY`` (conda-lock's extras).
"""

from __future__ import annotations

from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.inputs.conda._archive import read_archive
from depscan.inputs.conda._rows import locate_row
from depscan.inputs.format import InputFormat
from depscan.model.document import Document, IndexUse
from depscan.model.package import File, Package
from depscan.text.shape import array, required, string, table, tables
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml

PATTERNS = "conda-lock.yml conda-lock.yaml *conda-lock.yml *conda-lock.yaml"

_Identity = tuple[str, str, str, str]


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a conda-lock.yml.

    Raises:
        InputError: not YAML, not a conda-lock.yml, or a value of the wrong type.
    """
    lock = table(load_yaml(source), "the file")
    if "package" not in lock:
        raise source.error("not a conda-lock.yml: no list of packages")
    document = Document(source.path, "conda-lock", lock=True)
    document.hashed = True
    if lock.get("version") != "1":
        document.problem(f"lock format version {lock.get('version')} is not the known 1", ("version",))
    _channels(document, table(lock.get("metadata"), "metadata"))
    rows = tables(lock["package"], "package")
    merged: dict[_Identity, Package] = {}
    identities = [_merge(merged, row) for row in rows]
    held: dict[tuple[str, str], str] = {}
    ids = []
    for i, (identity, row) in enumerate(zip(identities, rows, strict=True)):
        package = merged[identity]
        ids.append(document.add(package, ("package", i, "name:")))
        held[string(row.get("platform"), "platform"), package.name] = ids[-1]
    seen: set[tuple[str, str]] = set()
    for i, row in enumerate(rows):
        _link(document, held, seen, (i, ids[i]), row)
    return document


def _channels(document: Document, metadata: dict[str, Any]) -> None:
    for channel in array(metadata.get("channels"), "channels"):
        url = string(channel.get("url") if isinstance(channel, dict) else channel, "url of a channel")
        if url:
            document.indexes.append(IndexUse(url, "channel", ("metadata", url)))


def _merge(merged: dict[_Identity, Package], row: dict[str, Any]) -> _Identity:
    """Add a row to the package it is a build of: one release has an archive per platform."""
    package = _package(row)
    identity = (package.ecosystem, package.name, package.version or "", package.registry or package.url)
    held = merged.get(identity)
    if held is not None:
        files = tuple(dict.fromkeys(held.files + package.files))
        package = held._replace(files=files, hashes=tuple(dict.fromkeys(held.hashes + package.hashes)))
    merged[identity] = package
    return identity


def _package(row: dict[str, Any]) -> Package:
    raw = required(row.get("name"), "name of a package")
    version = string(row.get("version"), f"version of {raw}") or None
    url = string(row.get("url"), f"url of {raw}")
    given = table(row.get("hash"), f"hash of {raw}")
    hashes = tuple(f"{kind}:{string(value, 'hash')}" for kind, value in sorted(given.items(), reverse=True) if value)
    files = (File(url, hashes[0] if hashes else ""),) if url else ()
    if row.get("manager") == "pip":
        name = normalise(raw)
        kind = _pip_source(url)
        origin, commit = (url, url.rpartition("@")[2].partition("#")[0]) if kind != "registry" else ("", "")
        commit = commit if kind == "git" and len(commit) >= 40 else ""  # noqa: PLR2004 - hex digits of a commit
        return Package("PyPI", name, version, kind, raw if raw != name else "", "", origin, commit, hashes, files)
    archive = read_archive(url)
    channel = archive.channel if archive else ""
    return Package("conda", raw, version, "conda", registry=channel, hashes=hashes, files=files)


def _pip_source(url: str) -> str:
    if url.startswith("git+"):
        return "git"
    return "local" if url.startswith(("file:", ".", "/")) else "registry"


def _link(
    document: Document,
    held: dict[tuple[str, str], str],
    seen: set[tuple[str, str]],
    place: tuple[int, str],
    row: dict[str, Any],
) -> None:
    """Link a row to the packages of its platform; what is not locked is virtual, such as ``__glibc``."""
    index, parent = place
    platform = string(row.get("platform"), "platform")
    category = string(row.get("category"), "category") or "main"
    label = {"main": "prod", "dev": "dev"}.get(category) or f"extra:{category}"
    for want, requested in table(row.get("dependencies"), "dependencies").items():
        child = held.get((platform, want)) or held.get((platform, normalise(want)))
        if child is not None and (parent, child) not in seen:
            seen.add((parent, child))
            at = ("package", index, "dependencies:", f"{want}:")
            document.link(parent, child, label, requested=string(requested, "dependency"), at=at)


FORMAT = InputFormat("conda-lock", "conda-lock.yml", "conda", parse, locate_row)
