"""CycloneDX bills of materials in JSON, versions 1.2 to 1.7 (https://cyclonedx.org/docs/1.7/json/).

Reads components (nested ones too) with purl, hashes and places to get them, models and data sets among them, the
component the file is about as root, services, and dependencies. Files and keys that are listed as components
without a version are no packages. What depscan's own bills say beyond that comes back too (``_own``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from depscan.inputs.format import InputFormat
from depscan.inputs.sbom._own import Facts, add_use, edges_of, file_of, own_package, table_in
from depscan.inputs.sbom._purl import as_root, component, hash_text
from depscan.model.document import Document, Edge
from depscan.model.package import File, Package
from depscan.text.lines import locate_json
from depscan.text.load import load_json
from depscan.text.shape import required, string, strings, table, tables
from depscan.text.source import SourceFile

PATTERNS = "bom.json sbom.json *.cdx.json *.bom.json *sbom*.json *.cyclonedx.json *cyclonedx*.json"
EXPLICIT = "*.json"

_KNOWN = frozenset(f"1.{minor}" for minor in range(2, 8))
_NO_PACKAGES = frozenset({"file", "cryptographic-asset"})

_Route = tuple[str | int, ...]


def accepts(source: SourceFile) -> bool:
    """Return whether the file has the key ``bomFormat``."""
    return b'"bomFormat"' in source.data


def parse(source: SourceFile) -> Document:
    """Return the components and dependencies of a CycloneDX document.

    Raises:
        InputError: not JSON, not CycloneDX, or a value of the wrong type.
    """
    bom = table(load_json(source), "the file")
    if bom.get("bomFormat") != "CycloneDX":
        raise source.error("not a CycloneDX document: bomFormat is not CycloneDX")
    document = Document(source.path, "cyclonedx", lock=True)
    version = string(bom.get("specVersion"), "specVersion")
    if version not in _KNOWN:
        document.problem(f"CycloneDX version {version or 'is missing'}: known are 1.2 to 1.7", ("specVersion",))
    refs: dict[str, str] = {}
    rows: list[tuple[dict[str, Any], str, _Route]] = []
    optional: set[str] = set()
    about = table(table(bom.get("metadata"), "metadata").get("component"), "metadata.component")
    route: _Route = ("metadata", "component")
    if about:
        package = _package(about)
        if package is None:
            document.problem("the component the file is about has neither a purl nor a name", route)
        else:
            document.root = document.add(as_root(package), (*route, "name"))
            _refer(refs, about, document.root)
            rows.append((about, document.root, route))
    for row, at in [*_walk(about, route), *_walk(bom, ())]:
        key = _add(document, row, at)
        _refer(refs, row, key)
        rows.append((row, key, at))
        if key and string(row.get("scope"), "scope") in {"optional", "excluded"}:
            optional.add(key)
    for i, row in enumerate(tables(bom.get("services"), "services")):
        key = _add_service(document, row, ("services", i))
        refs.setdefault(string(row.get("bom-ref"), "bom-ref"), key)
        rows.append((row, key, ("services", i)))
    own = _own_parts(document, refs, rows)
    for i, row in enumerate(tables(bom.get("dependencies"), "dependencies")):
        _link(document, refs, optional, row, i, own)
    return document


def _own_parts(
    document: Document, refs: dict[str, str], rows: list[tuple[dict[str, Any], str, _Route]]
) -> dict[str, list[Edge]]:
    """Add the uses that components of our own bills state; return the requests they state by who asks."""
    edges: dict[str, list[Edge]] = {}
    for row, key, at in rows:
        facts = _facts(row)
        if not key or "ecosystem" not in facts:
            continue
        edges[key] = edges_of(facts, key, refs, document.path, at)
        evidence = table(row.get("evidence"), "evidence")
        for i, place in enumerate(tables(evidence.get("occurrences"), "occurrences")):
            if how := string(place.get("symbol"), "symbol"):
                context = string(place.get("additionalContext"), "additionalContext")
                add_use(document, key, how, context, (*at, "evidence", "occurrences", i, "symbol"))
        for text in facts.get("use", ()):
            use = table_in(text)
            if isinstance(use.get("how"), str) and isinstance(use.get("facts"), dict):
                add_use(document, key, use["how"], use["facts"], (*at, "properties"))
    return edges


def _facts(row: dict[str, Any]) -> Facts:
    """Return the properties that depscan writes, by name without ``depscan:``."""
    facts: Facts = {}
    for entry in tables(row.get("properties"), "properties"):
        name = string(entry.get("name"), "name of a property")
        if name.startswith("depscan:"):
            facts.setdefault(name[8:], []).append(string(entry.get("value"), "value of a property"))
    return facts


def _add_service(document: Document, row: dict[str, Any], at: _Route) -> str:
    """Add a hosted service and return its node id; its endpoints are a use of it where we did not write it."""
    group, name = string(row.get("group"), "group"), string(row.get("name"), "name of a service")
    if not name.strip():
        document.problem("a service has no name", at)
        return ""
    key = document.add(Package("service", f"{group}/{name}" if group else name, None, "service"), (*at, "name"))
    if "ecosystem" not in _facts(row):
        for i, endpoint in enumerate(strings(row.get("endpoints"), "endpoints")):
            document.use(key, "services", (*at, "endpoints", i), endpoint=endpoint)
    return key


def _walk(holder: dict[str, Any], route: _Route) -> Iterator[tuple[dict[str, Any], _Route]]:
    """Return every component below a table with its route, parents first, without recursion."""
    pending = [(holder, route)]
    while pending:
        held, at = pending.pop()
        rows = tables(held.get("components"), "components")
        for i, row in enumerate(rows):
            yield row, (*at, "components", i)
        pending.extend((row, (*at, "components", i)) for i, row in reversed(list(enumerate(rows))))


def _refer(refs: dict[str, str], row: dict[str, Any], key: str) -> None:
    """Remember the node (or "") for a component's bom-ref; its purl serves where a tool left that out."""
    if ref := string(row.get("bom-ref"), "bom-ref"):
        refs[ref] = key
    if purl := string(row.get("purl"), "purl"):
        refs.setdefault(purl, key)


def _package(row: dict[str, Any]) -> Package | None:
    group, name = string(row.get("group"), "group"), string(row.get("name"), "name of a component")
    hashes = tuple(_hashes(row))
    full = f"{group}/{name}" if group else name
    purl, version = string(row.get("purl"), "purl"), string(row.get("version"), f"version of {name}")
    package = component(purl, full, version, hashes)
    if package is None:
        return None
    files = tuple(_files(row))
    key = purl or string(row.get("bom-ref"), "bom-ref")
    stated = Package("generic", full, version or None, hashes=hashes, files=files)
    own = own_package(_facts(row), key, stated)
    return own if own is not stated else package._replace(files=files)


def _hashes(row: dict[str, Any]) -> Iterator[str]:
    for digest in tables(row.get("hashes"), "hashes"):
        yield hash_text(required(digest.get("alg"), "alg of a hash"), string(digest.get("content"), "hash"))


def _files(row: dict[str, Any]) -> Iterator[File]:
    for reference in tables(row.get("externalReferences"), "externalReferences"):
        if reference.get("type") == "distribution":
            comment = string(reference.get("comment"), "comment of a reference")
            yield file_of(string(reference.get("url"), "url of a reference"), next(_hashes(reference), ""), comment)


def _add(document: Document, row: dict[str, Any], at: _Route) -> str:
    """Add a component and return its node id; "" for what is no package."""
    bare = not row.get("purl") and not row.get("version") and "ecosystem" not in _facts(row)
    if bare and string(row.get("type"), "type") in _NO_PACKAGES:
        return ""
    package = _package(row)
    if package is None:
        document.problem("a component has neither a purl nor a name", at)
        return ""
    purl = string(row.get("purl"), "purl")
    if package.ecosystem == "generic" and purl and not purl.lower().startswith("pkg:generic/"):
        document.problem(f"not a package URL: {purl[:200]!r}", (*at, "purl"))
    return document.add(package, (*at, "purl" if row.get("purl") else "name"))


def _link(
    document: Document, refs: dict[str, str], optional: set[str], row: dict[str, Any], index: int,
    own: dict[str, list[Edge]],
) -> None:  # fmt: skip
    """Add the requests of one row; what our own properties say of a request says more than the row."""
    ref = required(row.get("ref"), "ref of a dependency")
    wants = strings(row.get("dependsOn"), "dependsOn")
    at = ("dependencies", index, "ref")
    for missing in [r for r in (ref, *wants) if r not in refs]:
        document.problem(f"dependency {missing[:200]!r} is no component of the file", at)
    parent = refs.get(ref, "")
    said = own.pop(parent, [])
    document.edges += said
    richer = {edge.child for edge in said if edge.taken}
    for i, want in enumerate(wants):
        child = refs.get(want, "")
        if parent and child and child not in richer:
            label = "optional" if child in optional else "prod"
            document.link(parent, child, label, at=("dependencies", index, "dependsOn", i))


FORMAT = InputFormat("cyclonedx", "CycloneDX JSON", "", parse, locate_json, accepts)
