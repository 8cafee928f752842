"""Whether an archive on disk is the one that a lock means."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.model.package import Package

_CHUNK = 1 << 20


def contradiction(package: Package, path: str) -> str:
    """Return why an archive is not the one that the lock means; "" when it may be."""
    name = os.path.basename(path)
    listed = [f.hash for f in package.files if f.hash and _file_name(f.url) == name]
    wanted = [_parsed(part) for text in listed or package.hashes for part in text.split()]
    algorithms = {algorithm for algorithm, _ in wanted if algorithm}
    if not algorithms:
        return ""
    try:
        actual = _digests(path, algorithms)
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    if any(actual.get(algorithm) == digest for algorithm, digest in wanted):
        return ""
    return "does not have the hash that the lock gives it" if listed else "has none of the hashes that the lock allows"


def _file_name(url: str) -> str:
    from urllib.parse import unquote

    return unquote(url.partition("#")[0].partition("?")[0].rpartition("/")[2])


def _parsed(text: str) -> tuple[str, str]:
    """Return algorithm and hex digest of ``sha256:HEX`` or ``sha512-BASE64`` (W3C, Subresource Integrity)."""
    import binascii
    import hashlib

    algorithm, colon, digest = text.partition(":")
    if not colon:
        algorithm, _, packed = text.partition("-")
        try:
            digest = binascii.a2b_base64(packed).hex()
        except (binascii.Error, ValueError):
            return "", ""
    return (algorithm, digest.lower()) if algorithm in hashlib.algorithms_guaranteed else ("", "")


def _digests(path: str, algorithms: set[str]) -> dict[str, str]:
    import hashlib

    made = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms if not name.startswith("shake")}
    with open(path, "rb") as stream:
        while piece := stream.read(_CHUNK):
            for digest in made.values():
                digest.update(piece)
    return {name: digest.hexdigest() for name, digest in made.items()}
