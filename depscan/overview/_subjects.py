"""Which packages of the store the subjects of readings' findings are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history.content import keyed
from depscan.history.database import chunked
from depscan.model.package import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.history.database import Database


def subjects_of(database: Database, subjects: Iterable[str]) -> dict[str, set[int]]:
    """Return for each subject that is a package the ids it has.

    An action that claims a release has its own id per claim (``depscan.fleet.arrays``), and none of them in a finding.
    """
    wanted = set(subjects)
    found: dict[str, set[int]] = {}
    for own, purl in chunked(database, "SELECT id, purl FROM package WHERE purl", map(keyed, wanted)):
        found.setdefault(purl, set()).add(own)
    for own, purl, release in database.rows("SELECT id, purl, release FROM package WHERE release <> ''"):
        claim = f"release={quote(release)}"
        plain = purl.removesuffix(f"?{claim}").removesuffix(f"&{claim}")
        if plain in wanted:
            found.setdefault(plain, set()).add(own)
    return found
