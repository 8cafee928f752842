"""Files of an index: whole ones in the cache, checked while they are written, and parts of large ones by range."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress

from depscan.errors import RegistryError
from depscan.registry.cache import Cache, key
from depscan.registry.client import Client
from depscan.registry.filenames import ending
from depscan.registry.hashes import Digests, Hashes, check, check_promise, known
from depscan.registry.ranged import DiskSource, NoRangesError, Part, RangedSource, Store
from depscan.registry.records import IndexFile
from depscan.registry.reply import Reply, printable
from depscan.registry.urls import shown

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", re.ASCII)
_PARTIAL, _OK = 206, 200
_BY_DIRECTORY = frozenset({".whl", ".zip", ".egg"})
"""Archives of which a few members can be read; of others all has to be unpacked."""
_SMALL = 2 << 16
"""A file of so many bytes comes whole: one request as well, and its hash can be checked."""


class Files:
    """Reads files of an index.

    Args:
        client: what asks.
        cache: where whole files and blocks stay.
    """

    def __init__(self, client: Client, cache: Cache) -> None:
        self._client = client
        self._cache = cache
        self._fresh: set[str] = set()

    def source(self, file: IndexFile, hashes: Sequence[tuple[str, str]]) -> DiskSource | RangedSource:
        """Return a file's bytes; see ``Registry.source``."""
        given = _given(file, hashes)
        check_promise(file.name, file.hashes, given)

        checked = bool(file.hashes or given)

        def whole() -> DiskSource:
            return DiskSource(self.whole(file, hashes, self._client.budget.file), checked=checked)

        held = self._held(file, given)
        if held is not None:
            return DiskSource(held[0], checked=checked)
        if ending(file.name) not in _BY_DIRECTORY or 0 <= file.size <= _SMALL:
            return whole()
        store: Store = _Blocks(self._cache, _key(file, ())) if file.hashes else Store()

        def ask(first: int, last: int, mark: str) -> Part:
            return self._range(file, given, first, last, mark)

        try:
            return RangedSource(file.url, ask, whole, store, file.size)
        except NoRangesError:
            return whole()

    def whole(self, file: IndexFile, hashes: Sequence[tuple[str, str]], limit: int) -> str:
        """Return the path of a whole file of at most ``limit`` bytes; see ``Registry.fetch``."""
        given = _given(file, hashes)
        check_promise(file.name, file.hashes, given)
        held = self._held(file, given)
        if held is not None:
            return held[0]
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        return self._client.ask(
            file.url, headers, lambda reply: self._store(file, given, reply, limit), elsewhere=True, absent=file.name
        )

    def _held(self, file: IndexFile, given: Hashes) -> tuple[str, Digests] | None:
        """Return a file of the cache; one of which no hash is known only when offline or if it came in this run.

        Raises:
            HashMismatch: it is not what the index or the lock promises.
        """
        own = _key(file, given)
        usable = file.hashes or given or self._client.offline or own in self._fresh
        sha256 = [digest for algorithm, digest in file.hashes if algorithm == "sha256"]
        sha256 += [digest for algorithm, digest in given if algorithm == "sha256"] if len(given) == 1 else []
        if not sha256 and usable:
            sha256 = [self._cache.alias(own)]
        held = self._cache.file(sha256[0], file.name, _algorithms(file, given)) if sha256 and sha256[0] else None
        if held is not None:
            check(file.name, held[1], file.hashes, given)
        return held

    def _store(self, file: IndexFile, given: Hashes, reply: Reply, limit: int) -> str:
        """Write the body of a reply to the cache, check it and return its path."""
        if reply.status != _OK:
            raise RegistryError(f"{shown(file.url)}: HTTP status {reply.status} where the whole file was asked for")
        if not (reply.framed or file.hashes or given or file.size >= 0):
            raise RegistryError(f"{shown(file.url)}: neither hash nor length: it may be cut short")
        # An index that knows the size bounds what can come: an endless body ends there.
        most = min(limit, file.size) if file.size >= 0 else limit
        digests = Digests(_algorithms(file, given))
        part = self._cache.part()
        size = 0
        try:
            with open(part, "wb") as stream:
                for piece in reply.pieces(most, self._client.budget.seconds):
                    digests.update(piece)
                    size += len(piece)
                    stream.write(piece)
            if file.size not in {-1, size}:
                raise RegistryError(f"{shown(file.url)} has {size} bytes, the index says {file.size}")
            check(file.name, digests, file.hashes, given)
            path = self._cache.adopt(part, digests.hex(), file.name)
        except OSError as error:
            raise RegistryError(
                f"cannot write to the cache: {(error.strerror or 'failed').lower()}", path=part
            ) from None
        finally:
            with suppress(OSError):
                os.unlink(part)
        self._fresh.add(_key(file, given))
        self._cache.keep_alias(_key(file, given), digests.hex())
        return path

    def _range(self, file: IndexFile, given: Hashes, first: int, last: int, mark: str) -> Part:
        """Ask for some bytes.

        Raises:
            NoRangesError: no answer to what was asked; where the whole file came instead, it is in the cache now.
        """
        asked = f"bytes={first}" if first < 0 else f"bytes={first}-{last}"
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Range": asked}
        if mark.startswith('"'):
            headers["If-Range"] = mark
        budget = self._client.budget

        def use(reply: Reply) -> Part:
            if reply.status == _OK:
                self._store(file, given, reply, budget.file)
                raise NoRangesError
            part = _part(reply, first, last)
            most = part.total - part.start if first < 0 else last - first + 1
            return part._replace(data=reply.body(most, budget.answer))

        part = self._client.ask(file.url, headers, use, elsewhere=True, absent=file.name)
        if part.start + len(part.data) != (part.total if first < 0 else last + 1):
            raise NoRangesError
        return part


class _Blocks(Store):
    """Blocks of one file in the cache."""

    def __init__(self, cache: Cache, name: str) -> None:
        self._cache = cache
        self._folder = cache.blocks(name)

    def load(self, name: str) -> bytes:
        return self._cache.block(self._folder, name)

    def keep(self, name: str, data: bytes) -> None:
        self._cache.keep_block(self._folder, name, data)


def _part(reply: Reply, first: int, last: int) -> Part:
    """Return what Content-Range says, without data (RFC 9110, section 14.4)."""
    found = _CONTENT_RANGE.fullmatch(reply.header("Content-Range").strip())
    if reply.status != _PARTIAL or found is None or reply.header("Content-Encoding") not in {"", "identity"}:
        raise NoRangesError
    start, stop, total = int(found[1]), int(found[2]), int(found[3])
    if first < 0:
        right = start == max(total + first, 0) and stop == total - 1
    else:
        right = (start, stop) == (first, last) and stop < total
    if not right or reply.length() not in {-1, stop - start + 1}:
        raise NoRangesError
    return Part(start, total, b"", printable(reply.header("ETag")) or printable(reply.header("Last-Modified")))


def _given(file: IndexFile, hashes: Sequence[tuple[str, str]]) -> Hashes:
    given = known(hashes)
    if hashes and not given:
        raise RegistryError(f"{file.name}: no hash of the lock is of a known kind, so nothing can be compared")
    return given


def _algorithms(file: IndexFile, given: Hashes) -> tuple[str, ...]:
    return tuple(algorithm for algorithm, _ in (*file.hashes, *given))


def _key(file: IndexFile, given: Hashes) -> str:
    return key(file.url, *(f"{a}:{d}" for a, d in (*file.hashes, *given)))
