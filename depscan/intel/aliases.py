"""Advisories that mean the same thing made one group, with every id kept.

Two advisories of one package belong together when an id or alias of one is an id or alias of the other,
directly or through a third.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.model.advisory import AFFECTED, Match

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFERENCE = {"MAL": 0, "PYSEC": 1, "GHSA": 2, "CVE": 3}
"""Which id stands for a group: a malicious release outranks all; then the ecosystem's own database, whose
ranges were used; then the ones people search for. Others follow, by text."""

_RECORDS = ("MAL-", "PYSEC-")
"""Ids of databases whose records the index holds: such an alias without a record that matches is not a match."""


class Group(NamedTuple):
    """Matches that mean one thing.

    Attributes:
        matches: the members, the one with the preferred id first.
        ids: ids of the members and their aliases, preferred first. An alias that is itself the id of a
            ``MAL-`` or ``PYSEC-`` record is in here only if that record is a member.
        related: those other aliases.
        status: affected when any member is, else undecidable, else named.
    """

    matches: tuple[Match, ...]
    ids: tuple[str, ...]
    related: tuple[str, ...]
    status: str

    @property
    def id(self) -> str:
        """Return the preferred id."""
        return self.ids[0]


def preference(id: str) -> tuple[int, str]:  # noqa: A002 - the field's word
    """Return a sort key that puts the preferred id first: MAL, PYSEC, GHSA, CVE, then the rest by text."""
    return _PREFERENCE.get(id.partition("-")[0], len(_PREFERENCE)), id


def group(matches: Iterable[Match]) -> list[Group]:
    """Return the groups among the matches of one package, sorted by preferred id.

    Matches of different status are never put together: what is certain must not make the doubtful certain.
    """
    parts: dict[str, list[Match]] = {}
    for held in matches:
        parts.setdefault(held.status, []).append(held)
    groups = [_made(status, members) for status, part in parts.items() for members in _connected(part)]
    return sorted(groups, key=lambda g: (g.status != AFFECTED, preference(g.id)))


def _connected(matches: list[Match]) -> list[list[Match]]:
    if len(matches) == 1:
        return [matches]
    parent = list(range(len(matches)))

    def top(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    seen: dict[str, int] = {}
    for i, held in enumerate(matches):
        for id_ in (held.advisory.id, *held.advisory.aliases):
            parent[top(i)] = top(seen.setdefault(id_, i))
    found: dict[int, list[Match]] = {}
    for i, held in enumerate(matches):
        found.setdefault(top(i), []).append(held)
    return list(found.values())


def _made(status: str, members: list[Match]) -> Group:
    if len(members) == 1 and not members[0].advisory.aliases:
        return Group(tuple(members), (members[0].advisory.id,), (), status)
    if len(members) > 1:
        members = sorted(members, key=lambda m: preference(m.advisory.id))
    own = {m.advisory.id for m in members}
    aliases = {alias for m in members for alias in m.advisory.aliases} - own
    related = {a for a in aliases if a.startswith(_RECORDS)}
    # A record's own id always comes before what it only points to.
    ids = sorted(own, key=preference) + sorted(aliases - related, key=preference)
    return Group(tuple(members), tuple(ids), tuple(sorted(related)), status)
