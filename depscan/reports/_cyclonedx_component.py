"""A node of the graph as a CycloneDX component (https://cyclonedx.org/docs/1.7/json/#components)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.reports._cyclonedx_facts import (
    Facts,
    compact,
    distribution,
    hashes,
    is_purl,
    is_url,
    licences,
    occurrences,
)
from depscan.reports._cyclonedx_facts import properties as as_properties
from depscan.reports._score import missing, sha256_of

if TYPE_CHECKING:
    from depscan.model.document import Edge
    from depscan.model.modelfile import ModelFile
    from depscan.model.package import Package
    from depscan.reports._inventory import Entry

_TYPES = {"model": "machine-learning-model", "hosted model": "machine-learning-model",
          "model file": "machine-learning-model", "data set": "data", "agent instructions": "data",
          "agent tool": "application", "action": "application", "project": "application",
          "image": "container"}  # fmt: skip
"""CycloneDX's type of a component by its kind; everything else is a library."""

_CLAIMED = ("licence", "base-model", "task")
"""Facts that somebody says of a model or data set and nobody can check from here."""


def component(entry: Entry, notes: Facts, edges: list[Edge]) -> dict[str, Any]:
    """Return the component of an entry.

    Args:
        entry: the node.
        notes: (rule, message) of findings about it.
        edges: its requests, of which properties keep what ``dependencies`` cannot say.
    """
    package = entry.package
    kind = "file" if entry.is_file else _TYPES.get(entry.kind, "library")
    made: dict[str, Any] = {"type": kind, "bom-ref": entry.key, "name": package.name}
    if package.version:
        made["version"] = package.version
    if entry.supplier:
        made["supplier"] = {"name": entry.supplier}
    if package.ecosystem != "project" and is_purl(entry.key):
        made["purl"] = entry.key
    if found := _hashes(entry):
        made["hashes"] = found
    made |= _claims(entry)
    made |= _links(package)
    if entry.kind in {"model", "hosted model", "model file"}:
        from depscan.reports._cyclonedx_model import model_parts

        made |= model_parts(entry)
    elif entry.kind == "data set":
        made["data"] = [{"type": "dataset", "name": entry.name}]
    if found := occurrences(entry):
        made["evidence"] = {"occurrences": found}
    made["properties"] = as_properties([*entry_facts(entry), *notes, *edge_facts(edges)])
    return made


def _claims(entry: Entry) -> dict[str, Any]:
    found = licences(entry.facts("licence"))
    return {"licenses": found} if found else {}


def _hashes(entry: Entry) -> list[dict[str, str]]:
    """Return hashes of the thing itself: one that stands for one artifact, or all of an image or model file."""
    texts = entry.package.hashes
    if digest := sha256_of(entry):
        texts = (*texts, f"sha256:{digest}")
    return hashes(tuple(dict.fromkeys(texts))) if len(texts) == 1 or entry.kind == "image" else []


def _links(package: Package) -> dict[str, Any]:
    links = [distribution(f) for f in package.files if is_url(f.url)]
    if package.url and is_url(package.url):
        links.append({"type": "vcs" if package.source == "git" else "distribution", "url": package.url})
    return {"externalReferences": links} if links else {}


def entry_facts(entry: Entry) -> Facts:
    """Return what a component has no field for: where it comes from, what is verified, claimed and unknown."""
    package = entry.package
    facts = [("ecosystem", package.ecosystem), ("kind", entry.kind if entry.kind not in {"package", "project"} else "")]
    facts += [("source", package.source), ("registry", package.registry), ("raw-name", package.raw_name)]
    if package.source != "registry":
        facts += [("url", package.url), ("commit", package.commit)]
    facts += _own_hashes(package)
    facts += [("yanked", package.yanked or "yes")] if package.yanked is not None else []
    facts += [("pin", entry.pin)]
    if entry.file is not None:
        facts += file_facts(entry.file)
    facts += [(f"claimed:{name}", value) for name in _CLAIMED for value in entry.facts(name)]
    if package.commit:
        facts.append(("verified:commit", package.commit))
    return [*facts, ("unknown", ", ".join(missing(entry)))]


def _own_hashes(package: Package) -> Facts:
    """Return what ``hashes`` cannot say: those of several artifacts, and ways of writing it does not know."""
    if len(package.hashes) == 1 and hashes(package.hashes) and ":" in package.hashes[0]:
        return []
    if package.hashes and package.hashes == tuple(f.hash for f in package.files):
        return [("hashes", "of all distributions")]
    return [("hash", text) for text in package.hashes]


def file_facts(file: ModelFile) -> Facts:
    """Return what was read from a model file, which is verified, and what it says of itself, which is claimed."""
    facts = [("verified:format", file.format), ("verified:load-verdict", file.verdict)]
    facts += [("verified:size", str(file.size))]
    facts += [("verified:needs-code-of", name) for name in file.needs]
    about = [(name, value) for name, value in file.about if name != "sha256"]
    return facts + [(f"claimed:about:{name}", value) for name, value in about]


def file_component(file: ModelFile, ref: str) -> dict[str, Any]:
    """Return a model file that no node stands for as a file; an archive may hold two of a name."""
    from depscan.reports._cyclonedx_model import architecture

    made: dict[str, Any] = {"type": "file", "bom-ref": ref, "name": file.shown}
    digest = dict(file.about).get("sha256", "")
    if digest and (found := hashes((f"sha256:{digest}",))):
        made["hashes"] = found
    facts = file_facts(file)
    facts += [("claimed:architecture", architecture(file)), ("unknown", "" if digest else "hash, licence")]
    return made | {"properties": as_properties([("kind", "model file"), *facts])}


def edge_facts(edges: list[Edge]) -> Facts:
    """Return what ``dependsOn`` loses of requests: label, marker, what was asked for, and those not taken."""
    said = [(edge, edge_row(edge)) for edge in edges]
    richer = {edge.child for edge, row in said if row}
    return [
        ("edge", text) for text in sorted({compact({**row, "to": e.child}) for e, row in said if e.child in richer})
    ]


def edge_row(edge: Edge) -> dict[str, Any]:
    """Return what a request says beyond who asks for whom; {} for the plain one."""
    said = {"label": "" if edge.label == "prod" else edge.label, "marker": edge.marker, "requested": edge.requested}
    filled: dict[str, Any] = {name: value for name, value in said.items() if value}
    return filled if edge.taken else {**filled, "taken": False}
