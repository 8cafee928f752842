"""Nodes, edges and uses of what settings name: hosted models with their service, models and data sets of a hub."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.model.package import Package, mask
from depscan.vendors.known import host_of, is_own_id, vendor_named, vendor_of, vendor_of_host

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.vendors.vendor import Vendor

_MODEL_ID = re.compile(r"[A-Za-z0-9@][\w.:/@+-]{0,199}").fullmatch
_HUB = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}").fullmatch
_COMMIT = re.compile(r"[0-9a-fA-F]{40}").fullmatch
_WEIGHTS = re.compile(
    r"\.(?:pt|pth|bin|ckpt|safetensors|gguf|ggml|onnx|h5|keras|pkl|pickle|joblib|tflite|engine|nemo)$", re.IGNORECASE
).search
_OTHER_FILE = re.compile(
    r"\.(?:jsonl?|csv|tsv|txt|md|ya?ml|parquet|arrow|zip|gz|py|js|ts|toml|db|sqlite|html?|png|jpe?g|svg|sh)$", re.I
).search
_LOCAL = re.compile(r"(?:[./~\\]|[A-Za-z]:[\\/]|file:)").match
_FOLDERS = frozenset({
    "models", "model", "checkpoints", "checkpoint", "data", "datasets", "dataset", "output", "outputs", "weights",
    "ckpts", "results", "runs", "src", "configs", "config", "assets", "artifacts", "app", "exp", "experiments", "logs",
})  # fmt: skip
"""First parts of paths that are folders of projects, not organisations of a hub."""


class Endpoint(NamedTuple):
    """Where requests go and whose key goes with them; each text may be "".

    ``url`` as written, ``origin`` is config or ``env:NAME``, ``key`` the name of a variable.
    """

    url: str = ""
    origin: str = ""
    key: str = ""


def is_model_id(text: str) -> bool:
    """Return whether a text has the form of a hosted model's id."""
    return _MODEL_ID(text) is not None and "://" not in text and not text.endswith("/")


def is_hub(text: str) -> bool:
    """Return whether a text has the form ``organisation/name`` and is no path of a project."""
    if _HUB(text) is None or ".." in text or _WEIGHTS(text) or _OTHER_FILE(text):
        return False
    return text.partition("/")[0].lower() not in _FOLDERS


def is_local(text: str) -> bool:
    """Return whether a text is a path of a model file or folder."""
    return bool(_WEIGHTS(text) or (_LOCAL(text) and not _OTHER_FILE(text))) and len(text) <= 300  # noqa: PLR2004


def hosted_by(text: str, hint: str = "") -> Vendor | None:
    """Return the vendor of a hosted model where the id or the hint leaves no doubt.

    ``openai/whisper-large-v3`` is a model of a hub, ``openai/gpt-4o`` one that OpenAI runs.
    """
    found = vendor_of(text, hint)
    head, slash, rest = text.partition("/")
    if found is None or hint or not slash:
        return found
    named = vendor_named(head)
    sure = named is None or named.kind in {"cloud", "gateway", "local"} or head != named.slug
    return found if sure or is_own_id(found, rest) or not is_hub(text) else None


def hosted(
    document: Document, found: Vendor | str, model: str, how: str, line: int, given: Endpoint, **facts: str
) -> None:
    """Add a hosted model, its service, the edges ``calls`` and the use.

    Args:
        document: where to.
        found: the vendor, or the host of an endpoint that belongs to none we know.
        model: the id; a vendor written in front of it is taken off.
        how: key or variable.
        line: 1-based.
        given: the endpoint.
        facts: more facts.
    """
    from depscan.vendors.pinning import pinning

    slug = found if isinstance(found, str) else found.slug
    pinned = ""
    if not isinstance(found, str):
        head, slash, rest = model.partition("/")
        named = vendor_named(head) if slash else None
        model = rest if named is not None and named.slug == slug else model
        pinned = {"pinned": "yes", "floating": "no"}.get(pinning(found, model), "unknown")
    if slug == "ollama":  # it is fetched from a library and runs at home, as those of Modelfiles and of ``ollama pull``
        node = document.add(Package("library-model", f"{slug}/{model}", None, "hub"), line)
        document.link(document.root, node, "loads", requested=model, at=line)
        document.use(node, how, line, pinned="no", **_facts(given), **{"model_from": "literal", **facts})
        return
    node = document.add(Package("hosted-model", f"{slug}/{model}", None, "service"), line)
    served = document.add(_service(slug, given.url), line)
    document.link(document.root, node, "calls", at=line)
    if not any(e.parent == node and e.child == served for e in document.edges):
        document.link(node, served, "calls", at=line)
    document.use(node, how, line, pinned=pinned, **_facts(given), **{"model_from": "literal", **facts})


def service(document: Document, slug: str, how: str, line: int, given: Endpoint, **facts: str) -> None:
    """Add a service of which no model is known."""
    node = document.add(_service(slug, given.url), line)
    document.link(document.root, node, "calls", at=line)
    document.use(node, how, line, **_facts(given), **facts)


def _service(slug: str, url: str) -> Package:
    """Return the service behind an endpoint: the vendor where the host is its own or none is given, else the host."""
    host = host_of(url) if url else ""
    owner = vendor_of_host(host) if host else None
    return Package("service", owner.slug if owner else host or slug, None, "service")


def _facts(given: Endpoint) -> dict[str, str]:
    return {"endpoint": mask(given.url)[:200], "endpoint_from": given.origin if given.url else "", "key_env": given.key}


def hub(document: Document, name: str, how: str, line: int, *, label: str = "model", **facts: str) -> None:
    """Add a model (or ``label`` data-set) of a hub; ``facts`` may have its revision."""
    revision = facts.get("revision", "")
    if "@" in name and not revision:
        name, _, revision = name.partition("@")
    commit = revision.lower() if _COMMIT(revision) else ""
    name = f"datasets/{name}" if label == "data-set" else name
    node = document.add(Package("huggingface", name, commit or None, "hub", commit=commit), line)
    document.link(document.root, node, "loads", requested=revision, at=line)
    facts = {"model_from": "literal", **facts, "revision": revision, "pinned": "yes" if commit else "no"}
    document.use(node, how, line, **facts)


def local(document: Document, path: str, how: str, line: int, **facts: str) -> None:
    """Add a model file or folder of the project."""
    node = document.add(Package("model-file", path.removeprefix("file://"), None, "local"), line)
    document.link(document.root, node, "loads", at=line)
    document.use(node, how, line, **facts)
