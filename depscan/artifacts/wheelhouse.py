"""The archives of a graph's packages in folders that the user names (``--find-links DIR``).

Wheels and sdists are told by their file names (packaging.utils; binary distribution and source distribution
formats), npm tarballs by the package.json inside, conda packages by their file names. A folder is read as pip reads
it: not the folders below it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import ArtifactError, UsageError
from depscan.registry.hashes import STRENGTH, Digests, hashes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.model.package import File, Package
    from depscan.registry.hashes import Hashes

WHEEL, SDIST, NPM, CONDA = "wheel", "sdist", "npm", "conda"
_PIECE = 1 << 20
_SDISTS = (".tar.gz", ".zip")
_CONDAS = (".conda", ".tar.bz2")
_WORLDS = {"PyPI": "pypi", "npm": NPM, "conda": CONDA}
_NAMED_NPM = re.compile(r"(.+?)-v?(\d[^-]*(?:-[0-9A-Za-z.+-]+)?)\.tgz").fullmatch
_NAMED_CONDA = re.compile(r"(.+)-([^-]+)-[^-]+").fullmatch


class LocalFile(NamedTuple):
    """An archive on disk.

    Attributes:
        path: as the folder was named, with the file's name.
        kind: wheel, sdist, npm or conda.
        name, version: normalised; of an npm tarball as its package.json writes them, or as its file name says where
            that cannot be read; of a conda package as its file name says.
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
        unread: those that cannot be read, path and reason.
    """

    files: tuple[LocalFile, ...] = ()
    differing: tuple[Differing, ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()


class Wheelhouse:
    """Folders of archives, listed once.

    Args:
        folders: as the user names them; where two hold a file of the same name, the first that fits the lock wins.
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
        for folder in folders:
            for name in _names(folder):
                path = os.path.join(folder, name)
                if not os.path.isdir(path):
                    self._add(path, name, npm=npm)

    def _add(self, path: str, name: str, *, npm: bool) -> None:
        if not name.endswith((".whl", *_SDISTS, *_CONDAS)) and not (npm and name.endswith(".tgz")):
            return
        made = tell(path)
        if made is not None:
            self._held.setdefault((_world(made.kind), _key(made.name)), []).append(made)
        elif not name.endswith(_CONDAS):
            self.notes.append((path, "its name and version cannot be told"))

    def named(self, ecosystem: str, name: str) -> list[LocalFile]:
        """Return the archives of a package, every version."""
        key = _key(name)
        held = self._held.get((_WORLDS.get(ecosystem, ""), key), ())
        return [f for f in held if ecosystem != "npm" or f.name in {name, key}]

    def release(self, ecosystem: str, name: str, version: str) -> list[LocalFile]:
        """Return the archives of one version, compared with nothing."""
        return _of_version(self.named(ecosystem, name), version)

    def find(self, package: Package) -> Found:
        """Return the archives of a package, compared with the hashes that its lock has.

        A file whose name the lock lists must have the hash the lock gives it. One that it does not list must
        have one of the package's hashes, where there are any; without hashes every archive of the version fits.
        """
        if not package.version:
            return Found()
        made: dict[str, LocalFile | Differing | _Other] = {}
        for local in self.release(package.ecosystem, package.name, package.version):
            name = os.path.basename(local.path)
            if not isinstance(made.get(name), LocalFile):
                outcome = _compare(local, package)
                made[name] = outcome if isinstance(outcome, LocalFile) else made.get(name, outcome)
        others = [one for one in made.values() if isinstance(one, _Other)]
        return Found(
            tuple(one for one in made.values() if isinstance(one, LocalFile)),
            tuple(one for one in made.values() if isinstance(one, Differing)),
            tuple(one.why for one in others if one.readable),
            tuple((one.path, one.why) for one in others if not one.readable),
        )


class _Other(NamedTuple):
    """An archive of the version that is not taken, and why."""

    path: str
    why: str
    readable: bool


def tell(path: str) -> LocalFile | None:
    """Return what a wheel's, sdist's or conda package's file name says, or what is in an npm tarball; else None."""
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    name = os.path.basename(path)
    if name.endswith(".tgz"):
        return _npm(path)
    if name.endswith(_CONDAS):
        found = _NAMED_CONDA(name.removesuffix(".conda").removesuffix(".tar.bz2"))
        return LocalFile(path, CONDA, found[1].lower(), found[2]) if found else None
    try:
        if name.endswith(".whl"):
            project, version, _, tags = parse_wheel_filename(name)
            return LocalFile(path, WHEEL, project, _canonical(str(version)), frozenset(map(str, tags)))
        project, version = parse_sdist_filename(name)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return None
    return LocalFile(path, SDIST, project, _canonical(str(version)))


def is_release(kind: str, name: str, version: str, package: Package) -> bool:
    """Return whether an archive that says that it is this is one of a package."""
    said = LocalFile("", kind, name, _canonical(version) if _world(kind) == "pypi" else version)
    return _key(name) == _key(package.name) and bool(_of_version([said], package.version or ""))


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


def _compare(local: LocalFile, package: Package) -> LocalFile | Differing | _Other:
    name = os.path.basename(local.path)
    if not os.path.isfile(local.path):
        return _Other(local.path, "no regular file", readable=False)
    listed = _listed(package.files, name)
    texts = [listed.hash] if listed else package.hashes
    wanted = locked_hashes(texts)
    try:
        actual = hash_file(local.path, {algorithm for algorithm, _ in wanted})
    except OSError as error:
        return _Other(local.path, f"cannot be read: {(error.strerror or str(error)).lower()}", readable=False)
    if any(actual.hex(algorithm) == digest for algorithm, digest in wanted) or not (wanted or any(map(_binds, texts))):
        return local._replace(sha256=actual.hex())
    if listed and wanted:
        algorithm, digest = wanted[0]
        return Differing(local.path, f"{algorithm}:{actual.hex(algorithm)}", f"{algorithm}:{digest}")
    return _Other(local.path, f"{name} has none of the hashes that the lock allows", readable=True)


def _binds(text: str) -> bool:
    """Return whether a hash names an algorithm that is checked: a digest cut short fits no file."""
    return re.split("[:=-]", text.strip().lower(), maxsplit=1)[0] in STRENGTH


def _listed(files: Iterable[File], name: str) -> File | None:
    """Return the file of this name that the lock gives a hash."""
    return next((f for f in files if f.hash and file_name(f.url) == name), None)


def _of_version(files: Iterable[LocalFile], version: str) -> list[LocalFile]:
    """Return the archives of a version; of its local builds (``2.3.0+cu121``) where there is none."""
    held = list(files)
    if not held or held[0].kind in {NPM, CONDA}:
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
    return kind if kind in {NPM, CONDA} else "pypi"


def _key(name: str) -> str:
    """Return what archives are kept by: a name as ``npm pack`` writes it into a file name, which is PEP 503's too."""
    return re.sub(r"[-_.]+", "-", name.removeprefix("@").replace("/", "-")).lower()


def _npm(path: str) -> LocalFile | None:
    """Return what the package.json of a tarball says; what its file name says where that cannot be read."""
    from depscan.artifacts.open import open_artifact

    try:
        artifact = open_artifact(path) if os.path.isfile(path) else None
    except ArtifactError:
        artifact = None
    if artifact and artifact.kind == "npm" and artifact.package and artifact.version:
        return LocalFile(path, NPM, artifact.package, artifact.version)
    found = _NAMED_NPM(os.path.basename(path))
    return LocalFile(path, NPM, _key(found[1]), found[2]) if found else None
