"""poetry.lock: Poetry's lockfile, lock-version 0.x to 2.x (https://python-poetry.org/docs/libraries/#lock-file).

Reads packages, forks, sources, files with hashes in all three shapes, and dependencies with markers and extras.
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
from depscan.text.shape import array, required, string, strings, table, tables, timestamp
from depscan.text.source import SourceFile

PATTERNS = "poetry.lock"

_NEVER_LOCKED = frozenset({"setuptools", "pip", "wheel", "distribute"})
"""Left out of locks by Poetry before 1.5, though packages ask for them."""

_VCS = frozenset({"git", "hg", "svn", "bzr"})


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a poetry.lock.

    Raises:
        InputError: not TOML (merge-conflict markers are named with their line), or no lock of this format.
    """
    lock = load_toml(source)
    document = Document(source.path, "poetry-lock", lock=True)
    document.hashed = True
    rows = top(source, lock, "package", tables)
    metadata = top(source, lock, "metadata", table)
    _judge(document, metadata, found=bool(rows))
    apart = _files_apart(document, metadata)
    names: dict[str, int] = {}
    for name in (row.get("name") for row in rows):
        if isinstance(name, str):
            names[normalise(name)] = names.get(normalise(name), 0) + 1
    forked = {name for name, times in names.items() if times > 1}
    held = Held(document)
    ids = [_add(document, held, row, i, apart, forked) for i, row in enumerate(rows)]
    for i, row in enumerate(rows):
        try:
            _link(document, held, ids[i], row, i)
        except InputError as error:
            document.problem(error.message, ("package", i))
    return document


def _judge(document: Document, metadata: dict[str, Any], *, found: bool) -> None:
    """Say so when the lock is of no known version or, its metadata standing last, cut off."""
    version = string(metadata.get("lock-version"), "lock-version") or "1.0"
    if not metadata:
        if not found:
            raise InputError("not a poetry.lock: neither packages nor [metadata]", path=document.path)
        document.problem("no [metadata], which ends every poetry.lock: the file is cut off")
    elif version.partition(".")[0] not in {"0", "1", "2"}:
        at = ("metadata", "lock-version")
        document.problem(f"lock-version {version[:40]} is newer than 2.x, which is what depscan reads", at)


def _files_apart(document: Document, metadata: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the files by normalised name where they stand apart from the packages.

    Until lock-version 1.1 they are ``[metadata.files]``, before 1.0 bare SHA-256 texts in ``[metadata.hashes]``.
    """
    made: dict[str, list[Any]] = {}
    try:
        for raw, files in table(metadata.get("files"), "metadata.files").items():
            made[normalise(raw)] = tables(files, "files of a package")
        for raw, hashes in table(metadata.get("hashes"), "metadata.hashes").items():
            made[normalise(raw)] = [{"hash": h} for h in strings(hashes, "hashes of a package")]
    except InputError as error:
        document.problem(error.message, ("metadata", "files"))
    return made


def _add(
    document: Document,
    held: Held,
    row: dict[str, Any],
    index: int,
    apart: dict[str, list[Any]],
    forked: set[str],
) -> str:
    """Add the package of a row and return its node id; "" with a problem when it cannot be read."""
    at = ("package", index, "name")
    try:
        raw = required(row.get("name"), "name of a package")
        files = tables(row.get("files"), "files")
        if not files:
            files = apart.get(normalise(raw), [])
            if normalise(raw) in forked:
                files = _of_version(files, string(row.get("version"), "version"))
        key = document.add(_package(raw, row, files), at)
    except InputError as error:
        document.problem(error.message, at)
        return ""
    held.add(key, row, at)
    return key


def _of_version(files: list[dict[str, Any]], version: str) -> list[dict[str, Any]]:
    """Return the files whose names carry a version: ``[metadata.files]`` mixes those of a name's forks."""
    return [
        f
        for f in files
        if any(f"-{version}{end}" in string(f.get("file"), "name of a file") for end in ("-", ".tar", ".zip"))
    ]


def _package(raw: str, row: dict[str, Any], files: list[dict[str, Any]]) -> Package:
    origin = table(row.get("source"), "source")
    kind, url, commit, index = "registry", string(origin.get("url"), "url of source"), "", ""
    what = string(origin.get("type"), "type of source")
    if what in _VCS:
        kind, commit = "git", string(origin.get("resolved_reference"), "resolved_reference")
        reference = string(origin.get("reference"), "reference")
        commit = commit or (reference if len(reference) == 40 else "")  # noqa: PLR2004 - a full SHA-1
    elif what == "url":
        kind = "url"
    elif what in {"directory", "file"}:
        kind = "local"
    else:
        index, url = url, ""
    made = tuple(_file(f) for f in files)
    name, version = normalise(raw), string(row.get("version"), "version") or None
    hashes = tuple(f.hash for f in made if f.hash)
    return Package("PyPI", name, version, kind, raw if raw != name else "", index, url, commit, hashes, made)


def _file(row: dict[str, Any]) -> File:
    digest = string(row.get("hash"), "hash of a file")
    size = row.get("size")
    return File(
        string(row.get("url") or row.get("file"), "name of a file"),
        digest if ":" in digest or not digest else f"sha256:{digest}",
        size if isinstance(size, int) and not isinstance(size, bool) else -1,
        timestamp(row.get("upload-time") or row.get("upload_time"), "upload-time"),
    )


def _link(document: Document, held: Held, parent: str, row: dict[str, Any], index: int) -> None:
    for name, wants in table(row.get("dependencies"), "dependencies").items():
        at = ("package", index, "dependencies", name)
        for want in array(wants, "dependency") if isinstance(wants, list) else [wants]:
            try:
                _link_one(document, held, parent, name, want, at)
            except InputError as error:
                document.problem(error.message, at)


def _link_one(
    document: Document,
    held: Held,
    parent: str,
    name: str,
    want: Any,  # noqa: ANN401 - a text or a table
    at: tuple[str | int, ...],
) -> None:
    terms = {"version": want} if isinstance(want, str) else table(want, "dependency")
    constraint = string(terms.get("version"), "version of a dependency")
    marker = string(terms.get("markers"), "markers")
    optional = terms.get("optional") is True
    children = held.fitting(name, constraint)
    if not children and not (optional or marker or normalise(name) in _NEVER_LOCKED):
        document.problem(f"dependency {name[:200]} is not in the lock", at)
    extras = strings(terms.get("extras"), "extras")
    place = next((string(terms[k], k) for k in ("git", "url", "path", "file") if k in terms), "")
    requested = (f"[{','.join(extras)}]" if extras else "") + (f"@ {place}" if place else constraint)
    label = "optional" if optional else "prod"
    for child in children if parent else ():
        document.link(parent, child, label, marker=marker, requested=requested, at=at)


FORMAT = InputFormat("poetry-lock", "poetry.lock", "PyPI", parse, locate_toml)
