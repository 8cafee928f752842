"""Is it one of the bad releases? Names, versions and hashes; of files first by a search in their bytes."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

from depscan.ecosystems import ecosystem
from depscan.incident.ranges import allows
from depscan.incident.search import Search, flat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.incident.records import Bad, Incident
    from depscan.model.document import Document
    from depscan.model.location import Route
    from depscan.model.package import Package

_NOT_FROM_AN_INDEX = frozenset({"git", "local"})
_ESCAPES = (b"\\u00", b"\\x", b"\\U")
"""A text that is written with escapes is parsed unseen: the search would not find its names."""
_BEFORE = 200
_IN_NAMES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-")
_DIGITS = frozenset(b"0123456789")


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
        digests = [re.split("[:-]", text, maxsplit=1)[1].encode() for text in self._hashes]
        self._digests = sorted(map(flat, digests))
        self._by_word: dict[bytes, list[Bad]] = {}
        for bad in incident.packages:
            for word in _written(bad):
                self._by_word.setdefault(word, []).append(bad)
        self._begin = {word: [w for w in _beginnings(word) if w in self._by_word] for word in self._by_word}
        self._versions = {
            word: {flat(version.encode()) for w in begin for bad in self._by_word[w] for version in bad.versions}
            for word, begin in self._begin.items()
        }
        self._search = Search(self._by_word)
        self._marks = Search((*self._by_word, *self._digests))

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
        spans = [(max(0, first - _BEFORE), last + reach) for first, last in self._marks.in_lines(data)]
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

    def pins(self, near: bytes, reach: int) -> bytes:
        """Return what stands around bad versions behind their names; b"" where nothing bad is pinned.

        Args:
            near: what ``neighbourhoods`` gave.
            reach: bytes behind a name in which its version stands.

        Where hashes or ranges could pin something, too, that is all of it.
        """
        plain = flat(near)
        if self._ranged or any(digest in plain for digest in self._digests):
            return near
        return b"\0".join(
            near[max(0, start - _BEFORE) : end + reach]
            for start, end in self._search.spans(plain)
            if any(_stands(plain[start : end + reach], version) for version in self._versions[plain[start:end]])
        )

    def mentioned(self, near: bytes) -> frozenset[tuple[str, str]]:
        """Return (ecosystem, name) of the bad packages whose names stand in neighbourhoods as whole words."""
        plain = flat(near)
        return frozenset(
            (bad.ecosystem, bad.name)
            for start, end in self._search.spans(plain)
            for word in self._begin[plain[start:end]]
            if _is_whole(plain, start, start + len(word))
            for bad in self._by_word[word]
        )

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


def _written(bad: Bad) -> list[bytes]:
    """Return the ways in which files write a name, flattened: package URLs escape the scope of npm's names."""
    name = flat(bad.name.encode())
    if not name.startswith(b"@"):
        return [name]
    scope, _, base = name[1:].partition(b"/")
    return [name, b"%40" + scope + b"/" + base, b"%40" + scope + b"%2f" + base]


def _beginnings(word: bytes) -> Iterator[bytes]:
    """Yield a word and everything that it begins with."""
    return (word[:length] for length in range(1, len(word) + 1))


def _stands(text: bytes, version: bytes) -> bool:
    """Return whether a version stands in a text and is no part of a longer number."""
    at = text.find(version)
    while at >= 0:
        after = at + len(version)
        if (not at or text[at - 1] not in _DIGITS) and (after == len(text) or text[after] not in _DIGITS):
            return True
        at = text.find(version, at + 1)
    return False


def _is_whole(plain: bytes, start: int, end: int) -> bool:
    return (not start or plain[start - 1] not in _IN_NAMES) and (end == len(plain) or plain[end] not in _IN_NAMES)
