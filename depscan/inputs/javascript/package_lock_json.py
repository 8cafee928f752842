"""package-lock.json and npm-shrinkwrap.json (npm documentation, package-lock-json).

Versions 2 and 3 list folders (``packages``), version 1 nests ``dependencies``: it is read as the folders it stands for.
"""

from __future__ import annotations

from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import exact, locked_package, origin, unalias
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.model.package import Package
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import string, table
from depscan.text.source import SourceFile

PATTERNS = "package-lock.json npm-shrinkwrap.json"
EXPLICIT = ".package-lock.json *package-lock*.json"

MAX_DEPTH = 300
"""Most path parts of an installed folder."""

_MODULES = "node_modules/"
_LABELS = {
    "optionalDependencies": "optional",  # first: npm lets it win over the same name below
    "devDependencies": "dev",
    "dependencies": "prod",
    "peerDependencies": "peer",
}


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a package-lock.json.

    Raises:
        InputError: not JSON, not a lock, or a value of the wrong type.
    """
    lock = table(load_json(source), "package-lock")
    if not lock.keys() & {"lockfileVersion", "packages", "dependencies"}:
        raise source.error("not a package-lock: no 'lockfileVersion', 'packages' or 'dependencies'")
    document = Document(source.path, "package-lock", lock=True)
    nested = "packages" not in lock
    rows = _unnest(source, lock) if nested else table(lock["packages"], "packages")
    entries = {path: table(row, "a package") for path, row in rows.items()}
    deep = next((path for path in entries if path.count("/") > MAX_DEPTH), None)
    if deep is not None:
        raise source.error("nested too deeply to be a dependency file")
    reader = _Lock(document, entries, routes=nested)
    if "" not in entries and string(lock.get("name"), "name"):
        version = string(lock.get("version"), "version") or None
        document.root = document.add(Package("npm", lock["name"], version, "local", url="."), ("name",))
    reader.add_packages(source)
    reader.link_packages()
    document.hashed = any(p.hashes for p in document.nodes.values())
    return document


def _unnest(source: SourceFile, lock: dict[str, Any]) -> dict[str, Any]:
    """Return the folders that the nested tables of lock version 1 stand for."""
    found: dict[str, Any] = {}
    waiting = [("", table(lock.get("dependencies"), "dependencies"))]
    while waiting:
        base, rows = waiting.pop()
        if base.count("/") > MAX_DEPTH:
            raise source.error("nested too deeply to be a dependency file")
        for name, value in rows.items():
            path, row = f"{base}{_MODULES}{name}", table(value, "a dependency")
            found[path] = _old_row(name, row)
            waiting.append((f"{path}/", table(row.get("dependencies"), "dependencies")))
    return found


def _old_row(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a version 1 row in the words of version 2."""
    version = string(row.get("version"), "version")
    made: dict[str, Any] = {"version": version, "integrity": row.get("integrity"), "resolved": row.get("resolved")}
    real, wanted = unalias(name, version)
    if version.startswith("npm:"):
        made["name"], made["version"] = real, wanted
    elif version and exact(version) is None and origin(version, name).source != "registry":
        made["resolved"] = version
        if origin(version, name).source == "local":
            made["version"] = None
    wants = row.get("requires")  # True at some places: "the tables below say it"
    made["dependencies"] = {} if isinstance(wants, bool) else wants
    made["inBundle"] = row.get("bundled")
    made["lenient"] = True
    return made


class _Lock:
    """Folders of one lock on their way into a document."""

    def __init__(self, document: Document, entries: dict[str, dict[str, Any]], *, routes: bool) -> None:
        self.document = document
        self.entries = entries
        self.nested = routes
        self.ids: dict[str, str] = {}
        self.known: dict[tuple[str, str | None], Package] = {}

    def route(self, path: str) -> Route:
        """Return where a folder stands in the file."""
        if not self.nested:
            return ("packages", path)
        parts = path.removeprefix(_MODULES).split("/" + _MODULES)
        return tuple(key for part in parts for key in ("dependencies", part))

    def add_packages(self, source: SourceFile) -> None:
        """Add a node for every folder that is no link."""
        made = {path: self._package(path, row) for path, row in self.entries.items() if not row.get("link")}
        for package in made.values():
            if package.registry:  # a copy whose origin the lock leaves out is the same package
                self.known.setdefault((package.name, package.version), package)
        for path, package in made.items():
            if not path:
                self.ids[path] = self.document.root = self._add_root(source, package)
                continue
            if package.source == "registry" and not package.registry:
                package = self.known.get((package.name, package.version), package)  # noqa: PLW2901
            self.ids[path] = self.document.add(package, self.route(path))
        for path, row in self.entries.items():
            if row.get("link"):
                self._add_link(path, string(row.get("resolved"), "resolved"))

    def _add_root(self, source: SourceFile, package: Package) -> str:
        if not package.name:
            return self.document.add_root(source.path, ("packages", ""))
        return self.document.add(package, ("packages", "", "name"))

    def _add_link(self, path: str, target: str) -> None:
        if target not in self.ids:
            name = path.rpartition(_MODULES)[2]
            self.ids[target] = self.document.add(Package("npm", name, None, "local", url=target), self.route(path))
        self.ids[path] = self.ids[target]

    def _package(self, path: str, row: dict[str, Any]) -> Package:
        folder, mark, installed = path.rpartition(_MODULES)
        name = string(row.get("name"), "name")
        version = string(row.get("version"), "version") or None
        if not mark or not installed:
            shown = name or path.rpartition("/")[2]
            return Package("npm", shown, version, "local", url=path or ".")
        if row.get("inBundle"):  # it arrives inside the tarball of the package that bundles it
            row = self._carrier(folder) or row
            resolved = ""
            carrier = string(row.get("resolved"), "resolved")
            integrity = string(row.get("integrity"), "integrity")
            return locked_package(name or installed, version, resolved, integrity, installed)._replace(
                registry=origin(carrier, folder.rstrip("/").rpartition(_MODULES)[2]).registry
            )
        resolved = string(row.get("resolved"), "resolved") if not isinstance(row.get("resolved"), bool) else ""
        return locked_package(
            name or installed, version, resolved, string(row.get("integrity"), "integrity"), installed
        )

    def _carrier(self, folder: str) -> dict[str, Any] | None:
        """Return the nearest enclosing folder that has a tarball of its own."""
        path = folder.rstrip("/")
        while path:
            row = self.entries.get(path)
            if row is not None and not row.get("inBundle"):
                return row
            path = path.rpartition("/" + _MODULES)[0]
        return None

    def link_packages(self) -> None:
        """Add an edge for every request that a folder states and the tree answers."""
        for path, row in self.entries.items():
            if not row.get("link"):
                self._link(path, row)

    def _link(self, path: str, row: dict[str, Any]) -> None:
        seen: set[str] = set()
        for field, label in _LABELS.items():
            if label == "dev" and _MODULES in path:
                continue  # nobody installs the development needs of an installed package
            shown = "requires" if self.nested else field
            for name, wanted in table(row.get(field), field).items():
                if name in seen:
                    continue
                seen.add(name)
                requested = string(wanted, f"{field} of {path}")
                self._edge(path, row, name, label, requested, (*_tuple(self.route(path)), shown, name))

    def _edge(self, path: str, row: dict[str, Any], name: str, label: str, requested: str, at: Route) -> None:
        child = self._find(path, name)
        if child is not None:
            self.document.link(self.ids[path], self.ids[child], label, requested=requested, at=at)
        elif label == "prod" and not (row.get("optional") or row.get("lenient") or row.get("peer")):
            self.document.problem(f"dependency {name} is not in the lock", at)

    def _find(self, path: str, name: str) -> str | None:
        """Return the folder that Node would load ``name`` from (Node's "Loading from node_modules folders")."""
        base = path
        while True:
            found = f"{base}/{_MODULES}{name}" if base else _MODULES + name
            if found in self.ids:
                return found
            if not base or base in {"..", "."}:
                return None
            base = base.rpartition("/")[0]


def _tuple(route: Route) -> tuple[str | int, ...]:
    return route if isinstance(route, tuple) else ()


FORMAT = InputFormat("package-lock", "package-lock.json", "npm", parse, locate_json)
