"""A node of the graph as an SPDX 3 package, AI package or data set, and a model file as a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from depscan.reports._cyclonedx_component import edge_facts, entry_facts, file_facts
from depscan.reports._cyclonedx_facts import Facts, endpoint_url, hashes, is_purl, use_text
from depscan.reports._cyclonedx_model import architecture
from depscan.reports._score import sha256_of

if TYPE_CHECKING:
    from depscan.model.document import Edge
    from depscan.model.modelfile import ModelFile
    from depscan.model.package import File
    from depscan.reports._inventory import Entry
    from depscan.reports._spdx3_relations import Relations

NOASSERTION = "NOASSERTION"
AI_KINDS = frozenset({"model", "hosted model", "model file"})
PROFILED = AI_KINDS | {"data set"}
"""Kinds for which a profile demands what a plain package may leave out."""

_INFO = "_:creationinfo"
_PURPOSES = {"model": "model", "hosted model": "model", "model file": "model", "data set": "data",
             "agent tool": "application", "agent instructions": "configuration", "repository": "source",
             "action": "application", "image": "container", "service": "other",
             "project": "application"}  # fmt: skip
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512",
               "BLAKE2b-512": "blake2b512"}  # fmt: skip


def package_element(entry: Entry, spdx_id: str, relations: Relations, edges: list[Edge]) -> dict[str, Any]:
    """Return the element of an entry; suppliers and licences it needs are added to ``relations``."""
    package, profiled = entry.package, entry.kind in PROFILED
    kind = "ai_AIPackage" if entry.kind in AI_KINDS else "dataset_DatasetPackage" if profiled else "software_Package"
    made: dict[str, Any] = {"type": kind, "spdxId": spdx_id, "creationInfo": _INFO, "name": package.name}
    if package.version or profiled:
        made["software_packageVersion"] = package.version or NOASSERTION
    if package.ecosystem != "project" and is_purl(entry.key):
        made["software_packageUrl"] = entry.key
    made["software_primaryPurpose"] = "file" if entry.is_file else _PURPOSES.get(entry.kind, "library")
    made["software_downloadLocation"] = _download(entry)
    if entry.supplier or profiled:
        made["suppliedBy"] = relations.agent(entry.supplier or NOASSERTION)
    if entry.kind == "data set":
        made |= {"dataset_datasetType": ["noAssertion"], "originatedBy": [made["suppliedBy"]]}
    if found := _verified(entry):
        made["verifiedUsing"] = found
    made |= _about_model(entry) if entry.kind in AI_KINDS else {}
    if endpoints := [url for text in entry.endpoints if (url := endpoint_url(text))]:
        made["externalRef"] = [{"type": "ExternalRef", "externalRefType": "other", "locator": endpoints}]
    licences = entry.facts("licence")
    if licences or profiled:
        relations.licence(spdx_id, "hasDeclaredLicense", licences)
        relations.licence(spdx_id, "hasConcludedLicense", [])
    facts = [*entry_facts(entry), *(("place", place.shown) for place in entry.places)]
    facts += [("file", _file(file)) for file in package.files]
    facts += [("use", use_text(use)) for use in entry.uses]
    return made | extension([*facts, *edge_facts(edges)])


def file_element(file: ModelFile, spdx_id: str) -> dict[str, Any]:
    """Return a model file with its hash, where its reader took one."""
    digest = dict(file.about).get("sha256", "")
    made: dict[str, Any] = {"type": "software_File", "spdxId": spdx_id, "creationInfo": _INFO, "name": file.shown}
    made["software_primaryPurpose"] = "model"
    if digest and (found := hash_elements((f"sha256:{digest}",))):
        made["verifiedUsing"] = found
    return made | extension([*file_facts(file), ("unknown", "" if digest else "hash")])


def extension(facts: Facts) -> dict[str, Any]:
    """Return facts as the extension that SPDX has for CycloneDX's properties."""
    rows = [
        {
            "type": "extension_CdxPropertyEntry",
            "extension_cdxPropName": f"depscan:{name}",
            "extension_cdxPropValue": value,
        }
        for name, value in facts
        if value
    ]
    if not rows:
        return {}
    return {"extension": [{"type": "extension_CdxPropertiesExtension", "extension_cdxProperty": rows}]}


def hash_elements(texts: tuple[str, ...]) -> list[dict[str, str]]:
    """Return hashes of the thing itself as integrity methods."""
    return [
        {"type": "Hash", "algorithm": _ALGORITHMS[found["alg"]], "hashValue": found["content"]}
        for found in hashes(texts)
    ]


def _verified(entry: Entry) -> list[dict[str, str]]:
    texts = entry.package.hashes
    if digest := sha256_of(entry):
        texts = (*texts, f"sha256:{digest}")
    return hash_elements(tuple(dict.fromkeys(texts))) if len(texts) == 1 or entry.kind == "image" else []


def _download(entry: Entry) -> str:
    package = entry.package
    if package.url:
        return endpoint_url(package.url) or NOASSERTION
    urls = [url for file in package.files if (url := endpoint_url(file.url))]
    return urls[0] if len(urls) == 1 else NOASSERTION


def _about_model(entry: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if tasks := entry.facts("task"):
        made["ai_domain"] = tasks
    if entry.file is not None and (word := architecture(entry.file)):
        made["ai_typeOfModel"] = [word]
    if bases := entry.facts("base-model"):
        made["ai_informationAboutTraining"] = f"Claimed base model: {', '.join(bases)}"
    return made


def _file(file: File) -> str:
    row = {"url": file.url, "hash": file.hash, "upload_time": file.upload_time}
    size = {"size": file.size} if file.size >= 0 else {}
    return json.dumps({k: v for k, v in row.items() if v} | size, sort_keys=True, separators=(",", ":"))
