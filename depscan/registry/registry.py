"""The index client: pages, core metadata and files of what an installer would fetch, each asked for once.

Nothing that comes is executed or unpacked here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self, TypeVar

from depscan.errors import NotThere, RegistryError
from depscan.registry import cache as kept
from depscan.registry import npm, provenance, simple
from depscan.registry.client import Client
from depscan.registry.files import Files
from depscan.registry.records import Budget, IndexFile, Project
from depscan.registry.reply import Reply, printable
from depscan.registry.settings import Settings, load_settings
from depscan.registry.urls import plain, shown

__all__ = ["Budget", "IndexFile", "Project", "Registry", "Settings", "Source", "load_settings"]

_METADATA = 16 << 20
_UNCHANGED, _OK = 304, 200
_DEFAULT = Budget()
_T = TypeVar("_T")


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
        self._files = Files(self._client, self._cache)
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
    def budget(self) -> Budget:
        """Limits of all requests together."""
        return self._client.budget

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
        project = self._conditional(
            url,
            accept,
            lambda page: read(page.body, page.content_type, page.url, index, name),
            f"{index} has no {ecosystem} package {name[:100]!r}",
        )
        with self._lock:
            self._projects[ecosystem, name, index, str(times)] = project
        return project

    def _conditional(self, url: str, accept: str, read: Callable[[kept.Page], _T], absent: str, limit: int = 0) -> _T:
        """Return what ``read`` makes of a page: of the cache's when it did not change, or when offline.

        A page that cannot be read is not kept: the good one of before stays for offline.
        """
        key = kept.key(url, accept)
        held = self._cache.page(key)
        if held is not None and self._client.offline:
            return read(held)
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
            if not (reply.framed or _is_closed(reply, body)):
                raise RegistryError(f"{shown(url)}: nothing tells where the page ends: it may be cut short")
            marks = printable(reply.header("ETag")), printable(reply.header("Last-Modified"))
            return kept.Page(reply.url, reply.content_type(), *marks, body)

        page = self._client.ask(url, headers, use, elsewhere=False, absent=absent)
        found = read(page)
        if page is not held:
            self._cache.keep_page(key, page)
        return found

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
                return self._conditional(beside.url, "*/*", lambda page: page.body, name, _METADATA)
            path = self._files.whole(beside, (), _METADATA)
        except NotThere:
            return None
        with open(path, "rb") as stream:
            return stream.read()

    def provenance(self, file: IndexFile) -> tuple[str, ...]:
        """Return who published a file, as the index states it (PEP 740): ``GitHub acme/pkg release.yml``.

        Only for files of a simple index; ``()`` when the index has no provenance object of it.

        Raises:
            RegistryError: it could not be asked for, is not there although the index says so, or is of another shape.
        """
        if not file.provenance:
            return ()
        return self._conditional(
            file.provenance,
            provenance.ACCEPT,
            lambda page: provenance.read_provenance(page.body, page.url),
            f"provenance of {file.name}",
            _METADATA,
        )

    def fetch(self, file: IndexFile, hashes: Sequence[tuple[str, str]] = ()) -> str:
        """Return the path of a whole file in the cache.

        Args:
            file: as the index lists it.
            hashes: what a lock allows; one of them must fit.

        Raises:
            HashMismatch: the file, or what the index says of it, is none of those.
            RegistryError: it could not be had, or nothing that is known can be compared.
        """
        return self._files.whole(file, hashes, self._client.budget.file)

    def source(self, file: IndexFile, hashes: Sequence[tuple[str, str]] = ()) -> Source:
        """Return a file's bytes for reading a few of them: by range where served, else the whole file on disk.

        Args:
            file: as the index lists it.
            hashes: what a lock allows; compared with what the index says, and with the bytes of a whole file.

        Raises:
            RegistryError: from here, and from ``at``: the server could not be asked, or answered wrongly.
        """
        return self._files.source(file, hashes)


_HINTS = {
    "PyPI": "set PIP_INDEX_URL, index-url in pip.conf or [[tool.uv.index]]",
    "npm": "set registry in .npmrc or npm_config_registry",
}


def _is_closed(reply: Reply, body: bytes) -> bool:
    """Whether a body without stated length shows by itself that it is whole; JSON does when it is parsed."""
    if "gzip" in reply.header("Content-Encoding") or reply.content_type().endswith("json"):
        return True
    return reply.content_type() in simple.HTML_TYPES and body.rstrip()[-7:].lower() == b"</html>"
