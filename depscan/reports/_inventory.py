"""The inventory: every node of a scan as one entry with its kind, its places, its uses and its model file.

Bills of materials, the completeness score and the inventory views are all made of these entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.model.kind import DATASETS, KINDS, kind_of

if TYPE_CHECKING:
    from depscan.model.location import Location
    from depscan.model.modelfile import ModelFile
    from depscan.model.package import Package
    from depscan.model.result import ScanResult
    from depscan.model.usage import Usage

TITLES = {"model": "Models", "data set": "Data sets", "model file": "Model files", "hosted model": "Hosted models",
          "service": "Services", "agent tool": "Agent tools", "agent instructions": "Agent instructions",
          "action": "Workflow actions", "image": "Images", "repository": "Code repositories",
          "package": "Packages", "project": "Projects"}  # fmt: skip

_OWNED = {"model", "data set", "action", "hosted model", "repository"}
"""Kinds whose name begins with the one who publishes them."""


class Entry(NamedTuple):
    """One node as a bill of materials lists it.

    Attributes:
        key: node id.
        package: the node.
        kind: one of ``depscan.model.kind.KINDS``.
        places: where files state it.
        uses: where and how it is used.
        file: the model file it is, where that was read.
        wants: node ids it asks for, sorted.
        calls: uses of the hosted models that call it: they name endpoint and key of a service too.
    """

    key: str
    package: Package
    kind: str
    places: tuple[Location, ...] = ()
    uses: tuple[Usage, ...] = ()
    file: ModelFile | None = None
    wants: tuple[str, ...] = ()
    calls: tuple[Usage, ...] = ()

    def facts(self, name: str) -> list[str]:
        """Return the different values of a fact over all uses, sorted."""
        return sorted({value for use in self.uses if (value := use.get(name))})

    @property
    def endpoints(self) -> list[str]:
        """Return the URLs or hosts it is reached at, as written; a service may be named after its host."""
        found = sorted({value for use in (*self.uses, *self.calls) if (value := use.get("endpoint"))})
        host = self.kind == "service" and "." in self.package.name and not found
        return [self.package.name] if host else found

    @property
    def keys(self) -> list[str]:
        """Return the names of the environment variables that hold its key."""
        return sorted({value for use in (*self.uses, *self.calls) if (value := use.get("key-env"))})

    @property
    def name(self) -> str:
        """Return what people call it: a data set without the hub's prefix."""
        return self.package.name.removeprefix(DATASETS) if self.kind == "data set" else self.package.name

    @property
    def is_file(self) -> bool:
        """Return whether it stands for one file of the project: code and settings are who asks for what they use."""
        return self.kind == "project" and any(place.path == self.package.name for place in self.places)

    @property
    def supplier(self) -> str:
        """Return who publishes it, as its name says; "" when the name does not say it."""
        owner, slash, _ = self.name.partition("/")
        if self.kind == "service":
            return self.package.name
        return owner if slash and self.kind in _OWNED else ""

    @property
    def pin(self) -> str:
        """Return pinned, floating, or "" where it is not known."""
        said = self.facts("pinned")
        if "no" in said:
            return "floating"
        if "yes" in said or self.package.commit or (self.kind == "image" and self.package.hashes):
            return "pinned"
        return "pinned" if self.package.version and self.kind in {"model", "data set", "agent tool"} else ""

    @property
    def where(self) -> list[str]:
        """Return the places of its uses, then those that only state it; each once."""
        used = [use.shown for use in self.uses]
        return list(dict.fromkeys(used + [place.shown for place in self.places]))


def inventory(result: ScanResult, *, packages: bool = True) -> list[Entry]:
    """Return every node, in the order of kinds and of their ids; without ``packages`` only what is special to AI.

    The line of every node is looked up, which costs more than reading the files where there are thousands.
    """
    graph = result.graph
    uses: dict[str, list[Usage]] = {}
    for use in result.uses:
        uses.setdefault(use.node, []).append(use)
    wants: dict[str, set[str]] = {}
    calls: dict[str, set[Usage]] = {}
    tools = {key for key, held in uses.items() if any(use.get("transport") for use in held)}
    for edge in graph.edges:
        if edge.taken:
            wants.setdefault(edge.parent, set()).add(edge.child)
        if edge.label == "runs":
            tools.add(edge.child)
        elif edge.label == "calls":
            calls.setdefault(edge.child, set()).update(uses.get(edge.parent, ()))
    files = _files(result)
    kinds = {key: kind_of(package, tool=key in tools) for key, package in graph.nodes.items()}
    entries = [
        Entry(
            key,
            package,
            kinds[key],
            graph.places(key),
            tuple(sorted(uses.get(key, ()))),
            files.get(package.name) if package.ecosystem == "model-file" else None,
            tuple(sorted(wants.get(key, ()))),
            tuple(sorted(calls.get(key, ()))) if package.ecosystem == "service" else (),
        )
        for key, package in graph.nodes.items()
        if packages or kinds[key] not in {"package", "project"}
    ]
    return sorted(entries, key=lambda e: (KINDS.index(e.kind), e.key))


def _files(result: ScanResult) -> dict[str, ModelFile]:
    """Return the model files by every name a node may have for them."""
    found: dict[str, ModelFile] = {}
    for model in result.models:
        names = {model.shown, model.shown.removeprefix("./")}
        if not model.container:
            names |= {model.path, f"{model.artifact.rstrip('/')}/{model.path}".removeprefix("./")}
        for name in names:
            found.setdefault(name, model)
    return found


def loose_files(result: ScanResult, entries: list[Entry]) -> list[ModelFile]:
    """Return the model files that no node stands for, sorted by where they are."""
    held = {id(entry.file) for entry in entries if entry.file is not None}
    return sorted((m for m in result.models if id(m) not in held), key=lambda m: (m.shown, m.format))
