"""What archives in the user's folders (``--find-links DIR``) say they require; folders are read as pip reads them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.artifacts.source import FileSource
from depscan.ecosystems.pypi import normalise, order, public
from depscan.errors import UsageError
from depscan.inputs.python._pep508 import file_name
from depscan.resolution.archive import of_sdist, of_wheel
from depscan.resolution.provider import Failed, Requirements
from depscan.resolution.wheels import rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.package import Package
    from depscan.resolution.target import Target

_SDISTS = (".tar.gz", ".zip")
_PIECE = 1 << 20


class _Archive(NamedTuple):
    """A file of a folder: where it is, and the version its name states."""

    path: str
    version: str

    @property
    def wheel(self) -> bool:
        """Whether it is a wheel."""
        return self.path.endswith(".whl")


class Wheelhouse:
    """Folders of archives, listed once.

    Args:
        folders: as the user names them.
        target: whose wheels are preferred.
    """

    def __init__(self, folders: Sequence[str], target: Target) -> None:
        """List the folders.

        Raises:
            UsageError: one cannot be listed.
        """
        self._target = target
        self._held: dict[str, list[_Archive]] = {}
        for folder in folders:
            try:
                names = sorted(os.listdir(folder))
            except OSError as error:
                why = f"cannot be listed: {(error.strerror or str(error)).lower()}"
                raise UsageError(why, path=folder, hint="--find-links DIR") from None
            for name in names:
                raw, version = file_name(name) if name.endswith((".whl", *_SDISTS)) else ("", "")
                if raw and version:
                    archive = _Archive(os.path.join(folder, name), version)
                    self._held.setdefault(normalise(raw), []).append(archive)

    def requirements(self, package: Package) -> Requirements | str:
        """See ``Provider.requirements``: the wheel the target would take, another wheel, then the sdist.

        Where the pin has hashes, an archive with none of them is not the one that would be installed.
        """
        held = _of_version(self._held.get(package.name, ()), package.version or "")
        if not held:
            return "no archive of this version"
        held.sort(key=lambda a: (not a.wheel, rank(os.path.basename(a.path), self._target), a.path))
        half: Requirements | None = None
        reasons: list[str] = []
        for archive in held:
            answer = _ask(package, archive)
            if isinstance(answer, Requirements) and not answer.unknown:
                return answer
            if isinstance(answer, Requirements):
                half = half or answer
            else:
                reasons.append(answer)
        failed = next((why for why in reasons if isinstance(why, Failed)), None)
        return failed or half or reasons[0]


def _ask(package: Package, archive: _Archive) -> Requirements | str:
    name = os.path.basename(archive.path)
    if not os.path.isfile(archive.path):
        return Failed(f"{name}: no regular file")
    try:
        if package.hashes and not _matches(archive.path, package.hashes):
            return f"{name} has none of the hashes of the pin"
        source = FileSource(open(archive.path, "rb"))  # noqa: SIM115 - FileSource closes it
    except OSError as error:
        return Failed(f"{name}: cannot be read: {(error.strerror or str(error)).lower()}")
    if archive.wheel:
        answer = of_wheel(package, source, archive.path, "wheel")
    else:
        answer = of_sdist(package, source, archive.path)
    return Failed(f"{name}: {answer}") if isinstance(answer, Failed) else answer


def _of_version(held: Sequence[_Archive], version: str) -> list[_Archive]:
    """Return the archives of a version; its local builds (``2.3.0+cu121``) where there is none."""
    wanted = order(version)
    exact = [a for a in held if a.version == version or (wanted is not None and order(a.version) == wanted)]
    if exact or "+" in version or wanted is None:
        return exact
    return [a for a in held if order(public(a.version)) == wanted]


def _matches(path: str, hashes: Sequence[str]) -> bool:
    """Return whether a file has one of the hashes; True where none of them can be computed."""
    import hashlib

    wanted = [(a.lower(), h.lower()) for a, colon, h in (text.partition(":") for text in hashes) if colon]
    tools = {a: hashlib.new(a, usedforsecurity=False) for a, _ in wanted if a in hashlib.algorithms_guaranteed}
    tools = {a: tool for a, tool in tools.items() if tool.digest_size}
    if not tools:
        return True
    with open(path, "rb") as stream:
        while piece := stream.read(_PIECE):
            for tool in tools.values():
                tool.update(piece)
    return any(a in tools and tools[a].hexdigest() == h for a, h in wanted)
