"""bun.lock: bun's text lockfile, JSON with comments and trailing commas (https://bun.sh/docs/install/lockfile).

``packages`` maps the path of a package in the tree ("parent/child") to a tuple whose first member is
``name@resolution``; its other members differ by kind of resolution (bun's ``bun.lock.zig``).
"""

from __future__ import annotations

from typing import Any

from depscan.errors import InputError
from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import locked_package, origin, registry_of, split_name
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.lines import locate_json
from depscan.text.load import load_jsonc
from depscan.text.shape import array, required, string, strings, table
from depscan.text.source import SourceFile

PATTERNS = "bun.lock"
EXPLICIT = "*bun.lock"

_FIELDS = {
    "optionalDependencies": "optional",
    "devDependencies": "dev",
    "dependencies": "prod",
    "peerDependencies": "peer",
}
_MAX_DEPTH = 200


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a bun.lock.

    Raises:
        InputError: not JSON with comments, not a lock, or a value of the wrong type.
    """
    lock = table(load_jsonc(source), "bun.lock")
    if "lockfileVersion" not in lock:
        raise source.error("not a bun.lock: no 'lockfileVersion'")
    document = Document(source.path, "bun-lock", lock=True)
    document.hashed = True
    reader = _Lock(document, table(lock.get("workspaces"), "workspaces"))
    reader.add_workspaces(source)
    for path, value in table(lock.get("packages"), "packages").items():
        if path.count("/") > _MAX_DEPTH:
            raise source.error("nested too deeply to be a dependency file")
        try:
            reader.add_package(path, array(value, f"package {path[:80]}"))
        except InputError as error:
            document.problem(error.message, ("packages", path))
    if document.problems and not reader.ids:
        raise source.error(document.problems[0].message)
    reader.link()
    return document


def _parts(path: str) -> list[str]:
    """Return the package names in a path; a scope and its name are one."""
    found: list[str] = []
    for part in path.split("/"):
        if found and found[-1].startswith("@") and "/" not in found[-1]:
            found[-1] += f"/{part}"
        else:
            found.append(part)
    return found


class _Lock:
    """One lock on its way into a document."""

    def __init__(self, document: Document, workspaces: dict[str, Any]) -> None:
        self.document = document
        self.workspaces = {path: table(row, "a workspace") for path, row in workspaces.items()}
        self.members: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.infos: dict[str, dict[str, Any]] = {}

    def add_workspaces(self, source: SourceFile) -> None:
        """Add the project and the other members of its workspace."""
        for path, row in self.workspaces.items():
            name, at = string(row.get("name"), "name of a workspace"), ("workspaces", path)
            version = string(row.get("version"), "version of a workspace") or None
            if name:
                self.members[path] = self.document.add(Package("npm", name, version, "local", url=path or "."), at)
            else:
                self.members[path] = self.document.add_root(source.path if not path else f"{source.path}:{path}", at)
            if not path:
                self.document.root = self.members[path]

    def add_package(self, path: str, row: list[Any]) -> None:
        """Add the package at one place of the tree."""
        name, resolution = split_name(required(row[0] if row else None, f"resolution of {path[:80]}"))
        kind, colon, rest = resolution.partition(":")
        at = ("packages", path)
        self.infos[path] = next((part for part in row[1:] if isinstance(part, dict)), {})
        if kind == "workspace" and rest in self.members:
            self.ids[path] = self.members[rest]
        elif kind == "root" and "" in self.members:
            self.ids[path] = self.members[""]
        elif colon or (len(row) > 1 and isinstance(row[1], dict)):  # a registry's has its address second
            if origin(resolution, name).source == "registry":  # a tarball beside the lock, without "./"
                resolution = f"file:{resolution}"
            integrity = string(row[-1], "hash") if len(row) > 2 else ""  # noqa: PLR2004 - address, facts, hash
            integrity = integrity if integrity.startswith("sha") else ""
            self.ids[path] = self.document.add(locked_package(name, None, resolution, integrity, _parts(path)[-1]), at)
        else:
            index = string(row[1] if len(row) > 1 else "", "registry")
            integrity = string(row[3], "hash") if len(row) > 3 else ""  # noqa: PLR2004 - the fourth is the hash
            made = locked_package(name, resolution or None, "", integrity, _parts(path)[-1])
            made = made._replace(registry=_index(index, made.name)) if index else made
            self.ids[path] = self.document.add(made, at)

    def link(self) -> None:
        """Add the edges of the workspace members and of the packages."""
        for path, row in self.workspaces.items():
            name = string(row.get("name"), "name of a workspace")
            self._link(self.members[path], [name] if name and path else [], row, ("workspaces", path))
        for path, row in self.infos.items():
            if path in self.ids and self.ids[path] not in self.members.values():
                self._link(self.ids[path], _parts(path), row, ("packages", path))

    def _link(self, parent: str, base: list[str], row: dict[str, Any], at: tuple[str, ...]) -> None:
        maybe = set(strings(row.get("optionalPeers"), "optionalPeers"))
        seen: set[str] = set()
        for field, label in _FIELDS.items():
            for name, wanted in table(row.get(field), field).items():
                if name in seen:
                    continue
                seen.add(name)
                child = self._find(base, name)
                if child is not None:
                    self.document.link(parent, child, label, requested=string(wanted, name), at=(*at, field, name))
                elif label == "prod" and name not in maybe:
                    self.document.problem(f"dependency {name} is not in the lock", (*at, field, name))

    def _find(self, base: list[str], name: str) -> str | None:
        for end in range(len(base), -1, -1):
            found = self.ids.get("/".join([*base[:end], name]))
            if found is not None:
                return found
        return None


def _index(text: str, name: str) -> str:
    """Return the index of a registry member, which is an index or a tarball's URL."""
    return registry_of(text, name) or text


FORMAT = InputFormat("bun-lock", "bun.lock", "npm", parse, locate_json)
