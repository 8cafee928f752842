"""The index client: pages, core metadata and files of what an installer would fetch, each asked for once.

Nothing that comes is executed or unpacked here.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self

from depscan.errors import NotThere, RegistryError
from depscan.registry import cache as kept
from depscan.registry import npm, simple
from depscan.registry.client import Client
from depscan.registry.hashes import Digests, Hashes, check, check_promise, known
from depscan.registry.ranged import DiskSource, NoRangesError, Part, RangedSource, Store
from depscan.registry.records import Budget, IndexFile, Project
from depscan.registry.reply import Reply
from depscan.registry.settings import Settings, load_settings
from depscan.registry.urls import plain, shown

__all__ = ["Budget", "IndexFile", "Project", "Registry", "Settings", "Source", "load_settings"]

_METADATA = 16 << 20
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", re.ASCII)
_PARTIAL, _UNCHANGED, _OK = 206, 304, 200
_DEFAULT = Budget()


class Source(Protocol):
    """Bytes of a file, as ``depscan.artifacts.source.Source``; ``checked`` tells whether its hashes were compared."""

    size: int

    @property
    def checked(self) -> bool:
        """Whether the bytes were held against the file's hashes."""

    def at(self, start: int, length: int) -> bytes:
        """Return at most ``length`` bytes from ``start``; fewer at the end."""


class Registry:
    """Asks indexes; safe to use from several threads.

    Args:
        settings: which indexes, see ``load_settings``.
        offline: answer from the cache only.
        budget: limits of all requests together.
        cache: folder of the cache; "" for the user's own.
    """

    def __init__(
        self, settings: Settings, *, offline: bool = False, budget: Budget = _DEFAULT, cache: str = ""
    ) -> None:
        self.settings = settings
        self._client = Client(settings.credentials, budget, offline=offline, ca=settings.ca)
        self._cache = kept.Cache(cache)
        self._lock = threading.Lock()
        self._projects: dict[tuple[str, ...], Project] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close connections and tidy the cache; a path that ``fetch`` gave may be gone then if nothing may be kept."""
        self._client.close()
        self._cache.close()

    @property
    def received(self) -> int:
        """Bytes of bodies received so far."""
        return self._client.received

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return self._client.requests

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """Pairs of the asked host and the one that a redirect led to, as ``host:port``."""
        return tuple(sorted(self._client.moves))

    def project(self, ecosystem: str, name: str, index: str = "", *, times: bool = False) -> Project:
        """Return what an index holds under a name.

        Args:
            ecosystem: "PyPI" or "npm".
            name: as written or normalised.
            index: URL of the index; "" for those of the settings, of which the first that has the name answers.
            times: for npm: ask for the full packument, which alone has upload times.

        Raises:
            NotThere: no index has it.
            RegistryError: no index is configured, or one could not be asked or answered wrongly.
        """
        if ecosystem not in {"PyPI", "npm"}:
            raise RegistryError(f"no client for the ecosystem {ecosystem[:100]!r}")
        if index and not plain(index):
            raise RegistryError(f"no http or https index: {shown(index)}")
        asked = [plain(index)] if index else [one.url for one in self.settings.indexes(ecosystem, name)]
        if not asked:
            raise RegistryError(f"no index for {ecosystem} is configured", hint=_HINTS[ecosystem])
        absent: NotThere | None = None
        for url in asked:
            try:
                return self._page(ecosystem, name, url.rstrip("/"), times=times)
            except NotThere as error:
                absent = error
        raise absent or NotThere(name)

    def _page(self, ecosystem: str, name: str, index: str, *, times: bool) -> Project:
        held = self._projects.get((ecosystem, name, index, str(times)))
        if held is not None:
            return held
        if ecosystem == "PyPI":
            url, accept, read = simple.page_url(index, name), simple.ACCEPT, simple.read_page
        else:
            url, accept, read = npm.page_url(index, name), npm.FULL if times else npm.ABBREVIATED, npm.read_page
        page = self._conditional(url, accept, f"{index} has no {ecosystem} package {name[:100]!r}")
        project = read(page.body, page.content_type, page.url, index, name)
        with self._lock:
            self._projects[ecosystem, name, index, str(times)] = project
        return project

    def _conditional(self, url: str, accept: str, absent: str, limit: int = 0) -> kept.Page:
        """Return a page: from the cache when the server says that it did not change, or when offline."""
        key = kept.key(url, accept)
        held = self._cache.page(key)
        if held is not None and self._client.offline:
            return held
        headers = {"Accept": accept, "Accept-Encoding": "gzip", "Cache-Control": "max-age=0"}
        if held is not None:
            headers |= {"If-None-Match": held.etag} if held.etag else {}
            headers |= {"If-Modified-Since": held.last_modified} if held.last_modified else {}
        budget = self._client.budget

        def use(reply: Reply) -> kept.Page:
            if reply.status == _UNCHANGED and held is not None:
                return held
            if reply.status != _OK:
                raise RegistryError(f"{shown(url)}: HTTP status {reply.status} where none was asked for")
            body = reply.body(limit or budget.page, budget.answer)
            marks = _printable(reply.header("ETag")), _printable(reply.header("Last-Modified"))
            return kept.Page(reply.url, reply.content_type(), *marks, body)

        page = self._client.ask(url, headers, use, elsewhere=False, absent=absent)
        if page is not held:
            self._cache.keep_page(key, page)
        return page

    def metadata(self, file: IndexFile) -> bytes | None:
        """Return a wheel's core metadata as the index serves it beside the file; None when it does not.

        Source: PEP 658 and 714.

        Raises:
            HashMismatch: it is not what the index promised.
            RegistryError: it could not be asked for.
        """
        if file.metadata is None:
            return None
        name = f"{file.name}.metadata"
        beside = IndexFile(name, f"{file.url}.metadata", file.metadata, file.version)
        try:
            if not file.metadata:
                return self._conditional(beside.url, "*/*", name, _METADATA).body
            path = self._whole(beside, (), _METADATA)
        except NotThere:
            return None
        with open(path, "rb") as stream:
            return stream.read()

    def fetch(self, file: IndexFile, hashes: Sequence[tuple[str, str]] = ()) -> str:
        """Return the path of a whole file in the cache.

        Args:
            file: as the index lists it.
            hashes: what a lock allows; one of them must fit.

        Raises:
            HashMismatch: the file, or what the index says of it, is none of those.
            RegistryError: it could not be had, or nothing that is known can be compared.
        """
        return self._whole(file, hashes, self._client.budget.file)

    def _whole(self, file: IndexFile, hashes: Sequence[tuple[str, str]], limit: int) -> str:
        given = _given(file, hashes)
        check_promise(file.name, file.hashes, given)
        held = self._held(file, given)
        if held is not None:
            path, digests = held
            check(file.name, digests, file.hashes, given)
            return path
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        return self._client.ask(
            file.url, headers, lambda reply: self._store(file, given, reply, limit), elsewhere=True, absent=file.name
        )

    def _held(self, file: IndexFile, given: Hashes) -> tuple[str, Digests] | None:
        """Return a file of the cache; one of which no hash is known only when offline."""
        pairs = file.hashes or given
        sha256 = [digest for algorithm, digest in file.hashes if algorithm == "sha256"]
        sha256 += [digest for algorithm, digest in given if algorithm == "sha256"] if len(given) == 1 else []
        if not sha256 and (pairs or self._client.offline):
            sha256 = [self._cache.alias(_key(file, given))]
        return self._cache.file(sha256[0], file.name, _algorithms(file, given)) if sha256 and sha256[0] else None

    def _store(self, file: IndexFile, given: Hashes, reply: Reply, limit: int) -> str:
        """Write the body of a reply to the cache, check it and return its path."""
        if reply.status != _OK:
            raise RegistryError(f"{shown(file.url)}: HTTP status {reply.status} where the whole file was asked for")
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
        self._cache.keep_alias(_key(file, given), digests.hex())
        return path

    def source(self, file: IndexFile, hashes: Sequence[tuple[str, str]] = ()) -> Source:
        """Return a file's bytes for reading a few of them: by range where served, else the whole file on disk.

        Args:
            file: as the index lists it.
            hashes: what a lock allows; compared with what the index says, and with the bytes of a whole file.

        Raises:
            RegistryError: from here, and from ``at``: the server could not be asked, or answered wrongly.
        """
        given = _given(file, hashes)
        check_promise(file.name, file.hashes, given)
        held = self._held(file, given)
        if held is not None:
            check(file.name, held[1], file.hashes, given)
            return DiskSource(held[0])
        store: Store = _Blocks(self._cache, _key(file, ())) if file.hashes else Store()

        def whole() -> DiskSource:
            return DiskSource(self._whole(file, hashes, self._client.budget.file))

        def ask(first: int, last: int, mark: str) -> Part:
            return self._range(file, given, first, last, mark)

        try:
            return RangedSource(file.url, ask, whole, store, file.size)
        except _WholeCameError as came:
            return DiskSource(came.path)
        except NoRangesError:
            return whole()

    def _range(self, file: IndexFile, given: Hashes, first: int, last: int, mark: str) -> Part:
        """Ask for some bytes.

        Raises:
            NoRangesError: no answer to what was asked; ``_WholeCameError`` when the whole file came instead.
        """
        asked = f"bytes={first}" if first < 0 else f"bytes={first}-{last}"
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Range": asked}
        if mark.startswith('"'):
            headers["If-Range"] = mark
        budget = self._client.budget

        def use(reply: Reply) -> Part:
            if reply.status == _OK:
                raise _WholeCameError(self._store(file, given, reply, budget.file))
            part = _part(reply, first, last)
            most = part.total - part.start if first < 0 else last - first + 1
            return part._replace(data=reply.body(most, budget.answer))

        part = self._client.ask(file.url, headers, use, elsewhere=True, absent=file.name)
        if part.start + len(part.data) != (part.total if first < 0 else last + 1):
            raise NoRangesError
        return part


class _WholeCameError(NoRangesError):
    """The server sent the whole file for a range; it is in the cache."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class _Blocks(Store):
    """Blocks of one file in the cache."""

    def __init__(self, cache: kept.Cache, key: str) -> None:
        self._cache = cache
        self._folder = cache.blocks(key)

    def load(self, name: str) -> bytes:
        return self._cache.block(self._folder, name)

    def keep(self, name: str, data: bytes) -> None:
        self._cache.keep_block(self._folder, name, data)


_HINTS = {
    "PyPI": "set PIP_INDEX_URL, index-url in pip.conf or [[tool.uv.index]]",
    "npm": "set registry in .npmrc or npm_config_registry",
}


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
    return Part(start, total, b"", _printable(reply.header("ETag")) or _printable(reply.header("Last-Modified")))


def _given(file: IndexFile, hashes: Sequence[tuple[str, str]]) -> Hashes:
    given = known(hashes)
    if hashes and not given:
        raise RegistryError(f"{file.name}: no hash of the lock is of a known kind, so nothing can be compared")
    return given


def _algorithms(file: IndexFile, given: Hashes) -> tuple[str, ...]:
    return tuple(algorithm for algorithm, _ in (*file.hashes, *given))


def _key(file: IndexFile, given: Hashes) -> str:
    return kept.key(file.url, *(f"{a}:{d}" for a, d in (*file.hashes, *given)))


def _printable(text: str) -> str:
    return text if len(text) <= 1000 and text.isascii() and text.isprintable() else ""  # noqa: PLR2004
