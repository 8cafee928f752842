"""deno.lock, versions 2 to 5 (https://docs.deno.com/runtime/fundamentals/modules/ and the ``deno_lockfile`` crate).

    2     npm.specifiers, npm.packages
    3     packages.specifiers, packages.jsr, packages.npm
    4, 5  specifiers, jsr, npm

Version 1 and ``remote`` list single modules by URL: they are files, not packages of a registry.
"""

from __future__ import annotations

from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import registry_of, split_name
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.model.package import File, Package
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import string, table
from depscan.text.source import SourceFile

PATTERNS = "deno.lock"
EXPLICIT = "*deno.lock *deno*.lock"

_KNOWN = {"2", "3", "4", "5"}


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a deno.lock.

    Raises:
        InputError: not JSON, not a lock, or a value of the wrong type.
    """
    lock = table(load_json(source), "deno.lock")
    document = Document(source.path, "deno-lock", lock=True)
    document.hashed = True
    if "version" not in lock:
        if not all(key.startswith(("http:", "https:")) and isinstance(value, str) for key, value in lock.items()):
            raise source.error("not a deno.lock: no 'version'")
        return document
    version = string(lock["version"], "version")
    if version not in _KNOWN:
        document.problem(f"deno.lock version {version[:20]} is newer than depscan: read as version 5", ("version",))
    base: tuple[str, ...] = ()
    if version == "2":
        lock, base = table(lock.get("npm"), "npm"), ("npm",)
        reader = _Lock(document, table(lock.get("specifiers"), "specifiers"))
        reader.add_npm(table(lock.get("packages"), "npm packages"), (*base, "packages"))
    else:
        if version == "3":
            lock, base = table(lock.get("packages"), "packages"), ("packages",)
        reader = _Lock(document, table(lock.get("specifiers"), "specifiers"))
        reader.add_jsr(table(lock.get("jsr"), "jsr"), (*base, "jsr"))
        reader.add_npm(table(lock.get("npm"), "npm"), (*base, "npm"))
    reader.link()
    return document


class _Lock:
    """One lock on its way into a document; keys are ``jsr:name@version`` and ``npm:name@version_peers``."""

    def __init__(self, document: Document, specifiers: dict[str, Any]) -> None:
        self.document = document
        self.specifiers = {key: string(value, "a specifier") for key, value in specifiers.items()}
        self.rows: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {}
        self.by_name: dict[str, list[str]] = {}
        self.ranges: dict[str, list[str]] = {}
        for key in self.specifiers:
            self.ranges.setdefault(_scoped(key), []).append(key)

    def add_jsr(self, rows: dict[str, Any], at: tuple[str, ...]) -> None:
        """Add the packages of JSR."""
        for key, value in rows.items():
            row = table(value, f"package {key[:80]}")
            name, version = split_name(key)
            digest = string(row.get("integrity"), "integrity")
            hashes = (f"sha256:{digest}",) if digest else ()
            self._add(f"jsr:{key}", Package("JSR", name, version or None, "jsr", hashes=hashes), row, (*at, key))

    def add_npm(self, rows: dict[str, Any], at: tuple[str, ...]) -> None:
        """Add the packages of npm; peer variants of one version are one node."""
        for key, value in rows.items():
            row = table(value, f"package {key[:80]}")
            name, reference = split_name(key)
            hashes = tuple(string(row.get("integrity"), "integrity").split())
            url = string(row.get("tarball"), "tarball")
            files = (File(url, hashes[0] if hashes else ""),) if url else ()
            index = registry_of(url, name)
            version = reference.partition("_")[0] or None
            package = Package("npm", name, version, "npm", registry=index, hashes=hashes, files=files)
            self._add(f"npm:{key}", package, row, (*at, key))

    def _add(self, key: str, package: Package, row: dict[str, Any], at: tuple[str, ...]) -> None:
        if package.version is None:
            self.document.problem(f"package {key[4:204]!r} names no version", at)
        self.rows[key] = (self.document.add(package, at), row, at)
        self.by_name.setdefault(_scoped(key), []).append(key)

    def link(self) -> None:
        """Add the edges between packages."""
        for key, (parent, row, at) in self.rows.items():
            for field, label in (("dependencies", "prod"), ("optionalDependencies", "optional")):
                for name, wanted in _wants(row.get(field), field):
                    self._edge(key, parent, wanted, label, (*at, field, name))

    def _edge(self, key: str, parent: str, wanted: str, label: str, at: Route) -> None:
        child = self._find(key[:4], wanted)
        if child is None:
            if label == "prod":
                self.document.problem(f"dependency {wanted} is not in the lock", at)
            return
        self.document.link(parent, child, label, requested=wanted, at=at)

    def _find(self, ecosystem: str, wanted: str) -> str | None:
        """Return the node for ``npm:a@^1``, ``jsr:a``, ``a@1.0.0_peer@2.0.0`` or, where one version exists, ``a``."""
        text = wanted if wanted.startswith(("npm:", "jsr:")) else ecosystem + wanted
        if text in self.rows:
            return self.rows[text][0]
        if "@npm:" in text[4:]:  # an alias: "short@npm:real@1.0.0"
            return self._find("npm:", text.rpartition("@npm:")[2])
        resolved = self.specifiers.get(text) or self.specifiers.get(text[4:])
        name = _scoped(text)
        if resolved is None:
            return self._only(name, text)
        full = resolved if resolved.startswith(("npm:", "jsr:")) else f"{name}@{resolved}"
        if full not in self.rows:
            full = text[:4] + resolved
        return self.rows[full][0] if full in self.rows else None

    def _only(self, name: str, text: str) -> str | None:
        """Return the only version of a name; deno leaves the version out where there is one."""
        if text != name:
            return None
        found = {self.rows[key][0] for key in self.by_name.get(name, ())}
        if len(found) == 1:
            return found.pop()
        ranges = self.ranges.get(name, ())
        return self._find(name[:4], ranges[0]) if len(ranges) == 1 else None


def _scoped(key: str) -> str:
    """Return ``npm:name`` or ``jsr:name`` of a key."""
    return key[:4] + split_name(key[4:])[0]


def _wants(value: Any, field: str) -> list[tuple[str | int, str]]:  # noqa: ANN401 - a value of the file
    """Return (key, wanted) of a table (versions 2 and 3) or (index, wanted) of an array (from version 4)."""
    if isinstance(value, list):
        return [(i, string(item, field)) for i, item in enumerate(value)]
    return [(name, string(wanted, field)) for name, wanted in table(value, field).items()]


FORMAT = InputFormat("deno-lock", "deno.lock", "npm", parse, locate_json)
