"""Is it one of the bad releases? Names, versions and hashes; of files first by a search in their bytes."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from depscan.ecosystems import ecosystem
from depscan.incident.ranges import allows

if TYPE_CHECKING:
    from depscan.incident.records import Bad, Incident
    from depscan.model.document import Document
    from depscan.model.location import Route
    from depscan.model.package import Package

_NOT_FROM_AN_INDEX = frozenset({"git", "local"})
_ESCAPES = (b"\\u00", b"\\x", b"\\U")
"""A text that is written with escapes is parsed unseen: the search would not find its names."""
_BEFORE = 200
_IN_NAMES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-")
_FLAT = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_.", b"abcdefghijklmnopqrstuvwxyz--")


class Said(NamedTuple):
    """What a file says of a bad package.

    Attributes:
        bad: which.
        version: the bad version it names, or the range that allows one; "" where anything is allowed.
        certain: whether it names one.
        at: where.
    """

    bad: Bad
    version: str
    certain: bool
    at: Route


class Matching:
    """The bad packages of an incident, made ready to be looked for."""

    def __init__(self, incident: Incident) -> None:
        self.packages = incident.packages
        self.ecosystems = frozenset(bad.ecosystem for bad in incident.packages)
        self._by_name: dict[tuple[str, str], list[Bad]] = {}
        for bad in incident.packages:
            self._by_name.setdefault((bad.ecosystem, bad.name), []).append(bad)
        self._hashes = {text: bad for bad in incident.packages for text in bad.hashes}
        self._hashes |= {_integrity(text): bad for text, bad in self._hashes.items()}
        self._ranged = any(bad.ranges for bad in incident.packages)
        self._words = {key: _flat(key[1].encode()) for key in self._by_name}
        digests = [re.split("[:-]", text, maxsplit=1)[1].encode() for text in self._hashes]
        self._flat = sorted({_flat(text) for text in (*digests, *(bad.name.encode() for bad in incident.packages))})
        self._digests = sorted(map(_flat, digests))
        self._exact = [
            (_flat(bad.name.encode()), [_flat(version.encode()) for version in bad.versions])
            for bad in incident.packages
        ]

    def named(self, kind: str, name: str) -> list[Bad]:
        """Return the bad packages of a name that is normalised."""
        return self._by_name.get((kind, name), [])

    def release(self, kind: str, name: str, version: str) -> Bad | None:
        """Return the bad package one of whose bad releases this is; the name may be written in any way."""
        rules = ecosystem(kind)
        bads = self.named(kind, rules.normalise(name) if rules else name)
        return next((bad for bad in bads if is_bad(bad, version)), None)

    def archive(self, digest: str) -> Bad | None:
        """Return the bad package one of whose archives has this hash (``sha256:hex``)."""
        return self._hashes.get(digest)

    def neighbourhoods(self, data: bytes, reach: int) -> bytes | None:
        """Return what stands around the names in a file; None where no bad package is named in it.

        Args:
            data: of the file.
            reach: bytes behind a name in which all is said that belongs to it.

        Two versions of a file with equal neighbourhoods say the same of the bad packages: of the hundreds of versions
        of a lock in a history only a few have to be parsed.
        """
        if may_hide(data):
            return data
        flat = _flat(data)
        spans = sorted(
            (max(0, at - _BEFORE), at + len(name) + reach) for name in self._flat for at in _finds(flat, name)
        )
        if not spans:
            return None
        start, end = spans[0]
        kept = []
        for first, last in spans[1:]:
            if first > end:
                kept.append(data[start:end])
                start = first
            end = max(end, last)
        return b"\0".join([*kept, data[start:end]])

    def may_pin(self, near: bytes, reach: int) -> bool:
        """Return whether neighbourhoods hold a bad version behind its name, or a hash; else nothing bad is pinned.

        Args:
            near: what ``neighbourhoods`` gave.
            reach: bytes behind a name in which its version stands.
        """
        flat = _flat(near)
        if self._ranged or any(digest in flat for digest in self._digests):
            return True
        return any(
            any(version in flat[at : at + len(name) + reach] for version in versions)
            for name, versions in self._exact
            for at in _finds(flat, name)
        )

    def mentioned(self, near: bytes) -> frozenset[tuple[str, str]]:
        """Return (ecosystem, name) of the bad packages whose names stand in neighbourhoods as whole words."""
        flat = _flat(near)
        return frozenset(key for key, name in self._words.items() if next(_words(flat, name), None) is not None)

    def said(self, document: Document) -> list[Said]:
        """Return what a document says of the bad packages."""
        found = []
        for key, package in document.nodes.items():
            bads = self._by_name.get((package.ecosystem, package.name))
            hashed = self._hashed(package) if self._hashes else None
            if hashed is not None:
                found.append(Said(hashed, package.version or "", certain=True, at=document.at[key]))
            elif bads and package.source not in _NOT_FROM_AN_INDEX:
                found += _of_node(document, key, package, bads)
        return found

    def _hashed(self, package: Package) -> Bad | None:
        texts = (*package.hashes, *(file.hash for file in package.files))
        return next((self._hashes[text] for text in texts if text in self._hashes), None)


def may_hide(data: bytes) -> bool:
    """Return whether a search in the bytes of a file could miss a name in it: UTF-16, or escapes."""
    return data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\\" in data and any(m in data for m in _ESCAPES))


def is_bad(bad: Bad, version: str) -> bool:
    """Return whether a version is one of the bad ones, in whatever spelling (1.0 is 1.0.0)."""
    if version in bad.versions:
        return True
    rules = ecosystem(bad.ecosystem)
    key = rules.order(version) if rules else None
    if rules is None or key is None:
        return False
    if any(rules.order(v) == key for v in bad.versions):
        return True
    return any(rules.order(low) <= key and (not end or key < rules.order(end)) for low, end in bad.ranges)


def _of_node(document: Document, key: str, package: Package, bads: list[Bad]) -> Iterator[Said]:
    if package.version is not None:
        bad = next((b for b in bads if is_bad(b, package.version)), None)
        if bad is not None:
            yield Said(bad, package.version, certain=True, at=document.at[key])
        return
    for edge in document.edges:
        if edge.child != key:
            continue
        for bad in bads:
            exact = edge.requested.lstrip("=v ")
            if exact and is_bad(bad, exact):
                yield Said(bad, exact, certain=True, at=edge.at or document.at[key])
            elif any(allows(bad.ecosystem, edge.requested, version) for version in candidates(bad)):
                yield Said(bad, edge.requested, certain=False, at=edge.at or document.at[key])


def candidates(bad: Bad) -> tuple[str, ...]:
    """Return the bad versions that are known by themselves: the listed ones and where ranges begin."""
    return (*bad.versions, *(low for low, _ in bad.ranges))


def _integrity(text: str) -> str:
    """Return ``algorithm:hex`` as npm's locks write it: ``algorithm-base64``."""
    algorithm, _, digest = text.partition(":")
    return f"{algorithm}-{b64encode(bytes.fromhex(digest)).decode()}"


def _flat(data: bytes) -> bytes:
    """Return bytes with every way to write a Python name made the same one, byte for byte."""
    return data.translate(_FLAT)


def _words(flat: bytes, name: bytes) -> Iterator[int]:
    """Yield where a name stands as a whole word."""
    for at in _finds(flat, name):
        after = at + len(name)
        if (not at or flat[at - 1] not in _IN_NAMES) and (after == len(flat) or flat[after] not in _IN_NAMES):
            yield at


def _finds(flat: bytes, name: bytes) -> Iterator[int]:
    at = flat.find(name)
    while at >= 0:
        yield at
        at = flat.find(name, at + 1)
