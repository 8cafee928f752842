"""How old a release has to be before it is let in."""

from typing import NamedTuple


class CooldownOptions(NamedTuple):
    """What the policy says about the age of releases.

    Attributes:
        days: age that every release needs; 0 for none.
        packages: (name, days): decides before the index and ``days``.
        indexes: (URL of the index, days): decides before ``days``.
        fixes: allow or hold: what happens to a young release that clears an advisory.
        needed: whether a release of unknown age makes the scan incomplete.
    """

    days: int = 0
    packages: tuple[tuple[str, int], ...] = ()
    indexes: tuple[tuple[str, int], ...] = ()
    fixes: str = "allow"
    needed: bool = False

    @property
    def wanted(self) -> bool:
        """Return whether any release has to have an age at all."""
        return bool(self.days or any(n for _, n in self.packages) or any(n for _, n in self.indexes))
