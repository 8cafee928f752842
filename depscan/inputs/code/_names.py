"""Nodes of models, data sets, hosted models, services and images, and what a written name stands for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from depscan.model.package import Package

_COMMIT = re.compile(r"[0-9a-fA-F]{40}").fullmatch
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
_HUB = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}").fullmatch
_BARE = re.compile(r"[A-Za-z0-9][\w.-]{0,95}").fullmatch
_WEIGHTS = re.compile(
    r"\.(?:pt|pth|bin|ckpt|safetensors|gguf|ggml|onnx|h5|hdf5|keras|pkl|pickle|joblib|dill|npy|npz|pb|tflite|mlmodel"
    r"|ubj|cbm|msgpack|pdparams|engine|model|tar|t7|nemo|skops)(?:\.(?:gz|bz2|xz))?$",
    re.IGNORECASE,
).search
_FILE = re.compile(r"\.(?:json|jsonl|csv|tsv|txt|ya?ml|parquet|arrow|zip|gz|py|toml|db|sqlite|html?)$", re.I).search
_OPEN = re.compile(r"\{[^{}]*\}")
_HASHED = re.compile(r"[:@](?:sha256:)?[0-9a-f]{8,64}$").search
_REGISTERED = re.compile(r"models:/+[^/@]+(?:[/@](.+))?").fullmatch
"""A version is a number and stays; a stage or an alias moves."""
_LOCAL = re.compile(r"(?:[./~\\]|[A-Za-z]:[\\/]|file:|\$)").match


class Named(NamedTuple):
    """A node that a call names, with facts of its own."""

    package: Package
    facts: dict[str, str]


def commit_of(revision: str) -> str:
    """Return a full commit hash in lower case; "" for a branch, a tag or none."""
    return revision.lower() if _COMMIT(revision) else ""


def pins_itself(name: str) -> str:
    """Return yes for a name that ends with the hash of its version (``owner/prompt:0123abcd``), no for others."""
    return "yes" if _HASHED(name) else "no"


def hub_model(name: str, commit: str = "") -> Package:
    """Return a model on a hub."""
    return Package("huggingface", name, commit or None, "hub", commit=commit)


def data_set(name: str, commit: str = "") -> Package:
    """Return a data set on a hub."""
    return Package("huggingface", f"datasets/{name}", commit or None, "hub", commit=commit)


def model_file(path: str) -> Package:
    """Return a model file or folder that the project itself holds."""
    return Package("model-file", path.removeprefix("file://").removeprefix("./") or ".", None, "local")


def library_model(library: str, name: str) -> Package:
    """Return a model or data set that a library fetches by a name of its own: ``whisper/base``."""
    return Package("library-model", f"{library}/{name}", None, "hub")


def repository(name: str, revision: str) -> Package:
    """Return a repository of code, ``owner/name``, that a library fetches and runs."""
    return Package("repository", name, revision or None, "hub", commit=commit_of(revision))


def hosted(vendor: str, model: str) -> Package:
    """Return a model that a vendor runs."""
    return Package("hosted-model", f"{vendor}/{model}", None, "service")


def service(name: str) -> Package:
    """Return a vendor (a slug) or an endpoint (a host, with its port when it has one)."""
    return Package("service", name, None, "service")


def image_of(text: str) -> Package:
    """Return a container image of ``registry/name:tag@digest``, in lower case as registries compare names."""
    name, _, digest = text.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    hashes = (digest,) if _DIGEST(digest) else ()
    return Package("image", (head + slash + last).lower(), tag or None, "image", hashes=hashes)


def registered(name: str) -> dict[str, str]:
    """Return revision and whether it pins of a model in a registry: ``models:/name/3``, ``models:/name@champion``."""
    found = _REGISTERED(name)
    if not found:
        return {}
    revision = found[1] or ""
    return {"revision": revision, "pinned": "yes" if revision.isdecimal() else "no"}


def is_weights(path: str) -> bool:
    """Return whether a path ends like a file of weights."""
    return _WEIGHTS(path) is not None


def is_hub(name: str) -> bool:
    """Return whether a name has the form ``organisation/model``."""
    return _HUB(name) is not None and ".." not in name and not is_weights(name) and not _FILE(name)


def has_literal(name: str) -> bool:
    """Return whether a name has a letter or digit outside the braces that stand for what is not known."""
    return any(map(str.isalnum, _OPEN.sub("", name)))


def is_bare(name: str) -> bool:
    """Return whether a name has the form of a hub name without organisation."""
    return _BARE(name) is not None and not is_weights(name) and not _FILE(name)


def is_path(name: str, folders: frozenset[str]) -> bool:
    """Return whether a name is a path of the project and no name on a hub.

    Args:
        name: as written.
        folders: first parts of paths that are folders of projects (``checkpoints``), in lower case.
    """
    if _LOCAL(name) or "\\" in name or name.endswith("/") or is_weights(name) or _FILE(name):
        return True
    head, slash, rest = name.partition("/")
    return bool(slash) and ("/" in rest or head.lower() in folders)


@lru_cache(maxsize=256)
def host_of(url: str) -> str:
    """Return the host of a URL, with its port when one is written; "" when it has none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port else host


def path_of(url: str) -> str:
    """Return the path of a URL, "" when it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
