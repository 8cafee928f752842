"""What a named model is: hosted by a vendor, of a hub, or a file of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.inputs.settings import _emit
from depscan.inputs.settings._emit import Endpoint
from depscan.inputs.settings._reference import resolved
from depscan.vendors.known import host_of, is_own_id, vendor_named, vendor_of_host

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.vendors.vendor import Vendor

_BARE = re.compile(r"[A-Za-z][\w.]*-[\w.-]{1,90}").fullmatch
_HOME = frozenset({"huggingface-inference", "vllm"})
"""Vendors that settings also name where they mean a model of the hub that runs at home."""


class Named(NamedTuple):
    """A model as settings name it.

    Attributes:
        value: as written.
        how: key or variable.
        line: 1-based.
        hint: what else says whose it is: slug, alias or variable; "" for nothing.
        endpoint: where requests go.
        task: embedding, rerank or "".
        bare: whether a name without ``/`` is one of the hub.
        facts: revision, code, format ...
    """

    value: str
    how: str
    line: int
    hint: str = ""
    endpoint: Endpoint = Endpoint()
    task: str = ""
    bare: bool = False
    facts: tuple[tuple[str, str], ...] = ()


def place(document: Document, named: Named) -> bool:
    """Add what a value names; return whether it names something."""
    value = resolved(named.value)
    text = value.text
    if not text or len(text) > 200:  # noqa: PLR2004
        return False
    facts = {**dict(named.facts), "task": named.task}
    facts["model_from"] = f"env:{value.variable}" if value.variable else "literal"
    vendor, host = _who(named, text)
    if (vendor or host) and _emit.is_model_id(text):
        hosted = {k: v for k, v in facts.items() if k in {"task", "model_from"}}
        _emit.hosted(document, vendor or host, text, named.how, named.line, named.endpoint, **hosted)
    elif _emit.is_hub(text.partition("@")[0]):
        _emit.hub(document, text, named.how, named.line, **facts)
    elif _emit.is_local(text):
        _emit.local(document, text, named.how, named.line, **{k: v for k, v in facts.items() if k != "model_from"})
    elif named.bare and _BARE(text):
        _emit.hub(document, text, named.how, named.line, **facts)
    else:
        return False
    return True


def _who(named: Named, text: str) -> tuple[Vendor | None, str]:
    """Return (vendor, host) of a hosted model; both empty where it is of a hub or a file."""
    host = host_of(named.endpoint.url) if named.endpoint.url else ""
    owner = vendor_of_host(host) if host else None
    if owner is not None:
        return owner, host
    hinted = _emit.hosted_by(text, named.hint) if named.hint else None
    if hinted is not None and host and hinted.kind == "vendor" and not _fits(hinted, text):
        return None, host
    if hinted is not None and hinted.slug in _HOME and not host and _emit.is_hub(text):
        return None, ""
    found = hinted or _emit.hosted_by(text)
    return found, host if found is None else ""


def _fits(vendor: Vendor, text: str) -> bool:
    head, slash, rest = text.partition("/")
    own = vendor_named(head) if slash else None
    return is_own_id(vendor, rest if own is not None and own.slug == vendor.slug else text)
