"""One night of one store out of the last nights of several: what ``--shard i/n`` split, or fleets of their own.

Everything is checked before anything is written, and the night is published at once: a merge that fails leaves the
output saying what it said.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import StoreError, UsageError
from depscan.history.database import URLS, chunked, holds, shown
from depscan.history.read import arrays, latest, packages, said, states
from depscan.history.records import Graph, Night, Part, Reading, Visit, finding_of, use_of
from depscan.history.store import Store
from depscan.history.verify import faults
from depscan.model.decision import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from depscan.history.database import Database
    from depscan.history.read import State
    from depscan.model.finding import Finding

_BATCH = 50


class Merged(NamedTuple):
    """What a merge made: the id of the night, how many shards and repositories are in it."""

    night: int
    shards: int
    repositories: int


class _Shard(NamedTuple):
    """A shard that was found whole: its place (for use, and to be shown), its last night, and what judged it.

    ``judged`` is "" where nothing could be judged, and None where there are no packages.
    """

    place: str
    shown: str
    night: Night
    judged: str | None


def merge(places: Sequence[str], output: str, progress: Callable[[str], None] = lambda _: None) -> Merged:
    """Make a new night of a store of the last nights of others.

    Args:
        places: the shards.
        output: a store; made where there is none.
        progress: called with a short text.

    Raises:
        UsageError: shards are named twice, are missing, or do not belong together.
        StoreError: one cannot be read or is damaged, or the output cannot be written.
    """
    _distinct(places, output)
    shards = [_checked(place, progress) for place in places]
    _complete(shards)
    _agreeing(shards)
    _disjoint(shards)
    if output.startswith(URLS) or os.path.exists(output):
        return _write(shards, output, progress)
    part = f"{output}.part{os.getpid()}"
    try:
        made = _write(shards, part, progress)
        os.replace(part, output)
    except OSError as error:
        raise StoreError(f"cannot be made: {(error.strerror or str(error)).lower()}", path=output) from None
    finally:
        for left in (part, f"{part}-wal", f"{part}-shm"):
            if os.path.exists(left):
                os.unlink(left)
    return made


def _distinct(places: Sequence[str], output: str) -> None:
    seen: dict[str, str] = {_identity(output): "the output"}
    for place in places:
        before = seen.setdefault(_identity(place), place)
        if before != place or list(places).count(place) > 1:
            raise UsageError(f"is named twice ({shown(before)})", path=shown(place), hint="name each shard once")


def _identity(place: str) -> str:
    return place if place.startswith(URLS) else os.path.realpath(place)


def _checked(place: str, progress: Callable[[str], None]) -> _Shard:
    """Return a shard after it was read whole."""
    progress(f"checking {shown(place)}")
    with Store.open(place) as store:
        for fault in faults(store.database):
            why = f"the shard is damaged: {fault.where}: {fault.what}"
            raise StoreError(why, path=shown(place), hint="depscan history verify says more; make this shard again")
        night = latest(store.database)
        rows = store.database.rows(
            # No join: SQLite would begin it with the states and go through the whole index for each graph.
            "SELECT DISTINCT p.judged FROM package p WHERE EXISTS (SELECT 1 FROM node n JOIN part t"
            " ON t.graph = n.graph JOIN state s ON s.reading = t.reading WHERE n.package = p.id AND s.last IS NULL)"
        )
    by = [str(judged) for (judged,) in rows]
    if len({_basis(judged) for judged in by}) > 1:
        raise StoreError(
            "its packages were not all judged by the same advisories", path=shown(place), hint="run it again"
        )
    return _Shard(place, store.database.place, night, max(by, key=len, default=None))


def _complete(shards: list[_Shard]) -> None:
    """Refuse shards of which one is there twice, or missing."""
    named: dict[str, str] = {}
    for shard in shards:
        name = shard.night.shard
        if not name:
            named.setdefault("", shard.shown)
            continue
        if name in named:
            raise UsageError(f"is shard {name}, and so is {named[name]}", path=shard.shown)
        named[name] = shard.shown
    if "" in named:
        if len(named) > 1:
            raise UsageError("is a whole fleet, while others are shards of one", path=named[""])
        return
    counts = {name.partition("/")[2] for name in named}
    if len(counts) > 1:
        raise UsageError(f"shards of different fleets: {', '.join(sorted(named))}")
    count = counts.pop()
    if not count.isdecimal() or len(count) > 6:  # noqa: PLR2004 - digits
        raise UsageError(f"no shard of a fleet: {sorted(named)[0]!r}", path=shards[0].shown)
    missing = [f"{i}/{count}" for i in range(1, int(count) + 1) if f"{i}/{count}" not in named]
    if missing or len(named) != int(count):
        raise UsageError(f"missing: shard {', '.join(missing[:20])}", hint="name all of them: a part is no night")


def _agreeing(shards: list[_Shard]) -> None:
    """Refuse shards that were not read and judged by the same depscan and advisories."""
    for what, of in (
        ("version of depscan", lambda s: s.night.tool),
        ("advisories", lambda s: str(s.night.snapshot.get("sha256", ""))[:16] or "none"),
        ("code of depscan or policy of names", lambda s: _basis(s.judged or "nothing")[:16]),
    ):
        values: dict[str, str] = {}
        for shard in shards:
            if shard.judged is not None or not what.startswith("code"):
                values.setdefault(of(shard), shard.shown)
        if len(values) > 1:
            each = "; ".join(f"{value} in {place}" for value, place in sorted(values.items()))
            raise UsageError(f"the shards differ in {what}: {each}", hint="run all of them with the same")


def _basis(judged: str) -> str:
    """Return by what packages were judged, without the time that stands behind it where they are to be judged again."""
    return judged.partition(" ")[0]


def _disjoint(shards: list[_Shard]) -> None:
    owner: dict[str, str] = {}
    for shard in shards:
        with Store.open(shard.place) as store:
            for state in states(store.database, shard.night.id):
                before = owner.setdefault(state.repository.name, shard.shown)
                if before != shard.shown:
                    raise UsageError(f"repository {state.repository.name!r} is in {before} and in {shard.shown}")


def _write(shards: list[_Shard], output: str, progress: Callable[[str], None]) -> Merged:
    visits: list[Visit] = []
    told: dict[str, dict[str, Finding]] = {}
    with Store.open(output, write=True) as store:
        for shard in shards:
            progress(f"merging {shard.shown}")
            with Store.open(shard.place) as source, source.database.snapshot():
                held = states(source.database, shard.night.id)
                _copy(source.database, held, store)
                visits += _visits(source.database, held)
                _judgements(source.database, shard.night.id, held, told)
        ids: dict[str, int] = dict(chunked(store.database, "SELECT purl, id FROM package WHERE purl", told))
        found = {ids[purl]: list(findings.values()) for purl, findings in told.items()}
        first = shards[0].night
        night = Night(
            0,
            min(s.night.started for s in shards),
            max(s.night.finished for s in shards),
            first.tool,
            "",
            first.snapshot,
            first.policy,
            _summed([s.night.more for s in shards]),
        )
        judged = max((s.judged or "" for s in shards), key=len)
        if not judged:  # nothing could be judged: what was found before stays
            found = {}
        return Merged(store.publish(night, visits, found, judged), len(shards), len(visits))


def _summed(told: list[dict[str, Any]]) -> dict[str, Any]:
    """Return counts and times of several nights added up, and their lists joined without what is there twice."""
    made: dict[str, Any] = {}
    for one in told:
        for key, value in one.items():
            if isinstance(value, list):
                held = made.setdefault(key, [])
                held += [item for item in value if item not in held]
            elif isinstance(value, int | float) and isinstance(made.get(key, 0), int | float):
                made[key] = made.get(key, 0) + value
            else:
                made.setdefault(key, value)
    return made


def _copy(source: Database, held: list[State], store: Store) -> None:
    wanted = sorted({state.reading for state in held if state.reading is not None})
    for at in range(0, len(wanted), _BATCH):
        store.add(reading_of(source, own) for own in wanted[at : at + _BATCH])


def _visits(source: Database, held: list[State]) -> Iterator[Visit]:
    marks: dict[str, str] = dict(source.rows("SELECT name, mark FROM repository"))
    keys: dict[int, str] = dict(source.rows("SELECT id, key FROM reading"))
    for state in held:
        name = state.repository.name
        key = keys[state.reading] if state.reading is not None else ""
        yield Visit(state.repository, key, state.revision, marks[name], state.problem)


def _judgements(source: Database, night: int, held: list[State], told: dict[str, dict[str, Finding]]) -> None:
    """Add what was found about each package that a repository reaches; nothing, too."""
    graphs = {
        graph
        for own in {state.reading for state in held if state.reading is not None}
        for (graph,) in source.rows("SELECT graph FROM part WHERE reading = ?", (own,))
    }
    members: set[int] = set()
    for graph in graphs:
        members.update(arrays(source, graph).nodes)
    purls = {own: node.purl for own, node in packages(source, members).items()}
    for purl in purls.values():
        told.setdefault(purl, {})
    rows = source.each(
        "SELECT h.package, f.digest, f.more FROM package_finding h JOIN finding f ON f.id = h.finding"
        f" WHERE {holds('h')} ORDER BY h.package, f.digest",
        (night, night),
    )
    for package, digest, text in rows:
        if package in purls:
            told[purls[package]].setdefault(digest, finding_of(json.loads(text)))


def reading_of(source: Database, own: int) -> Reading:
    """Return a reading as it was stored.

    Raises:
        StoreError: it is damaged.
    """
    key, until, files, size, seconds, data = source.rows(
        "SELECT key, until, files, bytes, seconds, more FROM reading WHERE id = ?", (own,)
    )[0]
    parts = source.rows("SELECT path, format, graph, packages FROM part WHERE reading = ? ORDER BY path", (own,))
    held = {graph: arrays(source, graph) for graph in dict.fromkeys(part[2] for part in parts)}
    order = list(dict.fromkeys(n for graph in held.values() for n in graph.nodes))
    place = {package: i for i, package in enumerate(order)}
    nodes = packages(source, order)
    more = said(source, own, data)
    findings = source.rows(
        "SELECT f.more FROM reading_finding h JOIN finding f ON f.id = h.finding WHERE h.reading = ? ORDER BY f.digest",
        (own,),
    )
    at = {graph: i for i, graph in enumerate(held)}
    return Reading(
        key,
        [nodes[package] for package in order],
        [Graph([place[n] for n in g.nodes], list(g.up), list(g.edges)) for g in held.values()],
        [Part(path, form, at[graph], count) for path, form, graph, count in parts],
        [finding_of(json.loads(text)) for (text,) in findings],
        [Coverage(*gap) for gap in more["gaps"]],
        more["census"],
        [use._replace(node=place[use.node]) for use in map(use_of, more["uses"])],
        until,
        files,
        size,
        seconds,
    )
