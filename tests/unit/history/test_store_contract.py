"""What every store does, whichever database holds it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from depscan.errors import StoreError, UsageError
from depscan.history import read
from depscan.history.merge import reading_of
from depscan.history.prune import cut_of, prune
from depscan.history.records import Graph, Night, Node, Part, Reading, Repository, Visit
from depscan.history.store import Store
from tests.unit.history import nights
from tests.unit.history.nights import damage, dump, fleet, reading, run
from tests.unit.history.server import Server

Place = Callable[[], str]
NIGHTS = [fleet([1, 2, 3, 4, 5]), fleet([1, 2, 3, 9, 5, 6]), fleet([1, None, 3, 4, 5]), fleet([1, 2, 3, 4])]  # type: ignore[list-item]


def history(place: str, *, batch: int = 3) -> str:
    for day, one in enumerate(NIGHTS, 1):
        run(place, one, day, "j" * day, batch)
    return place


def test_what_was_stored_is_read_back(place: Place) -> None:
    where = place()
    assert run(where, fleet([1, 2])) == 1
    with Store.open(where) as store:
        held = read.states(store.database, 1)
        assert [(s.repository.name, s.repository.tags, s.revision) for s in held] == [
            ("repo0", ("ml",), "c0ffee"),
            ("repo1", ("ml",), "c0ffee"),
        ]
        assert store.marks() == {"repo0": ("mark 1", "c0ffee", "key 1"), "repo1": ("mark 2", "c0ffee", "key 2")}
        assert held[0].reading is not None
        said, told = reading(1), read.more(store.database, held[0].reading)
        assert told.gaps == said.gaps
        graphs = store.database.rows("SELECT graph FROM part WHERE reading = ? ORDER BY path", (held[0].reading,))
        for (graph,), wanted in zip(graphs, said.graphs[::-1], strict=True):
            arrays = read.arrays(store.database, graph)
            named = read.packages(store.database, arrays.nodes)
            assert [named[n] for n in arrays.nodes] == [said.nodes[n] for n in wanted.nodes]
            assert (list(arrays.up), list(arrays.edges)) == (wanted.up, wanted.edges)
        assert {*reading_of(store.database, held[0].reading).findings} == {*said.findings}


def test_the_order_in_which_readings_come_changes_nothing_that_is_said(place: Place) -> None:
    numbers = list(range(20))
    first = place()
    run(first, fleet(numbers))
    for seed in range(3):
        other = place()
        mixed = random.Random(seed).sample(numbers, len(numbers))
        with Store.open(other, write=True) as store:
            store.add([reading(n) for n in mixed])
            store.add([reading(77)])  # of a run that was ended and began again with other files
        named = {n: f"repo{n}" for n in numbers}
        run(other, {named[n]: n for n in mixed}, batch=7)
        assert dump(other) == dump(first)
        assert not damage(other)


def test_whoever_says_most_of_a_package_wins_whichever_came_first(place: Place) -> None:
    plain, tool = reading(1, nodes=[nights.node(1)]), reading(2, nodes=[nights.node(1, "tool")])
    for order in ([plain, tool], [tool, plain]):
        with Store.open(place(), write=True) as store:
            store.add(order)
            assert store.database.rows("SELECT kind FROM package") == [("tool",)]


def test_both_databases_say_the_same(postgres: Server, tmp_path: Path) -> None:
    file, server = str(tmp_path / "a.db"), postgres.database()
    assert dump(history(file)) == dump(history(server, batch=1))
    assert not damage(server)


def test_states_and_findings_hold_from_night_to_night(place: Place) -> None:
    where = history(place())
    assert not damage(where)
    with Store.open(where) as store:
        rows = store.database.rows(
            "SELECT r.name, s.first, s.last, s.problem FROM state s JOIN repository r ON r.id = s.repository"
            " WHERE r.name IN ('repo0', 'repo1', 'repo5') ORDER BY r.name, s.first"
        )
        assert rows == [
            ("repo0", 1, None, ""),
            ("repo1", 1, 2, ""),
            ("repo1", 3, 3, "gone"),
            ("repo1", 4, None, ""),
            ("repo5", 2, 2, ""),
        ]


def test_other_shards_repositories_are_left_alone(place: Place) -> None:
    where = place()
    run(where, fleet([1, 2]))
    with Store.open(where, write=True) as store:
        store.publish(nights.night(2), [nights.visit("repo0", 1)], {}, "j", lambda name: name == "repo1")
        assert len(read.states(store.database, 2)) == 2


def test_what_held_until_a_day_is_read_again_and_replaced(place: Place) -> None:
    where = place()
    with Store.open(where, write=True) as store:
        store.add([reading(1, until="2026-11-20")])
        assert store.keys("2026-11-19") == {"key 1"}
        assert store.keys("2026-11-20") == set()
        store.publish(nights.night(1), [nights.visit("repo0", 1)], {}, "j")
        store.add([reading(1, until="2026-12-20")])
        store.add([reading(1, until="2026-11-20")])
        assert store.keys("2026-11-20") == {"key 1"}
        assert store.marks()["repo0"][2] == "key 1@2026-11-20"
        store.publish(nights.night(2), [nights.visit("repo0", 1)], {}, "j")
        assert [(s.first, s.reading) for s in read.states(store.database, 2)] == [(2, 2)]
    assert not damage(where)


def test_a_batch_that_fails_leaves_nothing_and_the_next_one_works(place: Place) -> None:
    where = place()
    with Store.open(where, write=True) as store:
        broken = reading(2)._replace(parts=[Part("a", "b", 99, 1)])
        with pytest.raises(IndexError):
            store.add([reading(1), broken])
        assert store.database.rows("SELECT COUNT(*) FROM package") == [(0,)]
        store.add([reading(1), reading(2)])
        assert store.keys("") == {"key 1", "key 2"}
    assert not damage(where)


def test_a_night_with_readings_that_are_not_here_is_refused(place: Place) -> None:
    with Store.open(place(), write=True) as store:
        with pytest.raises(StoreError, match="pruned while"):
            store.publish(nights.night(), [nights.visit("repo0", 1)], {}, "j")
        assert read.nights(store.database) == []


def test_names_that_no_database_takes_are_written_plainly(place: Place) -> None:
    where = place()
    hostile = "a\0b\udc80%s?'\"\x1b[31m"
    odd = nights.node(1)._replace(purl="pkg:pypi/" + hostile, name=hostile)
    said = reading(1, nodes=[odd, odd._replace(purl="pkg:pypi/é")])
    said = said._replace(parts=[Part("\udc80", "", 0, 1), Part("\\udc80", "", 1, 1)], key="k\0"[:1])
    with Store.open(where, write=True) as store:
        store.add([said])
        one = Repository(hostile, hostile, hostile, hostile, (hostile,))
        more = Night(0, hostile, hostile, hostile, hostile, {hostile: hostile}, hostile, {hostile: 1})
        for _ in range(2):
            store.publish(more, [Visit(one, said.key, hostile, hostile)], {}, hostile[3:4])
        assert len(read.states(store.database, 2)) == 1
    assert not damage(where)
    assert dump(where)


def test_pruning_keeps_what_still_holds_and_since_when(place: Place) -> None:
    where = history(place())
    with Store.open(where, write=True) as store:
        database = store.database
        before = [read.states(database, n) for n in (3, 4)]
        assert (cut_of(database, nights=2), cut_of(database, days=1), cut_of(database, days=9)) == (3, 3, 1)
        assert cut_of(database, nights=99) == 1
        with pytest.raises(UsageError):
            cut_of(database)
        assert prune(database, 3, dry=True).counts["states"] == 3  # repo1 counts with what it said before night 3
        counts = prune(database, 3).counts
        assert (counts["readings"], counts["states"]) == (2, 3)
        assert all(counts.values())
        assert [read.states(database, n) for n in (3, 4)] == before
        assert (read.kept_from(database), len(read.nights(database))) == (3, 4)
    assert not damage(where)
    run(where, fleet([9, 2]), 5)
    assert not damage(where)


def test_a_night_that_was_under_way_while_the_store_was_pruned_is_refused(place: Place) -> None:
    where = place()
    run(where, fleet([1, 2]))
    run(where, fleet([1]), 2)
    with Store.open(where, write=True) as store:
        found = nights.judge(store, "new")
        with Store.open(where, write=True) as other:
            prune(other.database, 2)
        with pytest.raises(StoreError, match="pruned while"):
            store.publish(nights.night(3), [nights.visit("repo0", 1)], found, "new")
        store.add([reading(2)])  # ids that were remembered are not used
        store.publish(nights.night(3), [nights.visit("repo0", 2)], nights.judge(store, "new"), "new")
    assert not damage(where)


def test_a_reader_sees_one_state_while_somebody_writes(place: Place) -> None:
    where = place()
    run(where, fleet([1]))
    with Store.open(where) as reader, reader.database.snapshot():
        assert len(read.nights(reader.database)) == 1
        run(where, fleet([2]), 2)
        assert len(read.nights(reader.database)) == 1
    with Store.open(where) as reader:
        assert len(read.nights(reader.database)) == 2


def test_a_store_of_a_newer_depscan_is_refused_both_ways(place: Place) -> None:
    where = place()
    run(where, fleet([1]))
    with Store.open(where, write=True) as store, store.database.transaction():
        store.database.run("UPDATE meta SET value = '99' WHERE key = 'schema'")
    for write in (False, True):
        with pytest.raises(StoreError, match=r"schema 99.*newer"):
            Store.open(where, write=write)
    with Store.open(place(), write=True) as store:
        store.database.run("UPDATE meta SET value = 'x' WHERE key = 'schema'")


def test_a_place_without_a_store_is_told(place: Place) -> None:
    with pytest.raises(StoreError, match="no store"):
        Store.open(place())


def test_names_of_any_length_and_with_odd_bytes_are_stored_and_stay_apart(place: Place) -> None:
    drawn = random.Random(8)
    long = "".join(drawn.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(9000))
    names = [long, f"{long}x", "\u4e2d" * 3000, "\udcff\0", long[:3000]]
    nodes = [Node(f"pkg:pypi/{name}@{name}", "PyPI", name, name, "registry", long, long, long) for name in names]
    graphs = [Graph(list(range(len(nodes))), list(range(len(nodes))), [])]
    parts = [Part(f"{name}/uv.lock", "uv-lock", 0, 1) for name in names]
    where = place()
    with Store.open(where, write=True) as store:
        store.add([Reading("k" * 32, nodes, graphs, parts, [], [], [], [])])
        visits = [Visit(Repository(name, name, name, name, (name,)), "k" * 32, "", name) for name in names]
        store.publish(Night(0, "2030-01-01", "", "", "", {}, name_of_policy := long, {}), visits, {}, "")
        assert len(read.states(store.database, 1)) == len(names)
        assert store.database.rows("SELECT COUNT(*) FROM package") == [(len(names),)]
        assert store.database.rows("SELECT COUNT(*) FROM part") == [(len(names),)]
        assert read.latest(store.database).policy == name_of_policy
