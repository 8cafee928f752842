"""The archives behind a change: what is added is inspected, what is replaced is compared with what it replaces."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, cast

from depscan.errors import ArtifactError, UsageError
from depscan.model.decision import Coverage
from depscan.release.diff import ReleaseDiff, compare
from depscan.release.wheelhouse import Archive, archives, of_release, pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from depscan.facts.inspected import CodeGap, Inspected
    from depscan.graph.changes import Change
    from depscan.model.package import Package
    from depscan.release.release import Release

_WORLDS = {"PyPI": ("wheel", "sdist"), "npm": ("npm",), "conda": ("conda",)}
_CHUNK = 1 << 20
_HIDES = frozenset({"install", "startup"})


class Read(NamedTuple):
    """An archive after reading."""

    item: Inspected
    release: Release


class Examined(NamedTuple):
    """What the archives of a change say.

    Attributes:
        old, new: what the releases of either side do; ``subject`` is the node id.
        diffs: node id in HEAD to the differences to the release it replaces, one per pair of archives.
        coverage: archives that are missing, are not the locked ones or cannot be read.
    """

    old: tuple[Inspected, ...] = ()
    new: tuple[Inspected, ...] = ()
    diffs: Mapping[str, tuple[ReleaseDiff, ...]] = {}
    coverage: tuple[Coverage, ...] = ()


class _Plan(NamedTuple):
    """The archives of one change: pairs to compare, and those of HEAD that have no like."""

    change: Change
    pairs: list[tuple[Archive, Archive]]
    alone: list[Archive]


def examine(
    changes: Sequence[Change],
    folders: Sequence[str],
    *,
    jobs: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Examined:
    """Read the archives of added and changed packages that are in ``folders``.

    Args:
        changes: what became of each package.
        folders: where archives are; not the folders below them.
        jobs: worker processes, each under limits of memory and time; 0 reads in this process without them.
        progress: called with a short text per archive.

    Raises:
        UsageError: a folder is none.
    """
    for folder in folders:
        if not os.path.isdir(folder):
            raise UsageError("is no folder of archives", path=folder)
    if not folders:
        return Examined()
    held = archives(folders)
    coverage: list[Coverage] = []
    plans = [_plan(change, held, coverage) for change in changes if change.new is not None]
    wanted = dict.fromkeys(a.path for p in plans for a in (*(x for pair in p.pairs for x in pair), *p.alone))
    known: dict[str, Read] = {}
    for path, made in _read_each(list(wanted), jobs):
        progress(f"inspected {path}")
        if isinstance(made, ArtifactError):
            coverage.append(Coverage(path, "failed", made.message, needed=True, kind="artifact"))
        else:
            known[path] = made
    judge = _Judge(known)
    judged = [(plan.change.after, judge.judge(plan)) for plan in plans]
    diffs = {key: found for key, found in judged if found}
    return Examined(tuple(judge.old), tuple(judge.new), diffs, (*coverage, *judge.coverage))


def _plan(change: Change, held: list[Archive], coverage: list[Coverage]) -> _Plan:
    """Return which archives of a change to read; say which are missing."""
    after = _locked(change.new, held, coverage, needed=True)
    before = _locked(change.old, held, coverage, needed=False)
    if change.old and change.new and change.old.version == change.new.version:
        before = [a for a in before if a.path not in {b.path for b in after}]
    package = change.package
    if not after:
        if package.ecosystem in _WORLDS and package.version:
            why = f"no archive of {package.name} {package.version} is at hand: its code was not read"
            coverage.append(Coverage(package.name, "skipped", why, kind="artifact"))
        return _Plan(change, [], [])
    both = pairs(before, after)
    if change.old is not None and not both:
        why = (
            f"no archive of {package.name} {change.old.version} is at hand: {package.version} was compared with nothing"
        )
        coverage.append(Coverage(package.name, "partial", why, kind="artifact"))
    compared = {a.path for _, a in both}
    kinds = {a.kind for _, a in both}
    alone: dict[str, Archive] = {}
    for archive in after:
        if archive.path not in compared and archive.kind not in kinds:
            alone.setdefault(archive.kind, archive)
    return _Plan(change, both, list(alone.values()))


def _locked(package: Package | None, held: list[Archive], coverage: list[Coverage], *, needed: bool) -> list[Archive]:
    """Return the archives of a package that its lock does not contradict."""
    if package is None or not package.version:
        return []
    found = []
    for archive in of_release(held, package.name, package.version):
        if archive.kind not in _WORLDS.get(package.ecosystem, ()):
            continue
        why = _contradiction(package, archive.path)
        if why:
            coverage.append(Coverage(archive.path, "failed", why, needed=needed, kind="artifact"))
        else:
            found.append(archive)
    return found


def _contradiction(package: Package, path: str) -> str:
    """Return why an archive is not the one that the lock means; "" when it may be."""
    name = os.path.basename(path)
    listed = [f.hash for f in package.files if f.hash and _file_name(f.url) == name]
    wanted = [_parsed(part) for text in listed or package.hashes for part in text.split()]
    algorithms = {algorithm for algorithm, _ in wanted if algorithm}
    if not algorithms:
        return ""
    try:
        actual = _digests(path, algorithms)
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    if any(actual.get(algorithm) == digest for algorithm, digest in wanted):
        return ""
    return "does not have the hash that the lock gives it" if listed else "has none of the hashes that the lock allows"


def _file_name(url: str) -> str:
    from urllib.parse import unquote

    return unquote(url.partition("#")[0].partition("?")[0].rpartition("/")[2])


def _parsed(text: str) -> tuple[str, str]:
    """Return algorithm and hex digest of ``sha256:HEX`` or ``sha512-BASE64`` (W3C, Subresource Integrity)."""
    import binascii
    import hashlib

    algorithm, colon, digest = text.partition(":")
    if not colon:
        algorithm, _, packed = text.partition("-")
        try:
            digest = binascii.a2b_base64(packed).hex()
        except (binascii.Error, ValueError):
            return "", ""
    return (algorithm, digest.lower()) if algorithm in hashlib.algorithms_guaranteed else ("", "")


def _digests(path: str, algorithms: set[str]) -> dict[str, str]:
    import hashlib

    made = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms if not name.startswith("shake")}
    with open(path, "rb") as stream:
        while piece := stream.read(_CHUNK):
            for digest in made.values():
                digest.update(piece)
    return {name: digest.hexdigest() for name, digest in made.items()}


def _read_each(paths: list[str], jobs: int) -> Iterator[tuple[str, Read | ArtifactError]]:
    if jobs <= 0 or len(paths) <= 1:
        yield from ((path, read(path)) for path in paths)
        return
    from depscan.facts.pool import read_each

    # The pool hands on whatever its function returns; its types name only what it was made for.
    made = read_each(paths, cast("Callable[[str], Inspected | ArtifactError]", read), jobs)
    yield from cast("Iterator[tuple[str, Read | ArtifactError]]", made)


def read(path: str) -> Read | ArtifactError:
    """Return what is known of an archive, or why it cannot be opened."""
    from depscan.artifacts.open import open_artifact
    from depscan.facts.engine import inspect_opened
    from depscan.facts.pause import collector_paused
    from depscan.release.release import read_release

    try:
        with collector_paused():
            artifact = open_artifact(path)
            item = inspect_opened(artifact)
            return Read(item, read_release(artifact, item))
    except ArtifactError as error:
        return error


class _Judge:
    """Puts what was read into lists by side.

    Args:
        known: path to what was read.
    """

    def __init__(self, known: dict[str, Read]) -> None:
        self._known = known
        self.old: list[Inspected] = []
        self.new: list[Inspected] = []
        self.coverage: list[Coverage] = []

    def judge(self, plan: _Plan) -> tuple[ReleaseDiff, ...]:
        """Return the differences of one change and keep what its archives do."""
        change, found = plan.change, []
        for before, after in plan.pairs:
            one, two = self._known.get(before.path), self._known.get(after.path)
            if one is not None:
                self.old.append(one.item._replace(subject=change.before))
            if two is None:
                continue
            self._same_package(two.item, change.new, after.path)
            gaps = two.item.gaps
            if one is not None:
                diff = compare(one.release, two.release)
                found.append(diff)
                gaps = self._gaps(two.item, diff)
            self.new.append(two.item._replace(subject=change.after, gaps=gaps))
        for archive in plan.alone:
            if archive.path in self._known:
                item = self._known[archive.path].item
                self._same_package(item, change.new, archive.path)
                self.new.append(item._replace(subject=change.after))
        return tuple(found)

    def _gaps(self, item: Inspected, diff: ReleaseDiff) -> tuple[CodeGap, ...]:
        """Say what hides a difference; return the gaps that are left when those of both releases are gone."""
        hiding = {(gap.path, gap.why) for name, gap in diff.gaps if name == diff.new}
        for path, why in sorted(hiding):
            self.coverage.append(Coverage(f"{item.name} > {path}", "partial", why, needed=True, kind="code"))
        rest = (g for g in item.gaps if (g.path, g.why) not in hiding)
        return tuple(g for g in rest if not (g.fatal or g.when in _HIDES))

    def _same_package(self, item: Inspected, package: Package | None, path: str) -> None:
        """Say so when an archive holds something else than its file name and the lock say."""
        said = Archive(path, item.package, item.version, "", "")
        if package is not None and not of_release([said], package.name, package.version or ""):
            held = f"{item.package} {item.version}".strip()
            why = f"is named as {package.name} {package.version} and says that it is {held}"
            self.coverage.append(Coverage(path, "failed", why, needed=True, kind="artifact"))
