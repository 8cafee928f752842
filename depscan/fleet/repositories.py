"""Which repositories there are: from paths and configuration files.

A path is one of these, the first that fits:

- a file that ends in ``.toml``: a configuration (``config``);
- a repository: a git clone with a working tree or bare, an archive, or a plain folder with a lock or manifest directly
  in it and no clone directly in it;
- a folder of repositories: what is in it is looked at in the same way, ``LEVELS`` levels deep;
- a plain folder below which there is no repository, and in which there are other files that a scan reads: it was named,
  so it is one.

Nothing inside a repository is another one: a monorepo is one. Links are not followed. They are told, as are folders
that cannot be listed and files beside the repositories that a scan would read; nothing else is lost.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError
from depscan.fleet.sources.archive import stem
from depscan.fleet.sources.folder import is_folder
from depscan.fleet.sources.git import accepts as is_clone
from depscan.fleet.wanted import is_wanted, states
from depscan.history.content import keyed
from depscan.history.records import Repository
from depscan.inputs.gather import SKIPPED_FOLDERS
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEVELS = 3
"""Levels of folders below a folder of repositories: ``mirrors/host/org/repo.git``."""

_GIT = ".git"
_NAMED = 5


class Fleet(NamedTuple):
    """What a night reads.

    Attributes:
        repositories: sorted by name; no two of one name or place.
        gaps: what could not be looked at while they were looked for.
        store: where nights are kept, as a configuration says; "" where none does.
        policy: the policy file, as a configuration says; "" where none does.
    """

    repositories: list[Repository]
    gaps: tuple[Coverage, ...] = ()
    store: str = ""
    policy: str = ""


def fleet_of(paths: Sequence[str]) -> Fleet:
    """Return the repositories that paths mean, and what their configurations say.

    Raises:
        UsageError: a path leads nowhere or holds no repository; two repositories have one name.
        PolicyError: a configuration is wrong; it says where.
    """
    from depscan.fleet.config import read_config

    found: list[Repository] = []
    gaps: list[Coverage] = []
    said = {"store": "", "policy": ""}
    for path in paths:
        if path.lower().endswith(".toml") and os.path.isfile(path):
            part = read_config(path)
            for key, value in (("store", part.store), ("policy", part.policy)):
                if value and said[key] and value != said[key]:
                    raise UsageError(f"two configurations name a {key}: {said[key]} and {value}", path=path)
                said[key] = said[key] or value
        else:
            part = below(path)
            if not part.repositories:
                hint = "a git clone, an archive, or a folder with a lock or manifest"
                raise UsageError("no repository here", path=path, hint=hint)
        found += part.repositories
        gaps += part.gaps
    return Fleet(unique(found), tuple(gaps), **said)


def below(path: str, name: str = "") -> Fleet:
    """Return the repository at a path, or those below it.

    Args:
        path: a folder or an archive.
        name: what a repository at the path itself is called; "" for its last part. Others are called by their path
            below it.

    Raises:
        UsageError: there is nothing, or a file that is no archive.
    """
    if not os.path.lexists(path):
        raise UsageError("no such file or folder", path=path)
    last = os.path.basename(os.path.abspath(path))
    if not os.path.isdir(path):
        if not stem(last):
            raise UsageError("neither a folder, a git clone, an archive nor a configuration (.toml)", path=path)
        return Fleet([Repository(name or stem(last), path)])
    looking = _Looking()
    own = Repository(name or last.removesuffix(_GIT) or last, path)
    if looking.is_repository(path):
        return Fleet([own], tuple(looking.gaps))
    loose = looking.enter(path, "", LEVELS)
    if loose and not looking.found:
        return Fleet([own], tuple(g for g in looking.gaps if g.needed))
    return Fleet(looking.found, tuple(looking.gaps))


def unique(found: Iterable[Repository]) -> list[Repository]:
    """Return repositories sorted by name; of one place and ref the first counts.

    Raises:
        UsageError: two places have one name.
    """
    places: set[tuple[str, str]] = set()
    names: dict[str, Repository] = {}
    for wanted in found:
        key = (os.path.realpath(wanted.place), wanted.ref)
        if key in places:
            continue
        places.add(key)
        one = wanted._replace(name=_stored(wanted.name))
        other = names.setdefault(one.name, one)
        if other is not one:
            hint = "a configuration can name them"
            raise UsageError(f"two repositories are called {one.name}: {other.place} and {one.place}", hint=hint)
    return sorted(names.values())


def _stored(name: str) -> str:
    """Return a name as a store keeps it; of two that look alike there neither hides the other."""
    made = keyed(name)
    return made if made == name else f"{made}~{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


class _Looking:
    """Looks for repositories below a folder."""

    def __init__(self) -> None:
        self.found: list[Repository] = []
        self.gaps: list[Coverage] = []

    def is_repository(self, folder: str) -> bool:
        """Return whether a folder is a clone, or a plain folder with a lock or manifest and no clone in it."""
        if is_clone(folder):
            return True
        entries = self._list(folder)
        if not any(states(e.name) and not is_folder(e) for e in entries):
            return False
        return not any(is_folder(e) and is_clone(e.path) for e in entries)

    def enter(self, folder: str, below_top: str, levels: int) -> bool:
        """Add the repositories in a folder of repositories; return whether it has files of no repository."""
        loose, deeper = [], 0
        for entry in self._list(folder):
            name = f"{below_top}/{entry.name}" if below_top else entry.name
            if entry.is_symlink():
                self._skip(entry.path, "is a link and was not followed; name it to have it read")
            elif not is_folder(entry):
                if stem(entry.name):
                    self.found.append(Repository(stem(name), entry.path))
                elif is_wanted(entry.name):
                    loose.append(entry.name)
            elif entry.name not in SKIPPED_FOLDERS:
                deeper += not self._folder(entry.path, name, levels)
        if deeper:
            self._skip(folder, f"{deeper} folders in it are no repositories, and none is looked for below them")
        if loose:
            named = ", ".join(loose[:_NAMED]) + (", ..." if len(loose) > _NAMED else "")
            self._skip(folder, f"files in it are of no repository and were not read: {named}")
        return bool(loose)

    def _folder(self, path: str, name: str, levels: int) -> bool:
        """Add a folder, or what is in it; return False where it is too deep to be looked into."""
        if self.is_repository(path):
            self.found.append(Repository(name.removesuffix(_GIT) or name, path))
        elif levels > 1:
            self.enter(path, name, levels - 1)
        else:
            return False
        return True

    def _skip(self, path: str, why: str) -> None:
        self.gaps.append(Coverage(path, "skipped", why, kind="revision"))

    def _list(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda e: e.name)
        except OSError as error:
            why = f"folder cannot be read: {(error.strerror or str(error)).lower()}"
            gap = Coverage(folder, "failed", why, needed=True)
            if gap not in self.gaps:
                self.gaps.append(gap)
            return []
