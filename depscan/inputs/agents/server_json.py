"""``server.json``: how a server is published to a registry of MCP servers, with its packages and remote addresses.

Format: https://github.com/modelcontextprotocol/registry (server.json).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.inputs.agents import _spec
from depscan.inputs.agents._json_lines import JsonLines
from depscan.inputs.agents._servers import Place
from depscan.inputs.agents._spec import Launch
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.lines import locate_line
from depscan.text.load import load_json
from depscan.text.secrets import is_reference, mask_secrets
from depscan.text.shape import string, table, tables

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "server.json"
BESIDE = "yes"

_MARKS = (b'"registryType"', b'"registry_type"', b'"registry_name"', b"server.schema.json", b'"remotes"')


def accepts(source: SourceFile) -> bool:
    """Whether the file is such a manifest: other programs have a server.json, too."""
    return any(mark in source.data for mark in _MARKS)


def parse(source: SourceFile) -> Document:
    """Return the packages and addresses of a server.

    Raises:
        InputError: not JSON, or a part of the wrong type.
    """
    manifest = table(load_json(source), "the file")
    document = Document(source.path, "mcp-registry-manifest")
    place = Place(document, document.add_root(source.path), JsonLines(source.text).line, [])
    for index, item in enumerate(tables(manifest.get("packages"), "packages")):
        launch = _package(item)
        if launch is not None:
            _add(
                place,
                ("packages", index),
                launch,
                string(table(item.get("transport"), "transport").get("type"), "type"),
            )
        _secrets(place, ("packages", index, "environmentVariables"), item.get("environmentVariables"))
    for index, item in enumerate(tables(manifest.get("remotes"), "remotes")):
        remote = _spec.service(string(item.get("url"), "url"), "url")
        if remote is not None:
            _add(place, ("remotes", index), remote, string(item.get("type"), "type") or "http")
        _secrets(place, ("remotes", index, "headers"), item.get("headers"))
    return document


def _package(item: dict[str, Any]) -> Launch | None:
    kind = (string(item.get("registryType") or item.get("registry_type") or item.get("registry_name"), "type")).lower()
    name = string(item.get("identifier") or item.get("name"), "identifier")
    version = string(item.get("version"), "version")
    if kind == "npm":
        return _spec.npm(f"{name}@{version}" if version else name, "manifest")
    if kind == "pypi":
        return _spec.pypi(f"{name}@{version}" if version else name, "manifest")
    if kind in {"oci", "docker", "docker-hub"}:
        return _spec.image(f"{name}:{version}" if version and ":" not in name else name, "manifest")
    if kind == "nuget" and name:
        return Launch(Package("NuGet", name, version or None), "manifest", version, "yes" if version else "no")
    return _spec.service(name, "manifest")


def _add(place: Place, at: tuple[str | int, ...], launch: Launch, transport: str) -> None:
    line = place.line(at)
    child = place.document.add(launch.package, line)
    label = "calls" if launch.package.ecosystem == "service" else "runs"
    place.document.link(place.root, child, label, requested=mask_secrets(launch.endpoint or launch.revision), at=line)
    place.document.use(
        child, f"{at[0]}[{at[1]}]", line, runner=launch.runner, revision=launch.revision, pinned=launch.pinned,
        transport=transport, endpoint=mask_secrets(launch.endpoint),
    )  # fmt: skip


def _secrets(place: Place, at: tuple[str | int, ...], values: object) -> None:
    for index, item in enumerate(values if isinstance(values, list) else ()):
        if isinstance(item, dict) and item.get("isSecret") is True and isinstance(item.get("value"), str):
            name, value = str(item.get("name"))[:100], item["value"]
            if not is_reference(value):
                place.document.use(place.root, f"{at[0]}[{at[1]}].{at[2]}", place.line((*at, index)), secret=name)


FORMAT = InputFormat("mcp-registry-manifest", "MCP server manifest", "npm", parse, locate_line, accepts)
