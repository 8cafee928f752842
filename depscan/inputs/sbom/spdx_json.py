"""SPDX documents in JSON, versions 2.2 and 2.3 (https://spdx.github.io/spdx-spec/v2.3/).

Reads packages with purl, checksums and download location, what the document describes as root, and
relationships of dependency in both directions. Also GitHub's export, which wraps the document in ``sbom``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.sbom._purl import as_root, component, hash_text
from depscan.model.document import Document
from depscan.model.package import File, Package
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import required, string, strings, table, tables
from depscan.text.source import SourceFile

PATTERNS = "*.spdx.json sbom.json bom.json *sbom*.json *spdx*.json"
EXPLICIT = "*.json"

_FORWARD = {"DEPENDS_ON": "prod", "CONTAINS": "prod", "HAS_PREREQUISITE": "prod"}
_BACKWARD = {
    "DEPENDENCY_OF": "prod",
    "RUNTIME_DEPENDENCY_OF": "prod",
    "CONTAINED_BY": "prod",
    "PREREQUISITE_FOR": "prod",
    "DEV_DEPENDENCY_OF": "dev",
    "TEST_DEPENDENCY_OF": "dev",
    "DEV_TOOL_OF": "dev",
    "TEST_TOOL_OF": "dev",
    "BUILD_DEPENDENCY_OF": "build",
    "BUILD_TOOL_OF": "build",
    "OPTIONAL_DEPENDENCY_OF": "optional",
    "OPTIONAL_COMPONENT_OF": "optional",
    "PROVIDED_DEPENDENCY_OF": "peer",
}
_KNOWN = ("SPDX-2.2", "SPDX-2.3")
_DOCUMENT = "SPDXRef-DOCUMENT"
_NOBODY = frozenset({"NONE", "NOASSERTION", _DOCUMENT})


def accepts(source: SourceFile) -> bool:
    """Return whether the file has the key ``spdxVersion``."""
    return b'"spdxVersion"' in source.data


def parse(source: SourceFile) -> Document:
    """Return the packages and dependencies of an SPDX 2 document.

    Raises:
        InputError: not JSON, not SPDX 2, or a value of the wrong type.
    """
    held = table(load_json(source), "the file")
    prefix: tuple[str, ...] = ()
    if "spdxVersion" not in held and isinstance(held.get("sbom"), dict):
        held, prefix = held["sbom"], ("sbom",)
    version = string(held.get("spdxVersion"), "spdxVersion")
    if not version.startswith("SPDX-2."):
        raise source.error("not an SPDX 2 document: spdxVersion does not start with SPDX-2")
    document = Document(source.path, "spdx", lock=True)
    if version not in _KNOWN:
        document.problem(f"{version[:40]} is none of the known {' and '.join(_KNOWN)}", (*prefix, "spdxVersion"))
    described = set(_described(held))
    refs: dict[str, str] = {}
    for i, row in enumerate(tables(held.get("packages"), "packages")):
        ref = required(row.get("SPDXID"), "SPDXID of a package")
        at: tuple[str | int, ...] = (*prefix, "packages", i)
        package = _package(row)
        if package is None:
            document.problem(f"package {ref[:200]} has neither a purl nor a name", at)
            continue
        is_root = described == {ref}
        refs[ref] = document.add(as_root(package) if is_root else package, (*at, "name"))
        if is_root:
            document.root = refs[ref]
    files = {string(row.get("SPDXID"), "SPDXID") for row in tables(held.get("files"), "files")}
    for i, row in enumerate(tables(held.get("relationships"), "relationships")):
        _link(document, refs, files, row, (*prefix, "relationships", i))
    return document


def _described(held: dict[str, Any]) -> Iterator[str]:
    yield from strings(held.get("documentDescribes"), "documentDescribes")
    for row in tables(held.get("relationships"), "relationships"):
        ends = (row.get("spdxElementId"), row.get("relatedSpdxElement"))
        if row.get("relationshipType") == "DESCRIBES" and ends[0] == _DOCUMENT:
            yield string(ends[1], "relatedSpdxElement")
        elif row.get("relationshipType") == "DESCRIBED_BY" and ends[1] == _DOCUMENT:
            yield string(ends[0], "spdxElementId")


def _package(row: dict[str, Any]) -> Package | None:
    name = string(row.get("name"), "name of a package")
    hashes = tuple(
        hash_text(required(c.get("algorithm"), "algorithm"), string(c.get("checksumValue"), "checksumValue"))
        for c in tables(row.get("checksums"), "checksums")
    )
    purl = ""
    for reference in tables(row.get("externalRefs"), "externalRefs"):
        if string(reference.get("referenceType"), "referenceType").rpartition("/")[2] == "purl":
            purl = purl or string(reference.get("referenceLocator"), "referenceLocator")
    package = component(purl, name, string(row.get("versionInfo"), f"version of {name}"), hashes)
    location = string(row.get("downloadLocation"), "downloadLocation")
    if package is None or location in {"", "NONE", "NOASSERTION"}:
        return package
    return package._replace(files=(File(location, hashes[0] if hashes else ""),))


def _link(
    document: Document, refs: dict[str, str], files: set[str], row: dict[str, Any], at: tuple[str | int, ...]
) -> None:
    kind = string(row.get("relationshipType"), "relationshipType")
    first, second = (required(row.get(k), k) for k in ("spdxElementId", "relatedSpdxElement"))
    label = _FORWARD.get(kind)
    if label is None:
        label, first, second = _BACKWARD.get(kind), second, first
    if label is None or first == _DOCUMENT:
        return
    parent, child = refs.get(first), refs.get(second)
    if parent and child:
        document.link(parent, child, label, at=(*at, "relatedSpdxElement"))
        return
    for missing in (first, second):
        known = missing in refs or missing in files or missing in _NOBODY
        if not known and not missing.startswith("DocumentRef-"):
            document.problem(f"relationship with {missing[:200]!r}, which is not in the document", at)


FORMAT = InputFormat("spdx", "SPDX 2 JSON", "", parse, locate_json, accepts)
