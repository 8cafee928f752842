"""package.json: what a JavaScript project asks for (npm documentation, package-json).

``overrides``, ``resolutions`` and ``pnpm.overrides`` change what others get; they name no dependency of their own.
"""

from __future__ import annotations

from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import requested_package
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import string, table
from depscan.text.source import SourceFile

PATTERNS = "package.json"
EXPLICIT = "*package.json"

_GROUPS = {
    "dependencies": "prod",
    "devDependencies": "dev",
    "optionalDependencies": "optional",
    "peerDependencies": "peer",
}


def parse(source: SourceFile) -> Document:
    """Return the packages that a package.json asks for; a range of one version is a pin.

    Raises:
        InputError: not JSON, or a value of the wrong type.
    """
    manifest = table(load_json(source), "package.json")
    document = Document(source.path, "package-json")
    name = string(manifest.get("name"), "name")
    if name:
        version = string(manifest.get("version"), "version") or None
        root = document.root = document.add(Package("npm", name, version, "local", url="."), ("name",))
    else:
        root = document.add_root(source.path)
    for group, label in _GROUPS.items():
        for wanted_name, wanted in _requests(manifest.get(group), group):
            at = (group, wanted_name)
            if not wanted_name:
                document.problem(f"{group} holds a dependency without a name", at)
            elif not isinstance(wanted, str):
                document.problem(f"{group} of {wanted_name!r} is not a text", at)
            else:
                child = document.add(requested_package(wanted_name, wanted), at)
                document.link(root, child, label, requested=wanted, at=at)
    return document


def _requests(value: Any, group: str) -> list[tuple[str, Any]]:  # noqa: ANN401 - a value of the file
    """Return (name, range) pairs; old manifests write an empty array for "none"."""
    return [] if value == [] else list(table(value, group).items())


FORMAT = InputFormat("package-json", "package.json", "npm", parse, locate_json)
