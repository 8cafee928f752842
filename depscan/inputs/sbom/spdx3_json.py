"""SPDX 3.0 documents in JSON-LD (https://spdx.github.io/spdx-spec/v3.0.1/serializations/).

Reads packages, AI packages and data sets of the ``@graph`` with purl and hashes, the root elements, and
relationships of dependency with their life cycle scope. What depscan's own bills say beyond that stands in the
extension for CycloneDX's properties and comes back too (``_own``).
"""

from __future__ import annotations

from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.sbom._own import Facts, add_use, edges_of, files_of, own_package, table_in
from depscan.inputs.sbom._purl import as_root, component, hash_text
from depscan.model.document import Document, Edge
from depscan.model.package import File, Package
from depscan.model.package import purl as make_purl
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import array, required, string, table, tables
from depscan.text.source import SourceFile

PATTERNS = "*.spdx.json *.spdx3.json sbom.json bom.json *sbom*.json *spdx*.json *.jsonld"
EXPLICIT = "*.json"

_PACKAGES = frozenset({"software_Package", "ai_AIPackage", "dataset_DatasetPackage"})
_RELATIONS = frozenset({"Relationship", "LifecycleScopedRelationship"})
_LABELS = {
    "dependsOn": "prod",
    "contains": "prod",
    "hasOptionalDependency": "optional",
    "hasOptionalComponent": "optional",
    "hasProvidedDependency": "peer",
    "hasPrerequisite": "prod",
    "usesTool": "build",
    "trainedOn": "loads",
    "testedOn": "loads",
}
_SCOPES = {"development": "dev", "test": "dev", "build": "build"}
_NOWHERE = {"", "NOASSERTION", "NONE"}
_PURL_TYPES = frozenset({"packageUrl", "packageURL", "purl"})


def accepts(source: SourceFile) -> bool:
    """Return whether the file is JSON-LD in SPDX 3's context."""
    return b'"@context"' in source.data and b"spdx.org/rdf/3" in source.data


def parse(source: SourceFile) -> Document:
    """Return the packages and dependencies of an SPDX 3 document.

    Raises:
        InputError: not JSON, not SPDX 3, or a value of the wrong type.
    """
    held = table(load_json(source), "the file")
    if "spdx.org/rdf/3" not in str(held.get("@context"))[:1000]:
        raise source.error("not an SPDX 3 document: @context is not SPDX 3's")
    document = Document(source.path, "spdx3", lock=True)
    single = "@graph" not in held
    graph = [held] if single else tables(held["@graph"], "@graph")
    elements = {_id(row): row for row in graph if _id(row)}
    roots = _roots(elements)
    refs: dict[str, str] = {}
    rows: list[tuple[Facts, str, tuple[str | int, ...]]] = []
    for i, row in enumerate(graph):
        if _type(row) not in _PACKAGES:
            continue
        at: tuple[str | int, ...] = () if single else ("@graph", i)
        facts = _facts(row)
        package = _package(row, facts)
        if package is None:
            document.problem(f"package {_id(row)[:200]} has neither a purl nor a name", at)
            continue
        is_root = roots == {_id(row)} and facts.get("source", ["local"]) == ["local"]
        refs[_id(row)] = document.add(as_root(package) if is_root else package, (*at, "name"))
        if is_root:
            document.root = refs[_id(row)]
        rows.append((facts, refs[_id(row)], at))
    own = _own_parts(document, rows)
    for i, row in enumerate(graph):
        if _type(row) in _RELATIONS:
            _link(document, (refs, elements, own), row, ("@graph", i))
    return document


def _facts(row: dict[str, Any]) -> Facts:
    """Return the properties that depscan writes, by name without ``depscan:``."""
    facts: Facts = {}
    for held in array(row.get("extension"), "extension"):
        if not isinstance(held, dict):
            continue
        for entry in tables(held.get("extension_cdxProperty"), "extension_cdxProperty"):
            name = string(entry.get("extension_cdxPropName"), "extension_cdxPropName")
            if name.startswith("depscan:"):
                value = string(entry.get("extension_cdxPropValue"), "extension_cdxPropValue")
                facts.setdefault(name[8:], []).append(value)
    return facts


def _own_parts(document: Document, rows: list[tuple[Facts, str, tuple[str | int, ...]]]) -> set[tuple[str, str]]:
    """Add the uses and requests that packages of our own bills state; return who asks for whom in them."""
    known = {key: key for key in document.nodes}
    said: list[Edge] = []
    for facts, key, at in rows:
        if "ecosystem" not in facts:
            continue
        said += edges_of(facts, key, known, document.path, at)
        for text in facts.get("use", ()):
            use = table_in(text)
            if isinstance(use.get("how"), str) and isinstance(use.get("facts"), dict):
                add_use(document, key, use["how"], use["facts"], (*at, "extension"))
    document.edges += said
    return {(edge.parent, edge.child) for edge in said if edge.taken}


def _id(row: dict[str, Any]) -> str:
    return string(row.get("spdxId") or row.get("@id"), "spdxId")


def _type(row: dict[str, Any]) -> str:
    return string(row.get("type") or row.get("@type"), "type").rpartition("/")[2]


def _roots(elements: dict[str, dict[str, Any]]) -> set[str]:
    """Return the root elements of the document, looked for through the SBOMs it names."""
    pending = [key for key, row in elements.items() if _type(row) == "SpdxDocument"]
    pending = pending or [key for key, row in elements.items() if _type(row) == "software_Sbom"]
    found: set[str] = set()
    seen: set[str] = set()
    while pending:
        key = pending.pop()
        row = elements.get(key)
        if row is None or key in seen:
            continue
        seen.add(key)
        if _type(row) in _PACKAGES:
            found.add(key)
        else:
            pending.extend(_references(row.get("rootElement")))
    return found


def _references(value: Any) -> list[str]:  # noqa: ANN401 - one id, a list of ids, or inline elements
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [_id(v) if isinstance(v, dict) else string(v, "reference") for v in values]


def _package(row: dict[str, Any], facts: Facts) -> Package | None:
    name = string(row.get("name"), "name of a package")
    hashes = tuple(
        hash_text(required(h.get("algorithm"), "algorithm"), string(h.get("hashValue"), "hashValue"))
        for h in array(row.get("verifiedUsing"), "verifiedUsing")
        if isinstance(h, dict) and "hashValue" in h
    )
    purl = string(row.get("software_packageUrl"), "software_packageUrl")
    for identifier in array(row.get("externalIdentifier"), "externalIdentifier"):
        if not isinstance(identifier, dict):  # an id of an element of its own
            continue
        if string(identifier.get("externalIdentifierType"), "externalIdentifierType") in _PURL_TYPES:
            purl = purl or string(identifier.get("identifier"), "identifier")
    version = string(row.get("software_packageVersion"), f"version of {name}")
    location = string(row.get("software_downloadLocation"), "software_downloadLocation")
    files = (File(location, hashes[0] if hashes else ""),) if location not in _NOWHERE else ()
    package = component(purl, name, version, hashes)
    if package is None:
        return None
    stated = Package("generic", name, version if version not in _NOWHERE else None, hashes=hashes)
    own = own_package(facts, purl or make_purl("generic", name, stated.version), stated._replace(files=files_of(facts)))
    return own if own.ecosystem != "generic" else package._replace(files=files)


def _link(
    document: Document,
    held: tuple[dict[str, str], dict[str, dict[str, Any]], set[tuple[str, str]]],
    row: dict[str, Any],
    at: tuple[str | int, ...],
) -> None:
    refs, elements, own = held
    label = _LABELS.get(string(row.get("relationshipType"), "relationshipType"))
    if label is None:
        return
    label = _SCOPES.get(string(row.get("scope"), "scope"), label)
    for parent in _references(row.get("from")):
        for child in _references(row.get("to")):
            for missing in (parent, child):
                if missing not in elements and not missing.endswith(("NoneElement", "NoAssertionElement")):
                    document.problem(f"relationship with {missing[:200]!r}, which is not in the document", at)
            if parent in refs and child in refs and (refs[parent], refs[child]) not in own:
                document.link(refs[parent], refs[child], label, at=(*at, "to"))


FORMAT = InputFormat("spdx3", "SPDX 3 JSON-LD", "", parse, locate_json, accepts)
