"""What installed packages say they require: the metadata beside them, read and not imported."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.ecosystems.pypi import normalise
from depscan.errors import UsageError
from depscan.inputs.python._site_packages import find_site_packages
from depscan.resolution.archive import from_metadata
from depscan.resolution.metadata import read_metadata
from depscan.resolution.provider import Failed, Requirements, mistaken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.model.package import Package

_MOST = 16 << 20


class SitePackages:
    """Folders of installed packages, listed once.

    Args:
        targets: environments, their pythons (never started) or folders of installed packages.
    """

    def __init__(self, targets: Sequence[str]) -> None:
        """List the folders.

        Raises:
            UsageError: nothing is installed at one of them.
        """
        self._held: dict[str, list[str]] = {}
        for target in targets:
            folders = find_site_packages(target)
            if not folders:
                raise UsageError("no installed packages found there", path=target, hint="--site-packages DIR")
            for folder in folders:
                self._list(folder)

    def _list(self, folder: str) -> None:
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            raise UsageError(f"cannot be listed: {error.strerror}", path=folder, hint="--site-packages DIR") from None
        for name in names:
            if name.endswith(".dist-info") and not name.startswith("~"):
                stem = name.removesuffix(".dist-info").rpartition("-")[0]
                self._held.setdefault(normalise(stem), []).append(os.path.join(folder, name, "METADATA"))

    def requirements(self, package: Package) -> Requirements | str:
        """See ``Provider.requirements``: the first installed copy of this very version."""
        why = "not installed there"
        for path in self._held.get(package.name, ()):
            data = _bytes(path)
            if isinstance(data, str):
                return data
            metadata = read_metadata(data)
            if isinstance(metadata, str):
                return Failed(f"{path}: {metadata}")
            why = mistaken(package, metadata)
            if not why:
                return from_metadata(package, data, "site-packages", path)
            why = f"installed as version {metadata.version[:80]}"
        return why


def _bytes(path: str) -> bytes | Failed:
    if not os.path.isfile(path):
        return Failed(f"{path}: missing, or no regular file")
    try:
        with open(path, "rb") as stream:
            return stream.read(_MOST)
    except OSError as error:
        return Failed(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}")
