"""What the user says about names of packages."""

from typing import NamedTuple


class NameOptions(NamedTuple):
    """What the user says about names.

    Attributes:
        table: the table of popular names; "" for the usual one.
        private: patterns of private names.
        indexes: URLs of the indexes private names may come from.
        allow: names the user vouches for.
    """

    table: str = ""
    private: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
