"""One of several parts of a fleet, told by the names of its repositories: for jobs that know nothing of each other."""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from depscan.errors import UsageError


class Shard(NamedTuple):
    """Part ``at`` of ``of``, counted from 1."""

    at: int = 1
    of: int = 1

    def has(self, name: str) -> bool:
        """Return whether a repository is of this part, on every machine the same."""
        number = int.from_bytes(sha256(name.encode("utf-8", "surrogatepass")).digest()[:8], "big")
        return number % self.of == self.at - 1

    def __str__(self) -> str:
        """Return ``i/n``; "" for the whole fleet."""
        return f"{self.at}/{self.of}" if self.of > 1 else ""


def shard_of(text: str) -> Shard:
    """Return the part that ``i/n`` names; "" is the whole.

    Raises:
        UsageError: it is not ``i/n`` with i from 1 to n.
    """
    if not text:
        return Shard()
    at, _, of = text.partition("/")
    if not (at.isascii() and at.isdigit() and of.isascii() and of.isdigit()) or not 1 <= int(at) <= int(of):
        raise UsageError("is not i/n with i from 1 to n", path=f"--shard {text}", hint="--shard 1/4 ... --shard 4/4")
    return Shard(int(at), int(of))
