"""Several writers at once, whichever database holds the store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from depscan.history import read
from depscan.history.store import Store
from tests.unit.history import nights
from tests.unit.history.nights import damage, dump, fleet, reading, run, visit

Place = Callable[[], str]


def at_once(works: list[Callable[[], object]]) -> list[object]:
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def test_writers_add_overlapping_readings_at_once(place: Place, tmp_path: Path) -> None:
    where = place()
    Store.open(where, write=True).close()

    def add(order: range) -> None:
        with Store.open(where, write=True) as store:
            for n in order:
                store.add([reading(n), reading(n + 1)])

    at_once([lambda: add(range(20)), lambda: add(range(20, -1, -1)), lambda: add(range(5, 25))])
    run(where, fleet(range(25)))
    assert not damage(where)
    run(f"{tmp_path}/x.db", fleet(range(25)))
    assert dump(where) == dump(f"{tmp_path}/x.db")


def test_two_make_the_tables_at_once(place: Place) -> None:
    where = place()
    at_once([lambda: Store.open(where, write=True).close()] * 4)
    assert not damage(where)


def test_two_publish_at_once(place: Place) -> None:
    where = place()

    def publish(at: int) -> int:
        own = {name: n for name, n in fleet(range(12)).items() if n % 2 == at}  # type: ignore[operator]
        with Store.open(where, write=True) as store:
            for n in own.values():
                store.add([reading(n or 0)])
            visits = [visit(name, n) for name, n in own.items()]
            found = nights.judge(store, "j")
            return store.publish(nights.night(1, f"{at + 1}/2"), visits, found, "j", lambda name: name not in own)

    assert sorted(map(str, at_once([lambda: publish(0), lambda: publish(1)]))) == ["1", "2"]
    assert not damage(where)
    with Store.open(where) as store:
        assert len(read.states(store.database, 2)) == 12
