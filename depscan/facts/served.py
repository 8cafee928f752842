"""What the index says of a graph's packages, and their archives from there.

Every question that got no answer is coverage that is needed: an outage is never "nothing found".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from depscan.artifacts.wheelhouse import (
    NPM,
    Differing,
    LocalFile,
    chosen,
    file_name,
    hash_file,
    locked_hashes,
    tell,
)
from depscan.errors import HashMismatch, NotThere, RegistryError
from depscan.facts.ranged import WORTH, Far, cache_name
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from depscan.artifacts.wheelhouse import Fit
    from depscan.facts.cache import FactCache
    from depscan.facts.inspected import Inspected
    from depscan.model.package import Package
    from depscan.registry.hashes import Hashes
    from depscan.registry.records import IndexFile, Project
    from depscan.registry.registry import Registry

T = TypeVar("T")
R = TypeVar("R")

_THREADS = 8
_ECOSYSTEMS = frozenset({"PyPI", "npm"})
_INDEXED = frozenset({"registry", "npm"})


class Wanted(NamedTuple):
    """A file of the index that is to be read.

    Attributes:
        key: node id.
        file: as the index lists it.
        hashes: that the lock allows for it; () where the lock has none.
    """

    key: str
    file: IndexFile
    hashes: Hashes


class Index:
    """Asks a registry for a whole graph, several questions at a time.

    Args:
        registry: the client; its settings say which index is the user's.

    Attributes:
        coverage: what the index did not answer.
        differing: node id and file, for files whose bytes are not what lock or index promise.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.coverage: list[Coverage] = []
        self.differing: list[tuple[str, Differing]] = []

    def projects(self, nodes: Mapping[str, Package], progress: Callable[[str], None]) -> dict[str, Project | None]:
        """Return node id to what the index says, None where it answered that it does not have the package.

        A node about which it did not answer is left out and in the coverage.
        """
        questions: dict[tuple[str, str, str], list[str]] = {}
        for key, package in nodes.items():
            if package.source in _INDEXED and package.ecosystem in _ECOSYSTEMS:
                index = package.registry.replace("://***@", "://")
                if not index or "://" in index:
                    questions.setdefault((package.ecosystem, package.name, index), []).append(key)
        made: dict[str, Project | None] = {}
        for at, (question, answer) in enumerate(_each(self._project, list(questions)), 1):
            progress(f"asked the index {at} of {len(questions)}: {question[1]}")
            if isinstance(answer, RegistryError):
                self._failed(question[1], answer)
            else:
                made.update(dict.fromkeys(questions[question], answer))
        return made

    def _project(self, question: tuple[str, str, str]) -> Project | RegistryError | None:
        try:
            return self._registry.project(*question)
        except NotThere:
            return None
        except RegistryError as error:
            return error

    def fetch(
        self,
        nodes: Mapping[str, Package],
        projects: Mapping[str, Project | None],
        cache: FactCache | None,
        progress: Callable[[str], None],
        *,
        fit: Fit | None,
    ) -> Iterator[tuple[str, LocalFile | Far | Inspected]]:
        """Yield node id and a file that was fetched, or its facts where they are known already by its hash.

        A wheel from 256 KiB on of which the lock has no hash is not fetched: it is to be read by range.

        Args:
            nodes: packages whose archives are wanted.
            projects: see ``projects``.
            cache: of facts.
            progress: called with a short text.
            fit: how well a wheel fits the target, to fetch what an installer would take; None for every file.
        """
        wanted: list[Wanted] = []
        for key, package in nodes.items():
            project = projects.get(key)
            if project is not None and package.version:
                wanted += _files(key, package, project, fit)
        rest = []
        for want in wanted:
            known = _known(want, cache)
            if known is not None:
                yield want.key, known
            elif want.hashes or want.file.size < WORTH or not want.file.name.endswith(".whl"):
                rest.append(want)
            else:
                yield want.key, Far(want.file, self._registry.settings, self._registry.budget)
        for at, (want, answer) in enumerate(_each(self._fetch, rest), 1):
            progress(f"fetched {at} of {len(rest)}: {want.file.name}")
            if isinstance(answer, LocalFile):
                yield want.key, answer
            elif isinstance(answer, HashMismatch):
                self.differing.append(
                    (want.key, Differing(want.file.name, answer.actual, answer.expected, served=True))
                )
            else:
                self._failed(want.file.name, answer)

    def _fetch(self, want: Wanted) -> LocalFile | RegistryError:
        try:
            path = self._registry.fetch(want.file, want.hashes)
            npm = LocalFile(path, NPM, want.file.name, want.file.version)
            told = npm if path.endswith(".tgz") else tell(path) or npm  # an npm tarball is opened by who reads it
            return told._replace(path=path, sha256=hash_file(path).hex())
        except RegistryError as error:
            return error
        except OSError as error:
            return RegistryError(f"{want.file.name} is gone from the cache: {error.strerror or error}")

    def _failed(self, what: str, error: RegistryError) -> None:
        why = f"{error.message} ({error.hint})" if error.hint else error.message
        self.coverage.append(Coverage(what, "failed", f"the index: {why}", needed=True, kind="service"))


def release_files(project: Project, package: Package) -> list[IndexFile]:
    """Return the files of a package's version, whatever zeros it is written with (PEP 440).

    Where there are none, those of local builds of it (``2.3.0+cu121`` is a build of 2.3.0).
    """
    from depscan.ecosystems import ecosystem

    exact = [f for f in project.files if f.version == package.version]
    rules = ecosystem(package.ecosystem)
    wanted = rules.order(package.version or "") if rules else None
    if exact or rules is None or wanted is None:
        return exact
    same = [f for f in project.files if rules.order(f.version) == wanted]
    return same or [f for f in project.files if rules.order(rules.public(f.version)) == wanted]


def _files(key: str, package: Package, project: Project, fit: Fit | None) -> list[Wanted]:
    """Return the files of a package that its lock allows; of those the one an installer would take."""
    npm = package.ecosystem == "npm"
    allowed = [(f, _allowed(package, f)) for f in release_files(project, package)]
    wanted = {f.name: Wanted(key, f, hashes) for f, hashes in allowed if hashes is not None}
    if npm or fit is None or len(wanted) == 1:
        return list(wanted.values())
    told = [local for local in map(tell, wanted) if local]
    return [wanted[local.path] for local in chosen(told, fit)]


def _allowed(package: Package, file: IndexFile) -> Hashes | None:
    """Return the hashes that the lock allows for a file; None when it does not allow the file."""
    listed = {file_name(f.url): f.hash for f in package.files}
    if file.name in listed:
        return locked_hashes([listed[file.name]])
    wanted = locked_hashes(package.hashes)
    if not wanted:
        return ()
    return tuple(h for h in wanted if h in file.hashes) or None


def _known(want: Wanted, cache: FactCache | None) -> Inspected | None:
    """Return the facts of a file that was read before, by the hash of lock or index.

    An index that names the hash of another file fools nobody: an installer compares before it unpacks.
    """
    sha256 = dict(want.file.hashes).get("sha256") or dict(want.hashes).get("sha256")
    if cache is None or not sha256 or (want.hashes and ("sha256", sha256.lower()) not in want.hashes):
        return None
    names = [want.file.name] if want.hashes else [want.file.name, cache_name(want.file)]
    keys = [cache.key_of(name, sha256.lower()) for name in names]
    return next((known for key in keys if key and (known := cache.load(key))), None)


def _each(ask: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R]]:
    """Yield each item with its answer, in the order given; several are asked at a time."""
    if not items:
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(_THREADS, len(items))) as pool:
        yield from zip(items, pool.map(ask, items), strict=True)
