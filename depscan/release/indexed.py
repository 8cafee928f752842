"""Releases on the user's index: their archives, and since when a package is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.artifacts.wheelhouse import SDIST, chosen, machine_fit, tell
from depscan.errors import NotThere
from depscan.facts.served import release_files
from depscan.model.package import Package

if TYPE_CHECKING:
    from depscan.registry.records import IndexFile
    from depscan.registry.registry import Registry

_ECOSYSTEMS = frozenset({"PyPI", "npm"})


class Indexed:
    """Asks a registry for releases to compare.

    Args:
        registry: the client; paths that it gives are there until it is closed.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def fetch(self, ecosystem: str, name: str, version: str) -> list[str]:
        """Return paths of a release's archives: the wheel that this machine would take, and the sdist.

        Every byte was held against the hash that the index states. () when the index lacks this version.

        Raises:
            RegistryError: the index has no such package, did not answer, or a file is not what it promised.
        """
        project = self._registry.project(ecosystem, name)
        files = release_files(project, Package(ecosystem, project.name, version))
        return [self._registry.fetch(file) for file in (_wanted(files) if ecosystem == "PyPI" else files)]

    def uploaded(self, ecosystem: str, name: str) -> str:
        """Return when the oldest file of a package was uploaded, RFC 3339; "" when the index does not tell or has none.

        Raises:
            RegistryError: it did not answer.
        """
        if ecosystem not in _ECOSYSTEMS:
            return ""
        try:
            project = self._registry.project(ecosystem, name, times=ecosystem == "npm")
        except NotThere:
            return ""
        return min((file.upload_time for file in project.files if file.upload_time), default="")


def _wanted(files: list[IndexFile]) -> list[IndexFile]:
    """Return the wheel that fits this machine best, or else the first, and the sdists."""
    told = {file.name: local for file in files if not file.name.endswith(".tgz") and (local := tell(file.name))}
    wheels = [local for local in told.values() if local.kind != SDIST]
    names = {local.path for local in chosen(wheels, machine_fit())[:1]}
    names |= {name for name, local in told.items() if local.kind == SDIST}
    return [file for file in files if file.name in names]
