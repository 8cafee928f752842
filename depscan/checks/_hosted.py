"""What checks of hosted models share: whose a node is, and which hosts are at home."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.model.package import Package
    from depscan.vendors.vendor import Vendor

_PRIVATE = re.compile(
    r"(?:localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|::1|10\.[\d.]+|192\.168\.[\d.]+|169\.254\.[\d.]+"
    r"|172\.(?:1[6-9]|2\d|3[01])\.[\d.]+|f[cde][0-9a-f]{2}:.*|[^.:]+|.*\.(?:local|internal|lan|intranet|corp|home|svc"
    r"|svc\.cluster\.local|home\.arpa))"
).fullmatch


def is_private(host: str) -> bool:
    """Return whether a host (with its port, if any) is the machine itself or of a private network."""
    return _PRIVATE(re.sub(r":\d+$", "", host).strip("[]")) is not None


def hosted_by(package: Package) -> tuple[Vendor | None, str]:
    """Return (vendor, model id) of a hosted model.

    Where the node is named after an endpoint (``gateway.example/gpt-4o``), the id says whose model it is, unless the
    endpoint is at home: what answers there has the name its owner gave it.
    """
    from depscan.vendors.known import vendor_named, vendor_of

    slug, _, model = package.name.partition("/")
    if package.ecosystem != "hosted-model" or not model:
        return None, ""
    vendor = vendor_named(slug)
    if vendor is not None:
        return vendor, model
    if is_private(slug):
        return None, model
    found = vendor_of(model)
    head, slash, rest = model.partition("/")
    named = vendor_named(head) if slash else None
    return found, rest if named is not None and found is named else model
