"""Names of container images: their tag, their digest, and what is no image at all.

Grammar: https://pkg.go.dev/github.com/distribution/reference.
"""

from __future__ import annotations

import re

from depscan.inputs.code._names import image_of
from depscan.model.package import Package

_NAME = re.compile(
    r"(?P<name>(?:[A-Za-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,128}))?"
).fullmatch
_LONGEST = 600


def image_named(text: str) -> Package | None:
    """Return the node of an image name, or None for what is none (or holds a variable nobody knows)."""
    return image_of(text) if len(text) <= _LONGEST and _NAME(text) else None


def image_facts(text: str, package: Package) -> dict[str, str]:
    """Return the facts of a use of an image: what is asked for, and whether it can change."""
    revision = package.hashes[0] if package.hashes else package.version or ""
    return {"revision": revision, "pinned": "yes" if package.hashes else "no", "command": text}
