"""What an ecosystem module declares."""

from collections.abc import Callable
from typing import Any, NamedTuple


def _no(_version: str) -> bool:
    return False


class Ecosystem(NamedTuple):
    """The facts that differ per ecosystem.

    Attributes:
        id: OSV's name of it.
        normalise: a name as written to the name that identifies the package.
        order: a version to a key that sorts by the ecosystem's rules; None for what is no version.
        public: a version to the release it is a local build of (PEP 440 "local version identifiers").
        prerelease: whether a version is a pre-release; False for what is no version.
    """

    id: str
    normalise: Callable[[str], str]
    order: Callable[[str], Any | None]
    public: Callable[[str], str] = str
    prerelease: Callable[[str], bool] = _no
