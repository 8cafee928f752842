"""uv.lock: uv's lockfile for every platform at once (https://docs.astral.sh/uv/concepts/resolution/).

Reads packages, forks, workspace members, extras, groups, markers, files with hashes and upload times.
"""

from __future__ import annotations

from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.package import File, Package
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import required, string, strings, table, tables
from depscan.text.source import SourceFile

PATTERNS = "uv.lock *.py.lock"

_LOCAL = ("editable", "virtual", "directory", "path")


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a uv.lock.

    Raises:
        InputError: not TOML, or a value of the wrong type.
    """
    lock = load_toml(source)
    document = Document(source.path, "uv-lock", lock=True)
    document.hashed = True
    rows = tables(lock.get("package"), "package")
    if "version" not in lock:
        raise source.error("not a uv.lock: no 'version' of the lock format")
    held: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    ids = []
    for i, row in enumerate(rows):
        package = _package(row)
        key = document.add(package, ("package", i))
        ids.append(key)
        held.setdefault(package.name, []).append((key, package.version or "", table(row.get("source"), "source")))
    for i, row in enumerate(rows):
        specifiers = _specifiers(row)
        _link(document, held, ids[i], row.get("dependencies"), "prod", specifiers, i)
        for extra, wants in table(row.get("optional-dependencies"), "optional-dependencies").items():
            _link(document, held, ids[i], wants, f"extra:{extra}", specifiers, i)
        for group, wants in table(row.get("dev-dependencies"), "dev-dependencies").items():
            _link(document, held, ids[i], wants, f"group:{group}", specifiers, i)
    return document


def _package(row: dict[str, Any]) -> Package:
    raw = required(row.get("name"), "name of a package")
    origin = table(row.get("source"), "source")
    url = commit = index = ""
    kind = "registry"
    if "git" in origin:
        kind, url = "git", string(origin["git"], "git source")
        commit = url.rpartition("#")[2] if "#" in url else ""
    elif "url" in origin:
        kind, url = "url", string(origin["url"], "url source")
    elif local := next((k for k in _LOCAL if k in origin), ""):
        kind, url = "local", string(origin[local], "local source")
    else:
        index = string(origin.get("registry"), "registry source")
    artifacts = tables(row.get("wheels"), "wheels")
    if "sdist" in row:
        artifacts = [table(row["sdist"], "sdist"), *artifacts]
    files = tuple(_file(a) for a in artifacts)
    name, version = normalise(raw), string(row.get("version"), "version") or None
    hashes = tuple(f.hash for f in files if f.hash)
    return Package("PyPI", name, version, kind, raw if raw != name else "", index, url, commit, hashes, files)


def _file(row: dict[str, Any]) -> File:
    size = row.get("size")
    return File(
        string(row.get("url") or row.get("path") or row.get("filename"), "url of a file"),
        string(row.get("hash"), "hash of a file"),
        size if isinstance(size, int) else -1,
        str(row.get("upload-time") or ""),
    )


def _specifiers(row: dict[str, Any]) -> dict[str, str]:
    """Return name to version constraint as the package's own metadata states it (local packages only)."""
    metadata = table(row.get("metadata"), "metadata")
    wants = tables(metadata.get("requires-dist"), "requires-dist")
    for group in table(metadata.get("requires-dev"), "requires-dev").values():
        wants = wants + tables(group, "requires-dev")
    return {string(w.get("name"), "name"): string(w.get("specifier"), "specifier") for w in wants}


def _link(
    document: Document,
    held: dict[str, list[tuple[str, str, dict[str, Any]]]],
    parent: str,
    wants: Any,  # noqa: ANN401 - a value of the file
    label: str,
    specifiers: dict[str, str],
    index: int,
) -> None:
    for want in tables(wants, "dependencies"):
        name = required(want.get("name"), "name of a dependency")
        version, origin = want.get("version"), want.get("source")
        children = [
            key
            for key, has, source in held.get(normalise(name), ())
            if (version is None or version == has) and (origin is None or origin == source)
        ]
        marker = string(want.get("marker"), "marker")
        extras = strings(want.get("extra"), "extra")
        requested = (f"[{','.join(extras)}]" if extras else "") + specifiers.get(name, "")
        for child in children:
            document.link(parent, child, label, marker=marker, requested=requested, at=("package", index, name))
        if not children:
            document.problem(f"dependency {name} is not in the lock", ("package", index, name))


FORMAT = InputFormat("uv-lock", "uv.lock", "PyPI", parse, locate_toml)
