"""The archives of a graph's packages in folders that the user names (``--find-links DIR``).

Wheels and sdists are told by their file names (packaging.utils; binary distribution and source distribution
formats), npm tarballs by the package.json inside. A folder is read as pip reads it: not the folders below it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import ArtifactError, UsageError
from depscan.registry.hashes import Digests, hashes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.model.package import File, Package
    from depscan.registry.hashes import Hashes

WHEEL, SDIST, NPM = "wheel", "sdist", "npm"
_PIECE = 1 << 20
_SDISTS = (".tar.gz", ".zip")


class LocalFile(NamedTuple):
    """An archive on disk.

    Attributes:
        path: as the folder was named, with the file's name.
        kind: wheel, sdist or npm.
        name, version: normalised; of an npm tarball as its package.json writes them.
        tags: compatibility tags of a wheel, as texts.
        sha256: of its bytes; "" while nobody asked.
    """

    path: str
    kind: str
    name: str
    version: str
    tags: frozenset[str] = frozenset()
    sha256: str = ""


class Differing(NamedTuple):
    """A file whose name the lock lists, with other content.

    Attributes:
        path: on disk, or its URL.
        actual, expected: ``algorithm:hex``.
        served: whether the index served it.
    """

    path: str
    actual: str
    expected: str
    served: bool = False


class Found(NamedTuple):
    """What folders hold of one package.

    Attributes:
        files: archives of this very version that the lock does not contradict, with their sha256.
        differing: those that it does contradict.
        notes: why other archives of this version were left out, one sentence each.
    """

    files: tuple[LocalFile, ...] = ()
    differing: tuple[Differing, ...] = ()
    notes: tuple[str, ...] = ()


class Wheelhouse:
    """Folders of archives, listed once.

    Args:
        folders: as the user names them; earlier ones win where two hold a file of the same name.
        npm: whether npm tarballs are wanted: each has to be opened.

    Attributes:
        notes: path and reason of files that look like archives and could not be told.
    """

    def __init__(self, folders: Sequence[str], *, npm: bool = True) -> None:
        """List the folders.

        Raises:
            UsageError: one is no folder, or may not be read.
        """
        self.notes: list[tuple[str, str]] = []
        self._held: dict[tuple[str, str], list[LocalFile]] = {}
        seen: set[str] = set()
        for folder in folders:
            for name in _names(folder):
                path = os.path.join(folder, name)
                if name not in seen and os.path.isfile(path):
                    seen.add(name)
                    self._add(path, name, npm=npm)

    def _add(self, path: str, name: str, *, npm: bool) -> None:
        if name.endswith((".whl", *_SDISTS)):
            made = tell(path)
        elif name.endswith(".tgz") and npm:
            made = _npm(path)
        else:
            return
        if made is None:
            self.notes.append((path, "its name and version cannot be told"))
        else:
            self._held.setdefault((_world(made.kind), made.name), []).append(made)

    def find(self, package: Package) -> Found:
        """Return the archives of a package, compared with the hashes that its lock has.

        A file whose name the lock lists must have the hash the lock gives it. One that it does not list must
        have one of the package's hashes, where there are any; without hashes every archive of the version fits.
        """
        world = "npm" if package.ecosystem == "npm" else "pypi" if package.ecosystem == "PyPI" else ""
        if not world or not package.version:
            return Found()
        files, differing, notes = [], [], []
        for local in _of_version(self._held.get((world, package.name), ()), package.version):
            try:
                outcome = _compare(local, package)
            except OSError as error:
                outcome = f"{os.path.basename(local.path)} cannot be read: {error.strerror or error}"
            if isinstance(outcome, LocalFile):
                files.append(outcome)
            elif isinstance(outcome, Differing):
                differing.append(outcome)
            else:
                notes.append(outcome)
        return Found(tuple(files), tuple(differing), tuple(notes))


def tell(path: str) -> LocalFile | None:
    """Return what a wheel's or sdist's file name says; None for other names."""
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    name = os.path.basename(path)
    try:
        if name.endswith(".whl"):
            project, version, _, tags = parse_wheel_filename(name)
            return LocalFile(path, WHEEL, project, _canonical(str(version)), frozenset(map(str, tags)))
        project, version = parse_sdist_filename(name)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return None
    return LocalFile(path, SDIST, project, _canonical(str(version)))


Fit = Callable[[LocalFile], "int | None"]
"""How well a wheel fits a target, 0 best; None when it does not."""


def chosen(files: Sequence[LocalFile], fit: Fit) -> tuple[LocalFile, ...]:
    """Return what an installer would take: the wheel that fits best, else the sdist; all when nothing fits.

    Args:
        files: archives of one version.
        fit: of the target.
    """
    ranked = [(rank, f.path, f) for f in files if f.kind == WHEEL and (rank := fit(f)) is not None]
    if ranked:
        return (min(ranked, key=lambda one: one[:2])[2],)
    return tuple(f for f in files if f.kind != WHEEL) or tuple(files)


def machine_fit() -> Fit:
    """Return how well wheels fit this Python on this machine (PEP 425)."""
    from packaging.tags import sys_tags

    order = {str(tag): i for i, tag in enumerate(sys_tags())}
    return lambda local: min((order[tag] for tag in local.tags if tag in order), default=None)


def file_name(url: str) -> str:
    """Return the file name at the end of a URL or path, decoded."""
    name = url.partition("#")[0].partition("?")[0].replace("\\", "/").rpartition("/")[2]
    if "%" in name:
        from urllib.parse import unquote

        name = unquote(name)
    return name


def locked_hashes(texts: Iterable[str]) -> Hashes:
    """Return the hashes of a lock; one text may hold several, separated by blanks (Subresource Integrity)."""
    return hashes_of(part for text in texts for part in text.split())


def hash_file(path: str, algorithms: Iterable[str] = ()) -> Digests:
    """Return the digests of a file, read once.

    Raises:
        OSError: it cannot be read.
    """
    digests = Digests(algorithms)
    with open(path, "rb") as stream:
        while piece := stream.read(_PIECE):
            digests.update(piece)
    return digests


def _compare(local: LocalFile, package: Package) -> LocalFile | Differing | str:
    name = os.path.basename(local.path)
    listed = _listed(package.files, name)
    wanted = locked_hashes([listed.hash] if listed else package.hashes)
    actual = hash_file(local.path, {algorithm for algorithm, _ in wanted})
    if not wanted or any(actual.hex(algorithm) == digest for algorithm, digest in wanted):
        return local._replace(sha256=actual.hex())
    if listed:
        algorithm, digest = wanted[0]
        return Differing(local.path, f"{algorithm}:{actual.hex(algorithm)}", f"{algorithm}:{digest}")
    return f"{name} has none of the hashes that the lock allows"


def _listed(files: Iterable[File], name: str) -> File | None:
    """Return the file of this name that the lock gives a hash."""
    return next((f for f in files if f.hash and file_name(f.url) == name), None)


def _of_version(files: Iterable[LocalFile], version: str) -> list[LocalFile]:
    """Return the archives of a version; of its local builds (``2.3.0+cu121``) where there is none."""
    held = list(files)
    if not held or held[0].kind == NPM:
        return [f for f in held if f.version == version]
    wanted = _canonical(version)
    exact = [f for f in held if f.version == wanted]
    return exact or [f for f in held if f.version.partition("+")[0] == wanted]


def _canonical(version: str) -> str:
    from packaging.utils import canonicalize_version

    return canonicalize_version(version)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot look for archives there: {reason}", path=folder, hint="--find-links DIR") from None


def _world(kind: str) -> str:
    return "npm" if kind == NPM else "pypi"


def _npm(path: str) -> LocalFile | None:
    from depscan.artifacts.open import open_artifact

    try:
        artifact = open_artifact(path)
    except ArtifactError:
        return None
    if artifact.kind != "npm" or not artifact.package or not artifact.version:
        return None
    return LocalFile(path, NPM, artifact.package, artifact.version)
