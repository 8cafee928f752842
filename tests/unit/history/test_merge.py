"""Shards merged say what one run over the whole fleet says, and whatever is wrong leaves the output as it is."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from depscan.errors import DepscanError, StoreError, UsageError
from depscan.history import read
from depscan.history.merge import merge, reading_of
from depscan.history.store import Store
from tests.unit.history import nights
from tests.unit.history.nights import damage, dump, fleet, reading, run, visit

FLEET = fleet([1, 2, 3, 4, 5, 6, None, 2])  # type: ignore[list-item]


def shard(
    folder: Path, at: int, count: int = 3, *, day: int = 1, held: dict[str, int | None] = FLEET, **night: str
) -> str:
    """Run one shard of a fleet in a store of its own."""
    place = f"{folder}/shard{at}.db"
    own = {name: n for i, (name, n) in enumerate(held.items()) if i % count == at - 1}
    with Store.open(place, write=True) as store:
        store.add(reading(n) for n in own.values() if n is not None)
        told = night.pop("judged", "j")
        made = nights.night(day, f"{at}/{count}", **night)
        store.publish(made, [visit(name, n) for name, n in own.items()], nights.judge(store, told), told)
    return place


def shards(folder: Path, **more: str) -> list[str]:
    return [shard(folder, at, **more) for at in (1, 2, 3)]  # type: ignore[arg-type]


def test_shards_merged_say_what_one_run_says(tmp_path: Path, place: Callable[[], str]) -> None:
    whole, output = f"{tmp_path}/whole.db", place()
    run(whole, FLEET)
    done = merge(shards(tmp_path), output)
    assert done == (1, 3, 8)
    assert dump(output) == dump(whole)
    assert not damage(output)


def test_history_goes_on_in_the_output(tmp_path: Path) -> None:
    whole, output = f"{tmp_path}/whole.db", f"{tmp_path}/out.db"
    later = {**FLEET, "repo0": 9, "repo6": 7, "new": 8}
    del later["repo3"]
    run(whole, FLEET)
    run(whole, later, 2, "jj")
    merge(shards(tmp_path), output)
    for at in (1, 2, 3):
        shard(tmp_path, at, day=2, held=later, judged="jj")
    assert merge([f"{tmp_path}/shard{at}.db" for at in (3, 1, 2)], output).night == 2
    assert dump(output) == dump(whole)
    assert not damage(output)


def test_whole_fleets_are_merged_too(tmp_path: Path) -> None:
    one, two, whole = (f"{tmp_path}/{name}.db" for name in ("one", "two", "whole"))
    run(one, {"a": 1, "b": 2})
    run(two, {"c": 2, "d": 3})
    run(whole, {"a": 1, "b": 2, "c": 2, "d": 3})
    merge([one, two], f"{tmp_path}/out.db")
    assert dump(f"{tmp_path}/out.db") == dump(whole)


def test_a_reading_is_taken_out_as_it_was_put_in(tmp_path: Path) -> None:
    run(f"{tmp_path}/x.db", fleet([4]))
    with Store.open(f"{tmp_path}/x.db") as store:
        held, said = reading_of(store.database, 1), reading(4)
    assert held._replace(nodes=[], graphs=[], parts=[], uses=[], findings=[]) == said._replace(
        nodes=[], graphs=[], parts=[], uses=[], findings=[]
    )
    assert set(held.findings) == set(said.findings)
    for part in said.parts:
        other = next(p for p in held.parts if p.path == part.path)
        mine, theirs = said.graphs[part.graph], held.graphs[other.graph]
        assert [held.nodes[n] for n in theirs.nodes] == [said.nodes[n] for n in mine.nodes]
        assert (theirs.up, theirs.edges) == (mine.up, mine.edges)


def _named_twice(folder: Path) -> list[str]:
    os.symlink(f"{folder}/shard1.db", f"{folder}/again.db")
    return [*shards(folder), f"{folder}/again.db"]


def _copied(folder: Path) -> list[str]:
    found = shards(folder)
    shutil.copy(found[0], f"{folder}/copy.db")
    return [*found, f"{folder}/copy.db"]


def _overlapping(folder: Path) -> list[str]:
    run(f"{folder}/a.db", {"x": 1})
    run(f"{folder}/b.db", {"x": 1})
    return [f"{folder}/a.db", f"{folder}/b.db"]


def _mixed(folder: Path) -> list[str]:
    run(f"{folder}/a.db", {"x": 1})
    return [*shards(folder), f"{folder}/a.db"]


def _cut(folder: Path) -> list[str]:
    found = shards(folder)
    data = Path(found[1]).read_bytes()
    Path(found[1]).write_bytes(data[: len(data) // 2])
    return found


def _damaged(folder: Path) -> list[str]:
    found = shards(folder)
    with closing(sqlite3.connect(found[1])) as link:
        link.execute("DELETE FROM node WHERE graph = 1")
        link.commit()
    return found


def _empty(folder: Path) -> list[str]:
    Store.open(f"{folder}/e.db", write=True).close()
    return [f"{folder}/e.db"]


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (_named_twice, UsageError, "again.db: is named twice"),
        (_copied, UsageError, "copy.db: is shard 1/3, and so is"),
        (lambda folder: shards(folder)[:2], UsageError, "missing: shard 3/3"),
        (lambda folder: [*shards(folder), f"{folder}/out.db"], UsageError, "out.db: is named twice (the output)"),
        (
            lambda folder: [*shards(folder)[:2], shard(folder, 4, 4)],
            UsageError,
            "shards of different fleets: 1/3, 2/3, 4/4",
        ),
        (
            lambda folder: [*shards(folder)[:2], shard(folder, 3, day=2, tool="2.0")],
            UsageError,
            "version of depscan: 1.0 in",
        ),
        (
            lambda folder: [*shards(folder)[:2], shard(folder, 3, day=2, snapshot="cd")],
            UsageError,
            "differ in advisories: ab in",
        ),
        (
            lambda folder: [*shards(folder)[:2], shard(folder, 3, day=2, judged="x")],
            UsageError,
            "differ in code of depscan",
        ),
        (_overlapping, UsageError, "repository 'x' is in"),
        (_mixed, UsageError, "a.db: is a whole fleet, while others are shards"),
        (_cut, StoreError, "shard2.db"),
        (_damaged, StoreError, "shard2.db: the shard is damaged: graph 1"),
        (_empty, StoreError, "e.db: the store holds no night"),
        (lambda folder: [*shards(folder), f"{folder}/nobody.db"], StoreError, "nobody.db: no store there"),
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_what_does_not_belong_together_leaves_the_output_as_it_is(
    tmp_path: Path, make: Callable[[Path], list[str]], error: type[DepscanError], told: str, *, before: bool
) -> None:
    output = f"{tmp_path}/out.db"
    if before:
        run(output, fleet([1]))
        was = Path(output).read_bytes()
    with pytest.raises(error) as caught:
        merge(make(tmp_path), output)
    assert told in str(caught.value)
    assert os.path.exists(output) == before
    assert not before or Path(output).read_bytes() == was
    assert not [name for name in os.listdir(tmp_path) if ".part" in name]


def test_an_output_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is the folder there"):
        merge(shards(tmp_path), f"{tmp_path}/none/out.db")


def test_only_the_last_night_of_a_shard_is_taken(tmp_path: Path) -> None:
    found = shards(tmp_path)
    shard(tmp_path, 1, day=2, held={"only": 9})
    for at in (2, 3):
        shard(tmp_path, at, day=2, held={"only": 9})
    merge(found, f"{tmp_path}/out.db")
    with Store.open(f"{tmp_path}/out.db") as store:
        assert [s.repository.name for s in read.states(store.database, 1)] == ["only"]


def test_a_shard_that_was_not_judged_is_not_taken_for_clean(tmp_path: Path) -> None:
    found = shards(tmp_path)
    with Store.open(found[1], write=True) as store, store.database.transaction():
        store.database.run("UPDATE package SET judged = ''")
    with pytest.raises(UsageError, match="differ in code of depscan or policy of names"):
        merge(found, f"{tmp_path}/out.db")
    with Store.open(found[1], write=True) as store, store.database.transaction():
        store.database.run("UPDATE package SET judged = 'j' WHERE id < 9")
    with pytest.raises(StoreError, match="not all judged"):
        merge(found, f"{tmp_path}/out.db")


def test_what_is_to_be_judged_again_stays_so(tmp_path: Path) -> None:
    found = [*shards(tmp_path)[:2], shard(tmp_path, 3, day=2, judged="j 2026-11-02T01:00:00Z")]
    merge(found, f"{tmp_path}/out.db")
    with Store.open(f"{tmp_path}/out.db") as store:
        assert [*store.unjudged("j")]
        assert not [*store.unjudged("j 2026-11-02T01:00:00Z")]


def test_a_fleet_without_advisories_keeps_what_was_found_before(tmp_path: Path) -> None:
    output = f"{tmp_path}/out.db"
    merge(shards(tmp_path), output)
    for place in [f"{tmp_path}/shard{at}.db" for at in (1, 2, 3)]:
        with Store.open(place, write=True) as store, store.database.transaction():
            store.database.run("UPDATE package SET judged = ''")
    merge([f"{tmp_path}/shard{at}.db" for at in (1, 2, 3)], output)
    with Store.open(output) as store:
        assert store.database.rows("SELECT COUNT(*) FROM package_finding WHERE last IS NOT NULL") == [(0,)]
        assert store.database.rows("SELECT COUNT(*) > 0 FROM package_finding") == [(1,)]


def test_counts_are_added_and_gaps_are_joined(tmp_path: Path) -> None:
    found = []
    for at, gaps in ((1, ["a", "b"]), (2, ["b", "c"])):
        place = f"{tmp_path}/{at}.db"
        with Store.open(place, write=True) as store:
            night = nights.night(1, f"{at}/2")._replace(more={"read": at, "cpu": 0.5, "gaps": gaps, "who": "x"})
            store.publish(night, [], {}, "")
        found.append(place)
    merge(found, f"{tmp_path}/out.db")
    with Store.open(f"{tmp_path}/out.db") as store:
        assert read.latest(store.database).more == {"read": 3, "cpu": 1.0, "gaps": ["a", "b", "c"], "who": "x"}
