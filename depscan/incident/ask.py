"""Ask every place for an incident: named paths and their histories, caches, environments, the store, this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import DepscanError, InputError
from depscan.incident import archives, history, installed, markers
from depscan.incident.answer import MARKERS, Answer, answer
from depscan.incident.caches import caches
from depscan.incident.files import Reader, Reading, is_read
from depscan.incident.matching import Matching
from depscan.incident.records import Bad, Found, Gap, Trace
from depscan.incident.tree import Tree, walk
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from depscan.incident.records import Incident

_SPECIAL = "no image, no other user's home, no other machine, no mirror or proxy of an index"


class Where(NamedTuple):
    """Where to look.

    Attributes:
        paths: files and folders.
        home: folder of the user whose traces are looked for; "" for none.
        environ: variables that say where caches are.
        caches: whether the caches of that user are looked at.
        site_packages: environments, or folders of installed packages.
        store: of nights; "" for none.
        since, until: instead of the window of each bad release, RFC 3339 in UTC; "" for that.
        certain_only: whether what is only possible does not count.
    """

    paths: tuple[str, ...] = (".",)
    home: str = ""
    environ: Mapping[str, str] = {}
    caches: bool = False
    site_packages: tuple[str, ...] = ()
    store: str = ""
    since: str = ""
    until: str = ""
    certain_only: bool = False


def _silent(_: str) -> None:
    pass


def ask(incident: Incident, where: Where, step: Callable[[str], None] = _silent) -> Answer:
    """Return whether an incident left anything in some places.

    Args:
        incident: what is looked for.
        where: the places.
        step: is told what is being looked at.

    Raises:
        StoreError: the store that was named cannot be read.
    """
    packages = (b._replace(first=where.since or b.first, last=where.until or b.last) for b in incident.packages)
    incident = incident._replace(packages=tuple(packages))
    asked = _Asked(incident, where, step)
    asked.histories()
    asked.files()
    asked.environments()
    asked.caches()
    asked.store()
    asked.machine()
    return answer(incident, asked.traces, asked.gaps, asked.looked, certain_only=where.certain_only)


class _Asked:
    """Collects what the places answer."""

    def __init__(self, incident: Incident, where: Where, step: Callable[[str], None]) -> None:
        self.traces: list[Trace] = []
        self.gaps: list[Gap] = [Gap("elsewhere", _SPECIAL, failed=False)]
        self.looked: list[tuple[str, int]] = []
        if incident.partial:
            self.gaps.append(Gap("this incident", incident.partial, failed=False))
        self._incident, self._where, self._step = incident, where, step
        self._matching = Matching(incident)
        self._reader = Reader(self._matching)
        self._places: list[str] = []
        self._tracked: set[str] = set()
        step("looking for locks, repositories and environments")
        self._tree: Tree = walk(list(where.paths))
        self.gaps += self._tree.gaps

    def _take(self, what: str, found: list[Found]) -> None:
        for one in found:
            self.traces += one.traces
            self.gaps += one.gaps
        self.looked.append((what, sum(one.looked for one in found)))

    def files(self) -> None:
        """Look at the locks and manifests as they are now.

        What a range allows is told only of files that no history tells of: of those it is known since when.
        """
        readings = {path: made for path in self._tree.files if (made := self._reading(path)) is not None}
        readings |= (pair for path in self._tree.archives for pair in self._packed(path))
        for path, made in readings.items():
            for said, line in zip(made.said, made.lines, strict=True):
                bad = said.bad
                if not said.certain and (self._is_tracked(path) or _is_pinned(path, bad, readings)):
                    continue
                kind, verb = ("locked", "names") if said.certain else ("allowed", "allows")
                text = f"{verb} {'it' if said.version else 'any version'} today" + (
                    "" if said.certain else "; since when is not known"
                )
                self.traces.append(Trace(kind, said.certain, path, line, bad.name, said.version, said=text))
        self.looked.append(("locks and manifests", len(readings)))

    def _packed(self, path: str) -> Iterator[tuple[str, Reading]]:
        """Yield what the locks and manifests in an archive say."""
        from depscan.fleet.sources import archive

        self._step(f"archive {path}")
        release = archives.named(self._matching, os.path.basename(path))
        how = "by its name" if release else "by its content"
        release = release or archives.held(self._matching, path, self.gaps)
        if release:
            self.traces.append(Trace("cached", True, path, 0, release[0].name, release[1], said=f"is it, {how}"))
        try:
            bundle = archive.load(path, "", "")
        except DepscanError as error:
            self.gaps.append(Gap(path, f"cannot be read: {error.message}"))
            return
        for gap in bundle.gaps:
            if gap.needed:
                self.gaps.append(Gap(path if gap.what == "." else f"{path}/{gap.what}", gap.why))
        for inner, data in bundle.files:
            if is_read(inner):
                place = f"{path}/{inner}"
                yield place, self._told(place, self._reader.read(f"{path.replace(os.sep, '/')}/{inner}", data))

    def _told(self, path: str, made: Reading) -> Reading:
        if made.problem:
            self.gaps.append(Gap(path, f"names a bad package and could not be read whole: {made.problem}"))
        return made

    def _reading(self, path: str) -> Reading | None:
        try:
            data = read_source(path).data
        except InputError as error:
            self.gaps.append(Gap(path, error.message))
            return None
        shown = path.replace(os.sep, "/")
        if is_read("/".join(os.path.abspath(path).split(os.sep)[-2:])) or is_read(os.path.basename(path)):
            return self._told(path, self._reader.read(shown, data))
        made = self._reader.guessed(shown, data)  # it was named itself
        if made is None:
            self.gaps.append(Gap(path, "is no lock, manifest or archive that depscan knows"))
            return None
        return self._told(path, made)

    def _is_tracked(self, path: str) -> bool:
        return os.path.realpath(path) in self._tracked

    def histories(self) -> None:
        """Look at the histories of repositories."""
        found = []
        for folder, bare in self._tree.repositories:
            self._step(f"history of {folder}")
            found.append(history.look(folder, folder, self._reader, self._tracked, bare=bare))
        self.looked.append(("repositories", len(self._tree.repositories)))
        self._take("versions of locks and manifests in their histories", found)

    def environments(self) -> None:
        """Look at installed packages."""
        from depscan.inputs.python._installed import find_site_packages

        self._places = list(self._tree.environments)
        for folder in self._where.site_packages:
            named = find_site_packages(folder) if os.path.isdir(folder) else []
            if not named:
                self.gaps.append(Gap(folder, "holds no installed packages"))
            self._places += named
        found = [installed.python_packages(place, self._matching) for place in dict.fromkeys(self._places)]
        self._take("environments", found)
        self._take("folders of npm packages", [installed.npm_packages(m, self._matching) for m in self._tree.modules])

    def caches(self) -> None:
        """Look at the caches of the user."""
        ecosystems = {bad.ecosystem for bad in self._incident.packages}
        if not self._where.caches or not self._where.home:
            why = "caches of installers were not looked at (--caches)"
            self.gaps.append(Gap("caches", why, failed=False))
            return
        found = []
        for cache in caches():
            if ecosystems.isdisjoint(cache.ecosystems):
                continue
            for folder in dict.fromkeys(map(os.path.realpath, cache.folders(self._where.home, self._where.environ))):
                if not os.path.isdir(folder):
                    continue
                self._step(f"cache of {cache.title}")
                try:
                    found.append(cache.look(folder, self._matching))
                except OSError as error:
                    self.gaps.append(Gap(folder, f"cannot be read: {(error.strerror or str(error)).lower()}"))
        self._take("entries of caches", found)
        self.gaps.append(
            Gap("caches", "pnpm's store, Bun's, conda's and PDM's caches were not looked at", failed=False)
        )

    def store(self) -> None:
        """Ask the store of nights."""
        if not self._where.store:
            self.gaps.append(Gap("the nightly store", "was not asked (--store)", failed=False))
            return
        from depscan.incident import nights

        self._step("the nightly store")
        self._take("nights", [nights.look(self._where.store, self._matching)])

    def machine(self) -> None:
        """Look for what the incident leaves behind."""
        held = self._incident.markers
        if not (held.files or held.strings or held.hosts):
            return
        self._step("what the incident leaves behind")
        roots = [path for path in self._where.paths if os.path.isdir(path)]
        roots += [folder for folder, bare in self._tree.repositories if not bare]
        places = markers.Places(self._where.home, tuple(dict.fromkeys(self._places)), tuple(dict.fromkeys(roots)))
        if not self._where.home:
            self.gaps.append(
                Gap("the home folder", "is not known: what would lie in it was not looked for", failed=False)
            )
        found = markers.look(held, places)
        self.traces += found.traces
        self.gaps += found.gaps
        self.looked.append((MARKERS, found.looked))
        if held.processes:
            self.gaps.append(Gap("running processes", "were not looked at", failed=False))


def _is_pinned(path: str, bad: Bad, readings: Mapping[str, Reading]) -> bool:
    """Return whether a lock beside a manifest, or above, pins the package."""
    folder = os.path.dirname(os.path.abspath(path)) + os.sep
    return any(
        made.lock
        and (bad.ecosystem, bad.name) in made.names
        and folder.startswith(os.path.dirname(os.path.abspath(other)).rstrip(os.sep) + os.sep)
        for other, made in readings.items()
    )
