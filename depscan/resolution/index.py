"""What the user's index knows about requirements, the cheapest way first.

Core metadata (PEP 658/714), then the METADATA member of a wheel by range reads, then the whole wheel, then the
PKG-INFO of the sdist. Everything goes through a ``Registry``, which checks hashes and keeps its own cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from depscan.artifacts.source import BytesSource, FileSource, Source
from depscan.ecosystems.pypi import order
from depscan.errors import DepscanError, HashMismatch, NotThere
from depscan.inputs.python._pep508 import file_name
from depscan.resolution.archive import from_metadata, of_sdist, of_wheel
from depscan.resolution.provider import Failed, Requirements
from depscan.resolution.wheels import rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.package import Package
    from depscan.resolution.target import Target

Hashes = tuple[tuple[str, str], ...]
_SDISTS = (".tar.gz", ".zip")


class IndexFile(Protocol):
    """What is needed of ``depscan.registry``'s record of a file."""

    @property
    def name(self) -> str:
        """File name."""

    @property
    def hashes(self) -> Hashes:
        """Pairs of algorithm and hex digest."""

    @property
    def version(self) -> str:
        """Version as the index lists it."""

    @property
    def metadata(self) -> Hashes | None:
        """Hashes of its core metadata; None when the index has none."""


F = TypeVar("F", bound=IndexFile)
F_co = TypeVar("F_co", bound=IndexFile, covariant=True)


class Project(Protocol[F_co]):
    """What is needed of a project of an index."""

    @property
    def files(self) -> Sequence[F_co]:
        """Its files, all versions."""


class Registry(Protocol[F]):
    """What is needed of ``depscan.registry.registry.Registry``."""

    def project(self, ecosystem: str, name: str, index: str = "") -> Project[F]:
        """Return what an index lists of a project."""

    def metadata(self, file: F) -> bytes | None:
        """Return the core metadata of a file; None when there is none."""

    def source(self, file: F, hashes: Hashes = ()) -> Source:
        """Return random access to a file's bytes; its ``checked`` says whether they were held against a hash."""

    def fetch(self, file: F, hashes: Hashes = ()) -> str:
        """Return the path of the whole file, checked against hashes."""


class IndexMetadata:
    """Asks an index for the requirements of pins.

    Args:
        registry: the client.
        target: whose wheels are preferred.
    """

    def __init__(self, registry: Registry[Any], target: Target) -> None:
        self._registry = registry
        self._target = target

    def requirements(self, package: Package) -> Requirements | str:
        """See ``Provider.requirements``: an outage or a spent budget is a failure, an absent project is not."""
        if package.source != "registry":
            return "it comes from a URL, not from an index"
        try:
            project = self._registry.project("PyPI", package.name, package.registry)
        except DepscanError as error:
            return _why(error)
        hashes = _pairs(package.hashes)
        files = [f for f in project.files if _same(f.version or file_name(f.name)[1], package.version or "")]
        allowed = [f for f in files if not hashes or not f.hashes or set(f.hashes) & set(hashes)]
        if not allowed:
            return "the index lists no file of this version" + (" with a hash of the pin" if files else "")
        wheels = sorted(
            (f for f in allowed if f.name.endswith(".whl")), key=lambda f: (rank(f.name, self._target), f.name)
        )
        if wheels:
            return self._of_wheel(package, wheels[0], hashes)
        sdist = next((f for f in sorted(allowed, key=lambda f: f.name) if f.name.endswith(_SDISTS)), None)
        return self._of_sdist(package, sdist, hashes) if sdist else "the index lists neither wheel nor sdist"

    def _of_wheel(self, package: Package, file: IndexFile, hashes: Hashes) -> Requirements | str:
        """Try core metadata, then the wheel by pieces, then the wheel as a whole."""
        if file.metadata is not None:
            try:
                data = self._registry.metadata(file)
            except DepscanError as error:
                if isinstance(error, HashMismatch):
                    return _why(error)  # wrong content is told, not walked around
                data = None
            if data is not None:
                return from_metadata(package, data, "index metadata", f"{file.name}.metadata")
        try:
            source = self._registry.source(file, hashes)
            answer = of_wheel(package, source, file.name, "ranged wheel")
            if _whole(source):
                return answer._replace(origin="whole wheel") if isinstance(answer, Requirements) else answer
            if not isinstance(answer, Failed):
                return answer
            return of_wheel(package, self._fetched(file, hashes), file.name, "whole wheel")
        except DepscanError as error:
            return _why(error)
        except OSError as error:
            return Failed(f"{file.name}: cannot be read: {error.strerror or error}")

    def _of_sdist(self, package: Package, file: IndexFile, hashes: Hashes) -> Requirements | str:
        try:
            return of_sdist(package, self._fetched(file, hashes), file.name)
        except DepscanError as error:
            return _why(error)
        except OSError as error:
            return Failed(f"{file.name}: cannot be read: {error.strerror or error}")

    def _fetched(self, file: IndexFile, hashes: Hashes) -> Source:
        return FileSource(open(self._registry.fetch(file, hashes), "rb"))


def _whole(source: Source) -> bool:
    """Whether a source is a whole file, whose hash was checked; what came by ranges cannot be."""
    return bool(getattr(source, "checked", isinstance(source, (FileSource, BytesSource))))


def _why(error: DepscanError) -> str:
    """Return a reason: that of an index that has none is an answer, every other one a failure."""
    return str(error) if isinstance(error, NotThere) else Failed(str(error))


def _same(listed: str, wanted: str) -> bool:
    return listed == wanted or (order(listed) is not None and order(listed) == order(wanted))


def _pairs(hashes: Sequence[str]) -> Hashes:
    return tuple((a.lower(), h.lower()) for a, colon, h in (text.partition(":") for text in hashes) if colon)
