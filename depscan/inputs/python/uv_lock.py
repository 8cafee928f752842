"""uv.lock: uv's lockfile for every platform at once (https://docs.astral.sh/uv/concepts/resolution/).

Reads packages, forks, workspace members, extras, groups, markers, files with hashes and upload times.
"""

from __future__ import annotations

import re
from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.errors import InputError
from depscan.inputs.format import InputFormat
from depscan.inputs.python._held import Held, top
from depscan.model.document import Document
from depscan.model.package import File, Package
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import required, string, strings, table, tables, timestamp
from depscan.text.source import SourceFile

PATTERNS = "uv.lock *.py.lock"

_LOCAL = ("editable", "virtual", "directory", "path")
_SECTIONS = (("dependencies", ""), ("optional-dependencies", "extra"), ("dev-dependencies", "group"))
_NEWEST = 1
_FEW = 20
"""Most constraints on one name that a package's metadata is read for."""

_EXTRA = re.compile(r"extra == ['\"]([^'\"]+)['\"]").findall


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a uv.lock.

    Raises:
        InputError: not TOML, or no lock of this format.
    """
    lock = load_toml(source)
    document = Document(source.path, "uv-lock", lock=True)
    document.hashed = True
    version = lock.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise source.error("not a uv.lock: no 'version' of the lock format")
    if version > _NEWEST:
        shown = version if version < 1000 else "of the format"  # noqa: PLR2004 - hex numbers have no limit of digits
        document.problem(f"lock version {shown} is newer than {_NEWEST}, which is what depscan reads", ("version",))
    held = Held(document)
    rows = top(source, lock, "package", tables)
    ids = [_add(document, held, row, i) for i, row in enumerate(rows)]
    for i, row in enumerate(rows):
        try:
            _link_row(document, held, ids[i], row, i)
        except InputError as error:
            document.problem(error.message, ("package", i))
    try:
        _link_script(document, held, table(lock.get("manifest"), "manifest"))
    except InputError as error:
        document.problem(error.message, ("manifest",))
    return document


def _add(document: Document, held: Held, row: dict[str, Any], index: int) -> str:
    """Add the package of a row and return its node id; "" with a problem when it cannot be read."""
    at = ("package", index, "name")
    try:
        package = _package(row)
        key = document.add(package, at)
    except InputError as error:
        document.problem(error.message, at)
        return ""
    held.add(key, row, at)
    if package.source == "local" and package.url == "." and not document.root:
        document.root = key
    return key


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
        size if isinstance(size, int) and not isinstance(size, bool) else -1,
        timestamp(row.get("upload-time") or row.get("upload_time"), "upload-time"),
    )


def _link_row(document: Document, held: Held, parent: str, row: dict[str, Any], index: int) -> None:
    wanted = _Wanted(row, held)
    for section, kind in _SECTIONS:
        value = row.get(section)
        named = {"": value} if not kind else table(value, section)
        for name, wants in named.items():
            at = ("package", index, section, name) if kind else ("package", index, section)
            label = f"{kind}:{name}" if kind else "prod"
            for want in tables(wants, section):
                _link(document, held, parent, want, label, wanted, at)


class _Wanted:
    """What a local package's own metadata asks for (``[package.metadata]``)."""

    __slots__ = ("_chosen", "_constraints", "_held")

    def __init__(self, row: dict[str, Any], held: Held) -> None:
        self._held = held
        self._constraints: dict[tuple[str, str], list[str]] = {}
        self._chosen: dict[tuple[str, str, str], str] = {}
        metadata = table(row.get("metadata"), "metadata")
        for want in tables(metadata.get("requires-dist"), "requires-dist"):
            for extra in _EXTRA(string(want.get("marker"), "marker")) or [""]:
                self._keep(f"extra:{extra}" if extra else "prod", want)
        for group, wants in table(metadata.get("requires-dev"), "requires-dev").items():
            for want in tables(wants, "requires-dev"):
                self._keep(f"group:{group}", want)

    def _keep(self, label: str, want: dict[str, Any]) -> None:
        text = _constraint(want)
        if text:
            same = self._constraints.setdefault((label, normalise(string(want.get("name"), "name"))), [])
            if text not in same and len(same) < _FEW:
                same.append(text)

    def of(self, label: str, name: str, version: str) -> str:
        """Return the constraint on a name; of several, those that the version fits.

        Several stand beside each other under different markers; they are joined with ``||``.
        """
        key = label, name, version
        if key not in self._chosen:
            texts = self._constraints.get((label, name), [])
            if len(texts) > 1 and version:
                texts = [text for text in texts if self._held.allows(text, version)] or texts
            self._chosen[key] = " || ".join(texts)
        return self._chosen[key]


def _constraint(want: dict[str, Any]) -> str:
    """Return the version constraint of a request, or ``@`` and the place it is to come from."""
    specifier = string(want.get("specifier"), "specifier")
    place = next((string(want[k], k) for k in ("git", "url", *_LOCAL) if k in want), "")
    return f"@ {place}" if place and not specifier else specifier


def _link(
    document: Document,
    held: Held,
    parent: str,
    want: dict[str, Any],
    label: str,
    wanted: _Wanted,
    place: tuple[str | int, ...],
) -> None:
    raw = required(want.get("name"), "name of a dependency")
    at = (*place, raw)
    children = _children(held, want)
    if not children:
        document.problem(f"dependency {raw[:200]} is not in the lock", at)
    marker = string(want.get("marker"), "marker")
    extras = strings(want.get("extra"), "extra")
    prefix = f"[{','.join(extras)}]" if extras else ""
    for child in children if parent else ():
        requested = prefix + wanted.of(label, normalise(raw), document.nodes[child].version or "")
        document.link(parent, child, label, marker=marker, requested=requested, at=at)


def _children(held: Held, want: dict[str, Any]) -> list[str]:
    """Return what a dependency means; it names version and source where the lock holds the name twice."""
    version, origin = want.get("version"), want.get("source")
    return [
        entry.key
        for entry in held.named(want["name"])
        if (version is None or version == entry.version) and (origin is None or origin == entry.row.get("source"))
    ]


def _link_script(document: Document, held: Held, manifest: dict[str, Any]) -> None:
    """Link what a script asks for (PEP 723): its lock has no package that stands for it."""
    wants = tables(manifest.get("requirements"), "requirements of the manifest")
    if not wants:
        return
    root = document.root or document.add_root(document.path.removesuffix(".lock"))
    for want in wants:
        raw = required(want.get("name"), "name of a requirement")
        at = ("manifest", "requirements", raw)
        children = [e.key for e in held.named(raw)]
        if not children:
            document.problem(f"requirement {raw[:200]} is not in the lock", at)
        extras = strings(want.get("extras"), "extras")
        requested = (f"[{','.join(extras)}]" if extras else "") + _constraint(want)
        for child in children:
            marker = string(want.get("marker"), "marker")
            document.link(root, child, marker=marker, requested=requested, at=at)


FORMAT = InputFormat("uv-lock", "uv.lock", "PyPI", parse, locate_toml)
