"""What is so only of a store in PostgreSQL: several writers at once, and a password that nobody sees."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from depscan.errors import StoreError
from depscan.history import read
from depscan.history.postgres import masked
from depscan.history.store import Store
from tests.unit.history import nights
from tests.unit.history.nights import damage, dump, fleet, reading, run, visit
from tests.unit.history.server import Server

ROOT = Path(__file__).resolve().parents[3]


def at_once(works: list[Callable[[], object]]) -> list[object]:
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def test_writers_add_overlapping_readings_at_once(postgres: Server, tmp_path: Path) -> None:
    place = postgres.database()
    Store.open(place, write=True).close()

    def add(order: range) -> None:
        with Store.open(place, write=True) as store:
            for n in order:
                store.add([reading(n), reading(n + 1)])

    at_once([lambda: add(range(20)), lambda: add(range(20, -1, -1)), lambda: add(range(5, 25))])
    run(place, fleet(range(25)))
    assert not damage(place)
    run(f"{tmp_path}/x.db", fleet(range(25)))
    assert dump(place) == dump(f"{tmp_path}/x.db")


def test_two_make_the_tables_at_once(postgres: Server) -> None:
    place = postgres.database()
    at_once([lambda: Store.open(place, write=True).close()] * 4)
    assert not damage(place)


def test_two_publish_at_once(postgres: Server) -> None:
    place = postgres.database()

    def publish(at: int) -> int:
        own = {name: n for name, n in fleet(range(12)).items() if n % 2 == at}  # type: ignore[operator]
        with Store.open(place, write=True) as store:
            for n in own.values():
                store.add([reading(n or 0)])
            visits = [visit(name, n) for name, n in own.items()]
            found = nights.judge(store, "j")
            return store.publish(nights.night(1, f"{at + 1}/2"), visits, found, "j", lambda name: name not in own)

    assert sorted(map(str, at_once([lambda: publish(0), lambda: publish(1)]))) == ["1", "2"]
    assert not damage(place)
    with Store.open(place) as store:
        assert len(read.states(store.database, 2)) == 12


def test_a_reader_cannot_write_there(postgres: Server) -> None:
    place = postgres.database()
    run(place, fleet([1]))
    with Store.open(place) as store, pytest.raises(StoreError, match="may only read"):
        store.add([reading(2)])


def test_texts_with_marks_and_percent_signs_stay_what_they_are(postgres: Server) -> None:
    with Store.open(postgres.database(), write=True) as store:
        assert store.database.rows("SELECT '100%?', ? WHERE 'a%' LIKE 'a%'", ("%s?",)) == [("100%?", "%s?")]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3cret@db.example:5432/x", "postgresql://me:***@db.example:5432/x"),
        ("postgresql://me@db.example/x", "postgresql://me@db.example/x"),
        ("postgres://me:a@s3cret@db.example/x", "postgres://me:***@db.example/x"),
        ("postgresql:///x?host=/tmp&password=s3cret&user=me", "postgresql:///x?host=/tmp&password=***&user=me"),
        ("postgresql://db.example/x?PassWord=s3cret", "postgresql://db.example/x?PassWord=***"),
        ("postgresql://db.example/x", "postgresql://db.example/x"),
    ],
)
def test_passwords_are_masked(url: str, shown: str) -> None:
    assert masked(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@127.0.0.1:1/x",
        "postgresql://me:s3cret%21x@127.0.0.1:1/x",
        "postgresql://me:s3cret@127.0.0.1:port/x",
        "postgresql://me:s3cret@[::1/x",
        "postgresql://127.0.0.1:1/x?password=s3cret&nonsense=1",
        "postgresql://me:%zzs3cret@127.0.0.1:1/x",
    ],
)
@pytest.mark.usefixtures("postgres")
def test_no_error_holds_the_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert "s3cret" not in str(caught.value)
    assert "cannot be used" in str(caught.value)


def test_the_missing_client_is_told_with_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\nfrom depscan.cli._main import main\n"
        "sys.exit(main(['history', 'verify', '--store', 'postgresql://me:s3cret@db.example/x']))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'depscan-ai[postgres]'" in done.stderr
    assert "s3cret" not in done.stderr
