"""pdm.lock: PDM's lockfile, lock_version 1 to 4.x (https://pdm-project.org/latest/usage/lockfile/).

Reads packages, entries per extra, sources, files in both shapes, and dependencies with markers.
"""

from __future__ import annotations

from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.errors import InputError
from depscan.inputs.format import InputFormat
from depscan.inputs.python._held import Held, requirement, top
from depscan.model.document import Document
from depscan.model.package import File, Package
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import required, string, strings, table, tables, timestamp
from depscan.text.source import SourceFile

PATTERNS = "pdm.lock pdm.*.lock"

_VCS = ("git", "hg", "svn", "bzr")
_NEWEST = 4


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a pdm.lock.

    An entry with ``extras`` repeats its package and adds what the extras need; both are one node.

    Raises:
        InputError: not TOML, or no lock of this format.
    """
    lock = load_toml(source)
    document = Document(source.path, "pdm-lock", lock=True)
    document.hashed = True
    rows = top(source, lock, "package", tables)
    metadata = top(source, lock, "metadata", table)
    _judge(document, metadata, found=bool(rows))
    apart = _files_apart(document, metadata)
    held = Held(document)
    ids = [_add(document, held, row, i, apart) for i, row in enumerate(rows)]
    for i, row in enumerate(rows):
        try:
            _link(document, held, ids[i], row, i)
        except InputError as error:
            document.problem(error.message, ("package", i))
    return document


def _judge(document: Document, metadata: dict[str, Any], *, found: bool) -> None:
    """Say so when the lock is of no known version, or has lost its metadata."""
    if not metadata:
        if not found:
            raise InputError("not a pdm.lock: neither packages nor [metadata]", path=document.path)
        document.problem("no [metadata], which every pdm.lock has: the file is cut off")
        return
    version = string(metadata.get("lock_version", "1"), "lock_version")
    major = version.partition(".")[0]
    if not (major.isdecimal() and len(major) < 4 and int(major) <= _NEWEST):  # noqa: PLR2004 - digits
        at = ("metadata", "lock_version")
        document.problem(f"lock_version {version[:40]} is not among 1 to {_NEWEST}, which depscan reads", at)


def _files_apart(document: Document, metadata: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return ``[metadata.files]``, keyed ``"name version"``, as it stands before lock_version 4.3."""
    made: dict[str, list[dict[str, Any]]] = {}
    try:
        for key, files in table(metadata.get("files"), "metadata.files").items():
            name, _, version = key.partition(" ")
            made[f"{normalise(name.partition('[')[0])} {version}"] = tables(files, "files of a package")
    except InputError as error:
        document.problem(error.message, ("metadata", "files"))
    return made


def _add(
    document: Document, held: Held, row: dict[str, Any], index: int, apart: dict[str, list[dict[str, Any]]]
) -> str:
    """Add the package of a row and return its node id; "" with a problem when it cannot be read."""
    at = ("package", index, "name")
    try:
        key = document.add(_package(row, apart), at)
    except InputError as error:
        document.problem(error.message, at)
        return ""
    held.add(key, row, at)
    return key


def _package(row: dict[str, Any], apart: dict[str, list[dict[str, Any]]]) -> Package:
    raw = required(row.get("name"), "name of a package").partition("[")[0]
    name, version = normalise(raw), string(row.get("version"), "version") or None
    kind, url, commit = _origin(row)
    files = tables(row.get("files"), "files") or apart.get(f"{name} {version or ''}", [])
    made = tuple(_file(f) for f in files)
    hashes = tuple(f.hash for f in made if f.hash)
    return Package("PyPI", name, version, kind, raw if raw != name else "", "", url, commit, hashes, made)


def _origin(row: dict[str, Any]) -> tuple[str, str, str]:
    """Return source, URL or path, and commit of a package."""
    vcs = next((key for key in _VCS if key in row), "")
    if vcs:
        return "git", string(row[vcs], f"{vcs} of a package"), string(row.get("revision"), "revision")
    if "path" in row:
        return "local", string(row["path"], "path of a package"), ""
    url = string(row.get("url"), "url of a package")
    if url:
        return ("local" if url.startswith("file:") else "url"), url, ""
    return ("local" if row.get("editable") is True else "registry"), "", ""


def _file(row: dict[str, Any]) -> File:
    size = row.get("size")
    return File(
        string(row.get("url") or row.get("file"), "name of a file"),
        string(row.get("hash"), "hash of a file"),
        size if isinstance(size, int) and not isinstance(size, bool) else -1,
        timestamp(row.get("upload_time") or row.get("upload-time"), "upload_time"),
    )


def _link(document: Document, held: Held, parent: str, row: dict[str, Any], index: int) -> None:
    for text in _wants(row.get("dependencies")):
        name, requested, marker = requirement(text.partition("#egg=")[2] if text.startswith("-e ") else text)
        at = ("package", index, "dependencies", name)
        if not name:
            document.problem(f"cannot read the dependency {text[:200]!r}", at[:3])
            continue
        constraint = requested.partition("]")[2] if requested.startswith("[") else requested
        children = held.fitting(name, "" if constraint.startswith("@") else constraint)
        if not children and not marker:
            document.problem(f"dependency {name[:200]} is not in the lock", at)
        for child in children:
            if parent and child != parent:
                document.link(parent, child, marker=marker, requested=requested, at=at)


def _wants(value: Any) -> list[str]:  # noqa: ANN401 - an array of texts or, before lock_version 2, a table
    if not isinstance(value, dict):
        return strings(value, "dependencies")
    made = []
    for name, want in value.items():
        terms = {"version": want} if isinstance(want, str) else table(want, "dependency")
        extras = ",".join(strings(terms.get("extras"), "extras"))
        version = string(terms.get("version"), "version of a dependency")
        marker = string(terms.get("marker"), "marker")
        made.append(
            name
            + (f"[{extras}]" if extras else "")
            + (version if version != "*" else "")
            + (f"; {marker}" if marker else "")
        )
    return made


FORMAT = InputFormat("pdm-lock", "pdm.lock", "PyPI", parse, locate_toml)
