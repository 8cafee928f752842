"""Digests: those that an index or a lock promises against those of the bytes that came."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from depscan.errors import HashMismatch, RegistryError

STRENGTH = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
"""The algorithms that are checked, strongest first."""
_LENGTHS = {name: hashlib.new(name, usedforsecurity=False).digest_size * 2 for name in STRENGTH}
_HEX = frozenset("0123456789abcdef")

Hashes = tuple[tuple[str, str], ...]


def known(pairs: Iterable[tuple[str, str]]) -> Hashes:
    """Return the pairs whose algorithm is checked, in lower case, strongest first.

    Raises:
        RegistryError: a digest is none of its algorithm.
    """
    found = {(a.lower(), d.lower()) for a, d in pairs if a.lower() in _LENGTHS}
    for algorithm, digest in found:
        if len(digest) != _LENGTHS[algorithm] or not _HEX.issuperset(digest):
            raise RegistryError(f"no {algorithm} digest: {digest[:100]!r}")
    return tuple(sorted(found, key=lambda pair: (STRENGTH.index(pair[0]), pair[1])))


def parse(text: str) -> tuple[str, str] | None:
    """Return algorithm and hex digest of ``sha256:hex``, ``sha256=hex`` or ``sha512-base64``; else None."""
    algorithm, mark, digest = text.strip().replace("=", ":", 1).partition(":")
    if mark and algorithm.lower() in _LENGTHS and len(digest) == _LENGTHS[algorithm.lower()]:
        return algorithm.lower(), digest.lower()
    algorithm, mark, digest = text.strip().partition("-")
    if not mark or algorithm.lower() not in _LENGTHS:
        return None
    try:
        raw = base64.b64decode(digest.partition("?")[0], validate=True).hex()
    except (binascii.Error, ValueError):
        return None
    return (algorithm.lower(), raw) if len(raw) == _LENGTHS[algorithm.lower()] else None


def hashes_of(texts: Iterable[str]) -> Hashes:
    """Return what ``Package.hashes`` holds as pairs; texts of another form are left out."""
    return tuple(pair for pair in map(parse, texts) if pair)


class Digests:
    """Several digests over one pass."""

    def __init__(self, algorithms: Iterable[str] = ()) -> None:
        self._made: dict[str, Any] = {a: hashlib.new(a, usedforsecurity=False) for a in {"sha256", *algorithms}}

    def update(self, piece: bytes) -> None:
        """Take the next bytes."""
        for one in self._made.values():
            one.update(piece)

    def hex(self, algorithm: str = "sha256") -> str:
        """Return one digest."""
        return str(self._made[algorithm].hexdigest())


def check(what: str, digests: Digests, index: Sequence[tuple[str, str]], given: Sequence[tuple[str, str]]) -> None:
    """Compare bytes with every digest of the index, and with the digests of a lock, of which one must fit.

    A lock lists one digest per file of a release; an index lists those of this file.

    Raises:
        HashMismatch: they differ.
    """
    for algorithm, digest in index:
        if digests.hex(algorithm) != digest:
            raise HashMismatch(
                f"{what} is not what the index promised",
                expected=f"{algorithm}:{digest}",
                actual=f"{algorithm}:{digests.hex(algorithm)}",
            )
    if given and not any(digests.hex(a) == d for a, d in given):
        _not_locked(what, given, [(given[0][0], digests.hex(given[0][0]))])


def check_promise(what: str, index: Sequence[tuple[str, str]], given: Sequence[tuple[str, str]]) -> None:
    """Compare the digests of an index with those of a lock before anything is asked for.

    Raises:
        HashMismatch: they have an algorithm in common and no digest.
    """
    shared = {a for a, _ in index} & {a for a, _ in given}
    if shared and all(a in shared for a, _ in given) and not set(index) & set(given):
        _not_locked(what, given, [pair for pair in index if pair[0] in shared])


def _not_locked(what: str, given: Sequence[tuple[str, str]], actual: Sequence[tuple[str, str]]) -> None:
    raise HashMismatch(
        f"{what} is none of the files that the lock allows",
        expected=" ".join(f"{a}:{d}" for a, d in given[:20]),
        actual=" ".join(f"{a}:{d}" for a, d in actual),
        hint="the file of this version changed, or the lock was made from another index",
    )
