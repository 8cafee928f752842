"""The code of a graph's packages: their archives are found, what is not known yet is read, facts go to their nodes.

Archives come from folders that the user names, from pip's cache and, where the network may be used, from the index.
"""

from __future__ import annotations

import os
from contextlib import closing
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from depscan.artifacts.installer_cache import InstallerCache, listed
from depscan.artifacts.wheelhouse import Differing, Found, LocalFile, Wheelhouse, chosen, machine_fit
from depscan.errors import ArtifactError
from depscan.facts.code_files import code_files
from depscan.facts.many import read_paths, read_targets
from depscan.facts.ranged import Far, cache_name, read_far
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from depscan.artifacts.wheelhouse import Fit
    from depscan.facts.cache import FactCache
    from depscan.facts.code_files import CodeFiles
    from depscan.facts.inspected import Inspected
    from depscan.facts.publishers import Publishers
    from depscan.facts.served import Index
    from depscan.model.graphview import GraphView
    from depscan.model.package import Package
    from depscan.registry.records import Project
    from depscan.registry.registry import Registry

_ECOSYSTEMS = frozenset({"PyPI", "npm", "conda"})
_MEMBERS = frozenset({"local"})


class Wish(NamedTuple):
    """How the code of packages is to be looked at.

    Attributes:
        today: day of the scan, YYYY-MM-DD.
        find_links: folders of archives.
        jobs: worker processes; 0 reads in this process.
        whole_release: every archive of a version instead of the one an installer would take.
        needed: whether a package whose code was not looked at makes the scan incomplete.
        read: False where only facts of the index are wanted.
        cache: where facts are kept between runs; None for nowhere.
        progress: called with a short text as the work goes on.
        fit: how well a wheel fits the target; None for this machine.
    """

    today: str = ""
    find_links: tuple[str, ...] = ()
    jobs: int = 0
    whole_release: bool = False
    needed: bool = False
    read: bool = True
    cache: FactCache | None = None
    progress: Callable[[str], None] = lambda _: None
    fit: Fit | None = None


class Looked(NamedTuple):
    """What looking at the packages of a graph gave.

    Attributes:
        artifacts: facts of archives; ``subject`` is the package's node id.
        differing: node id and file, for files that are not what the lock says.
        coverage: what was not looked at.
        projects: node id to what the index says, None where the index does not have it; {} when nobody asked.
        today: day of the scan, YYYY-MM-DD.
        files: node id and archive, for those that were at hand and fit the lock.
        releases: node id to the code files of its archives, where several were read.
        publishers: node id to who published the release and those before, where the index vouches for both.
    """

    artifacts: tuple[Inspected, ...] = ()
    differing: tuple[tuple[str, Differing], ...] = ()
    coverage: tuple[Coverage, ...] = ()
    projects: Mapping[str, Project | None] = MappingProxyType({})
    today: str = ""
    files: tuple[tuple[str, LocalFile], ...] = ()
    releases: Mapping[str, tuple[CodeFiles, ...]] = MappingProxyType({})
    publishers: Mapping[str, Publishers] = MappingProxyType({})


def look(graph: GraphView, wish: Wish, index: Index | None = None) -> Looked:
    """Find and read the code of the packages of a graph.

    Args:
        graph: of the scan.
        wish: see ``Wish``.
        index: what asks the index; None offline.

    Raises:
        UsageError: a folder of ``wish.find_links`` cannot be listed.
    """
    work = _Work(wish)
    nodes = {key: package for key, package in graph.nodes.items() if _has_code(package)}
    projects = index.projects(nodes, wish.progress) if index else {}
    if wish.read:
        with closing(work.pip):
            work.find(nodes)
            work.find_cached(nodes, online=index is not None)
            if index:
                missing = {key: nodes[key] for key in nodes if key not in work.files}
                fit = None if wish.whole_release else work.fit
                work.take(index.fetch(missing, projects, wish.cache, wish.progress, fit=fit))
            work.read(nodes)
    elif wish.needed and nodes:
        why = "code not looked at: the policy needs it, and this scan reads none"
        work.coverage.append(Coverage("archives", "skipped", why, needed=True, kind="code"))
    coverage = (*work.coverage, *(index.coverage if index else ()))
    differing = (*work.differing, *(index.differing if index else ()))
    return Looked(tuple(work.artifacts), differing, coverage, projects, wish.today, tuple(work.at_hand), work.releases)


def look_online(graph: GraphView, wish: Wish, registry: Registry) -> Looked:
    """Do the same with the index that the user's installers would ask.

    Args:
        graph: of the scan.
        wish: see ``Wish``.
        registry: the client; left open.

    Raises:
        UsageError: a folder of ``wish.find_links`` cannot be listed.
    """
    from depscan.facts.publishers import publishers
    from depscan.facts.served import Index

    looked = look(graph, wish, Index(registry))
    known, failed = publishers(registry, graph.nodes, looked.projects, wish.progress)
    notes = (Coverage("configuration of indexes", "partial", note, kind="service") for note in registry.settings.notes)
    return looked._replace(coverage=(*looked.coverage, *failed, *notes), publishers=known)


def target_fit(python: str, platform: str) -> Fit:
    """Return how well wheels fit the target a user names.

    Raises:
        UsageError: the target is not known.
    """
    from depscan.resolution.target import target_of
    from depscan.resolution.wheels import OTHER, rank

    target = target_of(python, platform)

    def fit(local: LocalFile) -> int | None:
        found = rank(os.path.basename(local.path), target)
        return found if found < OTHER else None

    return fit


class _Work:
    """The state of one ``look``."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.files: dict[str, tuple[LocalFile, ...]] = {}
        self.artifacts: list[Inspected] = []
        self.differing: list[tuple[str, Differing]] = []
        self.coverage: list[Coverage] = []
        self.at_hand: list[tuple[str, LocalFile]] = []
        self.releases: dict[str, tuple[CodeFiles, ...]] = {}
        self.far: list[tuple[str, Far]] = []
        self.fit = wish.fit or machine_fit()
        self.pip = InstallerCache()

    def find(self, nodes: Mapping[str, Package]) -> None:
        """Look into the folders."""
        if not self.wish.find_links:
            return
        house = Wheelhouse(self.wish.find_links, npm=any(p.ecosystem == "npm" for p in nodes.values()))
        self.coverage += [Coverage(path, "skipped", f"ignored: {why}", kind="code") for path, why in house.notes]
        for at, (key, package) in enumerate(nodes.items(), 1):
            self.wish.progress(f"looking for archives {at} of {len(nodes)}: {package.name} {package.version or ''}")
            self._take_found(key, package, house.find(package))

    def _take_found(self, key: str, package: Package, found: Found) -> None:
        self.differing += [(key, one) for one in found.differing]
        what = f"{package.name} {package.version}"
        self.coverage += [Coverage(what, "partial", f"ignored: {note}", kind="code") for note in found.notes]
        self.coverage += [Coverage(path, "failed", why, needed=True, kind="code") for path, why in found.unread]
        self.at_hand += [(key, local) for local in found.files]
        files = found.files if self.wish.whole_release else self.choose(found.files)
        if files:
            self.files[key] = files

    def find_cached(self, nodes: Mapping[str, Package], *, online: bool) -> None:
        """Look into pip's cache for what the folders do not have.

        Where the index can be asked, a package of which the cache has only some of the wanted files is left to it.
        """
        for key, package in nodes.items():
            if key in self.files:
                continue
            files = listed(package)
            pool = tuple(local for local, file in files.items() if online or self.pip.holds(file))
            wanted = pool if self.wish.whole_release else self.choose(pool)
            found = tuple(got for local in wanted if (got := self.pip.take(local, files[local])))
            if found and (len(found) == len(wanted) or not online):
                self.files[key] = found
        if self.pip.note:
            self.coverage.append(Coverage("pip's cache", "partial", f"ignored: {self.pip.note}", kind="code"))

    def take(self, fetched: Iterable[tuple[str, LocalFile | Far | Inspected]]) -> None:
        """Take what the index gave."""
        for key, item in fetched:
            if isinstance(item, LocalFile):
                self.files[key] = (*self.files.get(key, ()), item)
            elif isinstance(item, Far):
                self.far.append((key, item))
            else:
                self.artifacts.append(item._replace(subject=key))

    def choose(self, files: tuple[LocalFile, ...]) -> tuple[LocalFile, ...]:
        """Return what an installer would take."""
        return chosen(files, self.fit) if len(files) > 1 else files

    def read(self, nodes: Mapping[str, Package]) -> None:
        """Read what was found; say what has no archive at hand."""
        pairs = [(key, local) for key, files in self.files.items() for local in files]
        cache = self.wish.cache
        keys = [cache.key_of(os.path.basename(f.path), f.sha256) for _, f in pairs] if cache else None
        made = read_paths([f.path for _, f in pairs], self.wish.jobs, cache, keys)
        for at, ((key, local), (path, item)) in enumerate(zip(pairs, made, strict=True), 1):
            self.wish.progress(f"inspected {at} of {len(pairs)}: {os.path.basename(path)}")
            if isinstance(item, ArtifactError):
                self.coverage.append(Coverage(path, "failed", item.message, needed=True, kind="code"))
                continue
            self.artifacts.append(item._replace(subject=key))
            if local.kind not in {"", item.kind}:
                why = f"it is no {local.kind}: what an installer makes of it is not known"
                self.coverage.append(Coverage(path, "failed", why, needed=True, kind="code"))
        self._read_far()
        self._compare()
        self.coverage += self._unread(nodes)

    def _read_far(self) -> None:
        """Read what is large and far by range."""
        made = read_targets([far for _, far in self.far], read_far, self.wish.jobs)
        for at, ((key, _), (far, item)) in enumerate(zip(self.far, made, strict=True), 1):
            name = far.file.name
            self.wish.progress(f"inspected by range {at} of {len(self.far)}: {name}")
            if isinstance(item, ArtifactError):
                self.coverage.append(Coverage(name, "failed", item.message, needed=True, kind="service"))
                continue
            self.artifacts.append(item._replace(subject=key))
            sha256 = dict(far.file.hashes).get("sha256", "")
            kept = self.wish.cache.key_of(cache_name(far.file), sha256) if self.wish.cache and sha256 else ""
            if self.wish.cache and kept:
                self.wish.cache.keep(kept, item)

    def _compare(self) -> None:
        """Take the code files of releases of which several archives are there."""
        paths = {f.path: key for key, files in self.files.items() if len(files) > 1 for f in files}
        held: dict[str, list[CodeFiles]] = {}
        for path, item in read_targets(list(paths), code_files, self.wish.jobs):
            self.wish.progress(f"comparing the archives of a release: {os.path.basename(path)}")
            if not isinstance(item, ArtifactError):  # the coverage says so already
                held.setdefault(paths[path], []).append(item)
        self.releases = {key: tuple(items) for key, items in held.items()}

    def _unread(self, nodes: Mapping[str, Package]) -> Iterator[Coverage]:
        done = self.files.keys() | {item.subject for item in self.artifacts}
        for key, package in nodes.items():
            if key not in done:
                what = f"{package.name} {package.version}" if package.version else package.name
                why = f"code not looked at: {_reason(package)}"
                yield Coverage(what, "skipped", why, needed=self.wish.needed, kind="code")


def _has_code(package: Package) -> bool:
    return package.source not in _MEMBERS and package.ecosystem != "project"


def _reason(package: Package) -> str:
    if package.ecosystem not in _ECOSYSTEMS:
        return f"archives of {package.ecosystem} are not looked for"
    if package.source == "git":
        return "it comes from a repository"
    return "no archive of this version at hand" if package.version else "no version is pinned"
