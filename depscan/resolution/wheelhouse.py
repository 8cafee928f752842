"""What archives in the user's folders (``--find-links DIR``) say they require."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from depscan.artifacts import wheelhouse
from depscan.artifacts.source import FileSource
from depscan.resolution.archive import of_sdist, of_wheel
from depscan.resolution.provider import Failed, Requirements
from depscan.resolution.wheels import rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from depscan.artifacts.wheelhouse import LocalFile
    from depscan.model.package import Package
    from depscan.resolution.target import Target


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
        self._house = wheelhouse.Wheelhouse(folders, npm=False)

    def requirements(self, package: Package) -> Requirements | str:
        """See ``Provider.requirements``: the wheel the target would take, another wheel, then the sdist.

        An archive that the lock contradicts is not the one that would be installed.
        """
        found = self._house.find(package)
        half: Requirements | None = None
        reasons: list[str] = [Failed(f"{os.path.basename(path)}: {why}") for path, why in found.unread]
        for local in sorted(found.files, key=self._order):
            answer = _ask(package, local)
            if isinstance(answer, Requirements) and not answer.unknown:
                return answer
            if isinstance(answer, Requirements):
                half = half or answer
            else:
                reasons.append(answer)
        failed = next((why for why in reasons if isinstance(why, Failed)), None)
        reasons += [
            f"{os.path.basename(d.path)} does not have the hash that the lock gives it" for d in found.differing
        ]
        return failed or half or next(iter((*reasons, *found.notes)), "no archive of this version")

    def _order(self, local: LocalFile) -> tuple[bool, int, str]:
        return (local.kind != wheelhouse.WHEEL, rank(os.path.basename(local.path), self._target), local.path)


def _ask(package: Package, local: LocalFile) -> Requirements | str:
    name = os.path.basename(local.path)
    try:
        source = FileSource(open(local.path, "rb"))  # noqa: SIM115 - FileSource closes it
    except OSError as error:
        return Failed(f"{name}: cannot be read: {(error.strerror or str(error)).lower()}")
    if local.kind == wheelhouse.WHEEL:
        answer = of_wheel(package, source, local.path, "wheel")
    else:
        answer = of_sdist(package, source, local.path)
    return Failed(f"{name}: {answer}") if isinstance(answer, Failed) else answer
