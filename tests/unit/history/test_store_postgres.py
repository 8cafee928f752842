"""What is so only of a store in PostgreSQL: several writers at once, and a password that nobody sees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from depscan.errors import StoreError, UsageError
from depscan.history.merge import merge
from depscan.history.postgres import masked
from depscan.history.store import Store
from depscan.incident.matching import Matching
from depscan.incident.nights import look
from depscan.incident.records import Bad, Incident, Markers
from tests.unit.history.nights import dump, fleet, reading, run
from tests.unit.history.server import Server

ROOT = Path(__file__).resolve().parents[3]


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


def test_shards_on_a_server_are_merged_and_their_passwords_not_shown(postgres: Server, tmp_path: Path) -> None:
    places = [postgres.database() + "&password=s3cret" for _ in range(2)]
    run(places[0], {"a": 1})
    run(places[1], {"b": 2})
    run(f"{tmp_path}/whole.db", {"a": 1, "b": 2})
    steps: list[str] = []
    merge(places, f"{tmp_path}/x.db", steps.append)
    assert dump(f"{tmp_path}/x.db") == dump(f"{tmp_path}/whole.db")
    run(places[1], {"a": 1}, 2)
    for wrong, why in ((places[:1] * 2, "is named twice"), (places, "is in postgresql")):
        with pytest.raises(UsageError, match=why) as caught:
            merge(wrong, f"{tmp_path}/y.db", steps.append)
        steps.append(str(caught.value))
    assert "s3cret" not in "".join(steps)


def test_an_incident_asked_of_a_server_does_not_show_the_password(postgres: Server) -> None:
    place = postgres.database() + "&password=s3cret"
    run(place, {"a": 1, "b": None})
    versions, window = tuple(f"{n}.0" for n in range(7)), ("2026-03-24T10:00:00Z", "2026-03-24T16:00:00Z")
    bad = tuple(Bad("PyPI", f"pack-{n}", versions, (), *window, "install", ()) for n in range(40))
    found = look(place, Matching(Incident("x", "x", "2026-03-24", (), "", bad, Markers(), (), ())))
    assert found.traces
    assert found.gaps
    assert "s3cret" not in repr(found)


def test_the_missing_client_is_told_with_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\nfrom depscan.cli._main import main\n"
        "sys.exit(main(['history', 'verify', '--store', 'postgresql://me:s3cret@db.example/x']))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'depscan-ai[postgres]'" in done.stderr
    assert "s3cret" not in done.stderr
