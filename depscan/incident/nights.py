"""Which repositories of a fleet held a bad release, and in which nights: asked of the nightly store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.history.read import latest, nights
from depscan.history.store import consulted
from depscan.incident.matching import is_bad
from depscan.incident.records import Found, Gap, Trace

if TYPE_CHECKING:
    from depscan.history.database import Database
    from depscan.incident.matching import Matching
    from depscan.incident.records import Bad

_HELD = (
    "SELECT DISTINCT r.name, d.path, s.first, s.last FROM node n JOIN part d ON d.graph = n.graph"
    " JOIN state s ON s.reading = d.reading JOIN repository r ON r.id = s.repository WHERE n.package = ?"
    " ORDER BY r.name, d.path, s.first"
)
_FAILED = (
    "SELECT r.name, s.problem FROM state s JOIN repository r ON r.id = s.repository"
    " WHERE s.reading IS NULL AND s.last IS NULL ORDER BY r.name"
)


def look(place: str, matching: Matching) -> Found:
    """Return what a store knows.

    Raises:
        StoreError: it is not there, or damaged.
    """
    with consulted(place) as store:
        database, place = store.database, store.database.place  # without the password
        latest(database)
        known = nights(database)
        times = dict(sorted((night.id, night.started) for night in known))
        gaps = [Gap(place, "holds what was pinned; ranges that allowed a bad release are not in it", failed=False)]
        gaps += [
            Gap(f"{place}: {name}", f"the last night could not read it: {why}") for name, why in database.rows(_FAILED)
        ]
        traces = [trace for bad in matching.packages for trace in _of(database, place, bad, times)]
        return Found(traces, gaps, len(known))


def _of(database: Database, place: str, bad: Bad, times: dict[int, str]) -> list[Trace]:
    rows = database.rows(
        "SELECT id, version FROM package WHERE name = ? AND ecosystem = ? AND source NOT IN ('git', 'local')"
        " ORDER BY version",
        (bad.name, bad.ecosystem),
    )
    found = []
    for own, version in rows:
        if not version or not is_bad(bad, version):
            continue
        for name, path, first, last in database.rows(_HELD, (own,)):
            where = f"{name}/{path}" if path else name
            what = f"{bad.name} {version} in {path or 'its files'}"
            before = max((night for night in times if night < first), default=None)
            after = min((night for night in times if last is not None and night > last), default=None)
            events = [(times.get(first, ""), f"night {first}: {name} held {what}")]
            if after is not None:
                events.append((times[after], f"night {after}: {name} no longer held {what}"))
            begin = "the store's first: since when is not known" if before is None else f"not yet in night {before}"
            end = "still" if last is None else f"last in night {last}"
            said = f"held in night {first} ({begin}), {end}"
            since, until = times.get(before or 0, ""), times.get(after or 0, "")
            found.append(
                Trace(
                    "stored",
                    True,
                    f"{place}: {where}",
                    0,
                    bad.name,
                    version,
                    since,
                    until,
                    said,
                    tuple(events),
                )
            )
    return found
