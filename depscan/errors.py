"""The errors depscan raises on purpose.

    DepscanError
      UsageError      the command line or the API was used wrongly            exit 2
      InputError      a scanned file cannot be read as what it claims to be   exit 2
      ArtifactError   an archive, folder or script cannot be opened at all    exit 2
      PolicyError     the policy, the baseline or a VEX file is wrong         exit 2
      RuleError       a rule file or list is wrong                            exit 2
      LockError       depscan.lock is wrong                                   exit 2; LockMissingError: exit 4
      IntelError      advisory data is missing, broken or too old             exit 4
      StoreError      the store of nights is missing, damaged, full or read-only    exit 4
      EngineError     a cluster was lost while it worked                      exit 4
      RegistryError   an index is unreachable, broken, over budget, or not asked
                      because of --offline; NotThere, HashMismatch            exit 4

Every one of them says what is wrong and, where there is one, in which file and line.
"""

from __future__ import annotations


class DepscanError(Exception):
    """A problem a person can act on.

    Args:
        message: what is wrong, one sentence, no trailing full stop.
        path: file the problem is in, as the user named it; empty when there is none.
        line: 1-based line in that file; 0 when unknown.
        hint: what to do about it, one sentence; may be empty.
    """

    exit_code = 2

    def __init__(self, message: str, *, path: str = "", line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        """Return ``path:line: message (hint)`` with the parts that are known."""
        where = f"{self.path}:{self.line}" if self.path and self.line else self.path
        text = f"{where}: {self.message}" if where else self.message
        return f"{text} ({self.hint})" if self.hint else text


class UsageError(DepscanError):
    """The command line or the library was called with arguments that make no sense."""


class InputError(DepscanError):
    """A scanned file is not what its name says: truncated, wrong type, too large, not text.

    ``route`` may hold keys and indices to the place, for parsers that know no lines.
    """

    route: tuple[str | int, ...] = ()


class ArtifactError(DepscanError):
    """An archive, folder or script of which nothing can be read: missing, no permission, no archive inside."""


class PolicyError(DepscanError):
    """The policy file, the baseline or a VEX document cannot be used."""


class IntelError(DepscanError):
    """Advisory data is missing, damaged, empty or older than allowed."""

    exit_code = 4


class RuleError(DepscanError):
    """A rule file or list is wrong."""


class LockError(DepscanError):
    """A depscan.lock is not what ``depscan lock`` writes."""


class LockMissingError(LockError):
    """There is no depscan.lock, or it cannot be read: nothing was compared."""

    exit_code = 4


class StoreError(DepscanError):
    """The store of nights is missing, damaged, of a newer depscan, or cannot be written."""

    exit_code = 4


class EngineError(DepscanError):
    """The cluster that did the work is gone, or has no workers any more: what is not done is not done."""

    exit_code = 4


class RegistryError(DepscanError):
    """An index or file host did not answer as it must: unreachable, broken, over the budget, offline and not cached."""

    exit_code = 4


class NotThere(RegistryError):  # noqa: N818 - an answer, not a fault of the index
    """The index answered that it does not have it (HTTP status 404 or 410)."""


class HashMismatch(RegistryError):  # noqa: N818
    """Bytes are not those that the index or the lock promised.

    Args:
        message: what differs.
        expected: ``algorithm:hex`` that was promised.
        actual: ``algorithm:hex`` of what came, or of what the index states.
    """

    def __init__(self, message: str, *, expected: str, actual: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.expected = expected
        self.actual = actual
