"""pnpm-lock.yaml, lockfile versions 5 to 9 (https://github.com/pnpm/spec/tree/master/lockfile).

From version 9 a file may hold several documents: pnpm keeps its own tools in one before the project's.
"""

from __future__ import annotations

from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import commit_of, locked_package
from depscan.inputs.javascript._pnpm_key import candidates, read_key, without_peers
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.model.package import File, Package
from depscan.text.lines import locate_yaml
from depscan.text.shape import string, table
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml_documents

PATTERNS = "pnpm-lock.yaml pnpm-lock.*.yaml"
EXPLICIT = "*pnpm-lock*.yaml *pnpm-lock*.yml"

_GROUPS = {
    "dependencies": "prod",
    "devDependencies": "dev",
    "optionalDependencies": "optional",
    "configDependencies": "build",  # pnpm loads their hooks before it installs
    "packageManagerDependencies": "build",
}


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a pnpm-lock.yaml.

    Raises:
        InputError: not YAML, not a lock, or a value of the wrong type.
    """
    document = Document(source.path, "pnpm-lock", lock=True)
    found = [table(value, "pnpm-lock") for value in load_yaml_documents(source)]
    if not any("lockfileVersion" in lock for lock in found):
        raise source.error("not a pnpm-lock.yaml: no 'lockfileVersion'")
    for lock in found:
        reader = _Lock(document, lock)
        reader.add_packages()
        reader.link_importers(source)
        reader.link_packages()
    document.hashed = any(p.hashes for p in document.nodes.values())
    return document


class _Lock:
    """One YAML document on its way into the facts."""

    def __init__(self, document: Document, lock: dict[str, Any]) -> None:
        self.document = document
        self.lock = lock
        version = string(lock.get("lockfileVersion"), "lockfileVersion")
        digits = version.partition(".")[0]
        self.major = int(digits) if digits.isdecimal() and len(digits) < 4 else 9  # noqa: PLR2004 - newest known
        self.rows = {k: table(v, f"package {k[:80]}") for k, v in table(lock.get("packages"), "packages").items()}
        self.snapshots = table(lock.get("snapshots"), "snapshots")
        self.times = table(lock.get("time"), "time")
        self.ids: dict[str, str] = {}

    def add_packages(self) -> None:
        """Add a node per package; peer variants of one version are one node."""
        for key, row in self.rows.items():
            self._add(key, row, ("packages", key))
        for key in self.snapshots:
            base = without_peers(key)
            if base not in self.ids and base not in self.rows:
                self._add(base, {}, ("snapshots", key))
            if base in self.ids:
                self.ids[key] = self.ids[base]

    def _add(self, key: str, row: dict[str, Any], at: Route) -> None:
        package = self._package(key, row)
        if package.source == "registry" and package.version is None:  # then its name is a guess, too
            self.document.problem(f"package {key[:200]!r} names no version", at)
        else:
            self.ids[key] = self.document.add(package, at)

    def _package(self, key: str, row: dict[str, Any]) -> Package:
        parts = read_key(key, self.major)
        resolution = table(row.get("resolution"), "resolution")
        name = string(row.get("name"), "name") or parts.name
        version = string(row.get("version"), "version")
        plain = parts.reference[:1].isdigit()
        if not version and plain:
            version = parts.reference
        address = self._address(parts.reference, resolution, plain=plain)
        integrity = string(resolution.get("integrity"), "integrity")
        made = locked_package(name or address or key, version or None, address, integrity)
        if made.source == "registry" and parts.host:
            made = made._replace(registry=f"https://{parts.host}/")
        index = string(resolution.get("registry"), "registry")
        if made.source == "registry" and index:
            made = made._replace(registry=index)
        time = string(self.times.get(key), "time")
        if time:
            known = made.files or (File("", integrity),)
            made = made._replace(files=tuple(f._replace(upload_time=time) for f in known))
        return self._commit(made, resolution)

    def _address(self, reference: str, resolution: dict[str, Any], *, plain: bool) -> str:
        """Return where the package is fetched from; "" for the default registry."""
        kind = string(resolution.get("type"), "type")
        if kind == "directory" or "directory" in resolution:
            return "file:" + string(resolution.get("directory"), "directory")
        if kind == "git" or "repo" in resolution:
            repo = string(resolution.get("repo"), "repo")
            return f"git+{repo}" if not repo.startswith(("git", "ssh:")) else repo
        tarball = string(resolution.get("tarball"), "tarball")
        return tarball or ("" if plain else reference if ":" in reference else "")

    def _commit(self, package: Package, resolution: dict[str, Any]) -> Package:
        commit = string(resolution.get("commit"), "commit")
        if package.source != "git" or not commit:
            return package
        return package._replace(commit=commit_of(f"#{commit}"), url=f"{package.url.partition('#')[0]}#{commit}")

    def link_importers(self, source: SourceFile) -> None:
        """Add a node for every workspace project, and what it asks for."""
        importers = table(self.lock.get("importers"), "importers")
        alone = "importers" not in self.lock
        for path, value in ({".": self.lock} if alone else importers).items():
            row = table(value, "an importer")
            at: tuple[str, ...] = () if alone else ("importers", path)
            folder = source.path.replace("\\", "/").rpartition("/")[0]
            if path == ".":
                parent = self.document.add_root(source.path, at)
            else:
                shown = f"{folder}/{path}" if folder else path
                parent = self.document.add(Package("project", shown, None, "local", url=path), at)
            specifiers = table(row.get("specifiers"), "specifiers")
            for field, label in _GROUPS.items():
                for name, wanted in table(row.get(field), field).items():
                    self._importer_edge(parent, (*at, field, name), label, wanted, specifiers.get(name))

    def _importer_edge(
        self,
        parent: str,
        at: Route,
        label: str,
        wanted: Any,  # noqa: ANN401 - a value of the file
        specifier: Any,  # noqa: ANN401
    ) -> None:
        name = str(at[-1]) if isinstance(at, tuple) else ""
        if isinstance(wanted, dict):
            wanted, specifier = wanted.get("version"), wanted.get("specifier")
        requested = string(specifier, f"specifier of {name}")
        self._edge(parent, name, string(wanted, f"version of {name}"), label, requested, at)

    def link_packages(self) -> None:
        """Add the edges between packages."""
        rows: dict[str, Any] = self.snapshots or self.rows
        section = "snapshots" if self.snapshots else "packages"
        for key, value in rows.items():
            row = table(value, f"package {key[:80]}")
            if key not in self.ids:
                continue
            optional = table(row.get("optionalDependencies"), "optionalDependencies")
            for name, wanted in optional.items():
                at = (section, key, "optionalDependencies", name)
                self._edge(self.ids[key], name, string(wanted, name), "optional", "", at)
            for name, wanted in table(row.get("dependencies"), "dependencies").items():
                if name not in optional:
                    at = (section, key, "dependencies", name)
                    self._edge(self.ids[key], name, string(wanted, name), "prod", "", at)

    def _edge(self, parent: str, name: str, reference: str, label: str, requested: str, at: Route) -> None:
        if not reference or reference.startswith("link:"):
            return  # another project of the workspace, which is a root of its own
        child = self._find(name, reference)
        if child is not None:
            self.document.link(parent, child, label, requested=requested, at=at)
        elif label != "optional":
            self.document.problem(f"dependency {name}@{reference} is not in the lock", at)

    def _find(self, name: str, reference: str) -> str | None:
        for text in (reference, without_peers(reference), reference.replace("file:./", "file:", 1)):
            for key in candidates(name, text):
                if key in self.ids:
                    return self.ids[key]
        return None


FORMAT = InputFormat("pnpm-lock", "pnpm-lock.yaml", "npm", parse, locate_yaml)
