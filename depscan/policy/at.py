"""The lock that a project is compared with and the policy that judges it: on disk, or of a git revision."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import LockMissingError, PolicyError
from depscan.lock.read import lock_source
from depscan.policy.policy import Policy, load_policy
from depscan.text.source import LIMIT, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.revision import Repository

_POLICIES = ("depscan.toml", "pyproject.toml")


class Before(NamedTuple):
    """What a project is compared with: the text of a lock, and the policy."""

    source: SourceFile
    policy: Policy


def state_before(path: str, against: str, config: str, name: str) -> Before:
    """Return the lock and the policy.

    Args:
        path: folder or file of the project.
        against: a lock, or a git revision; "" for the lock in the project.
        config: policy file that the user named; "" for the one at the lock's side.
        name: of the lock's file.

    Raises:
        LockMissingError: there is no lock.
        PolicyError: the policy is wrong.
        UsageError: there is no such revision.
    """
    own = os.path.normpath(os.path.join(path if os.path.isdir(path) else os.path.dirname(path), name))
    if not against or os.path.isfile(against) or against.endswith(".lock"):
        return Before(lock_source(against or own), load_policy(config, path))
    from depscan.inputs.revision import Repository

    repository = Repository(os.path.dirname(own) or ".")
    revision = _Revision(repository, against)
    inside = os.path.relpath(os.path.realpath(own), os.path.realpath(repository.top)).replace(os.sep, "/")
    data = revision.content(inside)
    if data is None:
        raise LockMissingError(f"{against} has no {inside}", path=own, hint="depscan lock writes one")
    policy = load_policy(config) if config else revision.policy(inside)
    return Before(SourceFile(f"{against}:{inside}", data), policy)


class _Revision:
    """The files of one commit.

    Args:
        repository: where it is.
        name: as the user named it.
    """

    def __init__(self, repository: Repository, name: str) -> None:
        self._name = name
        self._repository = repository
        self._files = repository.files(repository.commit(name))

    def content(self, path: str) -> bytes | None:
        """Return the bytes of a file; None when it is not there, or larger than any input."""
        blob = self._files.get(path)
        if blob is None or blob.size > LIMIT:
            return None
        return self._repository.contents([blob.object]).get(blob.object)

    def policy(self, path: str) -> Policy:
        """Return the policy that governs a file of the commit, with paths such as ``main:depscan.toml``."""
        from tempfile import TemporaryDirectory

        with TemporaryDirectory(prefix="depscan-") as made:
            top = os.path.realpath(made)
            os.mkdir(os.path.join(top, ".git"))  # the search for policies ends here
            for inside, data in self._policies(path):
                target = os.path.join(top, inside)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "xb") as stream:
                    stream.write(data)
            start = os.path.join(top, os.path.dirname(path))
            os.makedirs(start, exist_ok=True)
            try:
                found = load_policy("", start)
            except PolicyError as error:
                error.path = self._renamed(error.path, top)
                raise
        exceptions = tuple(w._replace(path=self._renamed(w.path, top)) for w in found.exceptions)
        return found._replace(path=self._renamed(found.path, top), exceptions=exceptions)

    def _policies(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Yield the policy files in the folder of a file and above it."""
        folder = os.path.dirname(path)
        while True:
            for name in _POLICIES:
                inside = f"{folder}/{name}" if folder else name
                data = self.content(inside)
                if data is not None:
                    yield inside, data
            if not folder:
                return
            folder = os.path.dirname(folder)

    def _renamed(self, path: str, top: str) -> str:
        return f"{self._name}:{os.path.relpath(path, top)}" if path else ""
