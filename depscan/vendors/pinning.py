"""What a hosted model's id promises: that it stays the same, that it moves, or nothing; and how long it answers."""

from __future__ import annotations

import re
from functools import lru_cache

from depscan.vendors.known import is_own_id, vendor_named, vendor_of
from depscan.vendors.vendor import Pinning, Retired, Vendor


def pinning(vendor: Vendor, model_id: str) -> str:
    """Return pinned, floating, indirect or unknown."""
    return reason(vendor, model_id).means


@lru_cache(maxsize=1024)
def reason(vendor: Vendor, model_id: str) -> Pinning:
    """Return what an id means with the vendor's rule behind it."""
    made = _own(vendor, model_id)
    if made is not None:
        return made
    inner, rest = _inner(vendor, model_id)
    if inner is not None:
        return reason(inner, rest)
    return Pinning("", vendor.otherwise, _OTHERWISE[vendor.otherwise].format(title=vendor.title))


_OTHERWISE = {
    "floating": "{title} may put another model behind this id",
    "indirect": "the id is a name chosen by whoever set it up at {title}",
    "pinned": "{title} keeps what stands behind this id",
    "unknown": "it is not known what {title} promises for this id",
}


def _own(vendor: Vendor, model_id: str) -> Pinning | None:
    return next((row for row in vendor.pinning if re.fullmatch(row.match, model_id)), None)


def _inner(vendor: Vendor, model_id: str) -> tuple[Vendor | None, str]:
    """Return (vendor, id) of a model that a gateway passes requests on to."""
    if vendor.kind != "gateway":
        return None, model_id
    head, slash, rest = model_id.partition("/")
    inner = vendor_named(head) if slash else vendor_of(model_id)
    rest = (rest if slash else model_id).partition(":")[0]
    if inner is None or inner.slug == vendor.slug or (inner.kind == "vendor" and not is_own_id(inner, rest)):
        return None, model_id
    return inner, rest


@lru_cache(maxsize=1024)
def retired(vendor: Vendor, model_id: str) -> Retired | None:
    """Return when a model stops answering, None when no date is known; whoever asks compares it with the day."""
    found = next((row for row in vendor.retired if row.id == model_id), None)
    if found is None:
        inner, rest = _inner(vendor, model_id)
        return retired(inner, rest) if inner is not None else None
    return found
