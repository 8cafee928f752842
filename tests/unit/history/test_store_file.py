"""Files that are no stores, cannot be written, or are hostile: told in a sentence, and what was there stays."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from depscan.errors import StoreError
from depscan.history import brief, read
from depscan.history.pack import LIMIT
from depscan.history.store import Store
from tests.unit.history.nights import damage, dump, fleet, reading, run

ROOT = Path(__file__).resolve().parents[3]
STRANGER = 65534
"""A user that is not root: root may write everywhere."""


def refused(place: str, *, write: bool = False) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(place, write=write)
    assert caught.value.exit_code == 4
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize("write", [False, True])
def test_a_file_that_is_no_database_is_told(tmp_path: Path, *, write: bool) -> None:
    (tmp_path / "x.db").write_text("# a text\n" * 100, "utf-8")
    assert "not a database" in refused(f"{tmp_path}/x.db", write=write)
    assert "is a folder" in refused(str(tmp_path), write=write)
    assert "unable to open" in refused(f"{tmp_path}/none/x.db", write=True)
    assert "no store there" in refused(f"{tmp_path}/x?mode=rwc#.db")


def test_an_empty_file_holds_no_store_and_can_become_one(tmp_path: Path) -> None:
    (tmp_path / "x.db").touch()
    assert "holds no store" in refused(f"{tmp_path}/x.db")
    run(f"{tmp_path}/x.db", fleet([1]))
    assert not damage(f"{tmp_path}/x.db")


@pytest.mark.parametrize("write", [False, True])
def test_the_database_of_something_else_is_left_alone(tmp_path: Path, *, write: bool) -> None:
    place = f"{tmp_path}/other.db"
    with closing(sqlite3.connect(place)) as link:
        link.execute("CREATE TABLE meta (key, value)")
    before = Path(place).read_bytes()
    assert "no store of depscan" in refused(place, write=write)
    assert Path(place).read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON night BEGIN DELETE FROM state; END",
        "CREATE VIEW v AS SELECT load_extension('x')",
        "CREATE VIRTUAL TABLE v USING fts5(a)",
        "CREATE INDEX i ON state (abs(first))",
        "DROP TABLE state; CREATE VIEW state AS SELECT 1 AS repository",
        "ALTER TABLE state ADD COLUMN x DEFAULT 1",
    ],
)
def test_whatever_could_run_by_itself_is_refused(tmp_path: Path, statement: str) -> None:
    place = f"{tmp_path}/x.db"
    run(place, fleet([1]))
    with closing(sqlite3.connect(place)) as link:
        link.executescript(statement)
    for write in (False, True):
        assert "that depscan did not make" in refused(place, write=write)


def test_a_table_of_the_users_own_does_no_harm(tmp_path: Path) -> None:
    place = f"{tmp_path}/x.db"
    run(place, fleet([1]))
    with closing(sqlite3.connect(place)) as link:
        link.executescript("CREATE TABLE notes (text); ANALYZE")
    run(place, fleet([2]), 2)
    assert not damage(place)


def test_packed_values_of_a_hostile_file_are_not_unpacked_without_end(tmp_path: Path) -> None:
    import zlib

    place = f"{tmp_path}/x.db"
    run(place, fleet([1]))
    bomb = zlib.compress(bytes(200 << 20), 9)
    with closing(sqlite3.connect(place)) as link:
        link.execute("UPDATE graph SET nodes = ?", (b"\1" + bomb,))
        link.execute("UPDATE reading SET more = ?", (bomb,))
        link.commit()
    assert {"more than may be unpacked" in f.what for f in damage(place)} == {True}
    with Store.open(place) as store:
        for ask in (read.arrays, read.more):
            with pytest.raises(StoreError, match="is damaged"):
                ask(store.database, 1)


def test_a_writer_does_not_stop_readers(tmp_path: Path) -> None:
    place = f"{tmp_path}/x.db"
    run(place, fleet([1]))
    with Store.open(place, write=True) as writer, writer.database.transaction():
        writer.database.run("DELETE FROM state")
        with Store.open(place) as reader:
            assert len(read.states(reader.database, 1)) == 1


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    place = f"{tmp_path}/x.db"
    run(place, fleet([1]))
    with Store.open(place) as reader, pytest.raises(StoreError, match="readonly"):
        reader.add([reading(2)])


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    place = f"{tmp_path}/x.db"
    run(place, fleet([1, 2]))
    before = dump(place)
    with Store.open(place, write=True) as store:
        pages = store.database.rows("PRAGMA page_count")[0][0]
        store.database.run(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreError, match="make room"):
            store.add(reading(n) for n in range(10, 80))
    assert dump(place) == before
    run(place, fleet([1, 2, 3]), 2)
    assert not damage(place)


def test_a_file_that_may_not_grow_is_told_and_leaves_what_was_there(tmp_path: Path) -> None:
    place = f"{tmp_path}/x.db"
    run(place, fleet([1, 2]))
    before = dump(place)
    done = _elsewhere(
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "run(place, fleet(range(300)), 2)",
        place,
    )
    assert "look at the disk" in done or "make room" in done
    assert dump(place) == before
    assert not damage(place)


@pytest.fixture
def shared() -> Iterator[str]:
    """Return a folder that everybody can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - for another user of the test
        yield folder
        os.chmod(folder, 0o755)  # noqa: S103 - for another user of the test


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="becomes another user")
def test_a_store_in_a_folder_of_somebody_else_is_read_and_not_written(shared: str) -> None:
    place = f"{shared}/x.db"
    run(place, fleet([1, 2]))
    os.chmod(place, 0o644)
    before = dump(place)
    assert _elsewhere("print(len(dump(place)), damage(place))", place, user=STRANGER) == f"{len(before)} []\n"
    told = _elsewhere("run(place, fleet([3]), 2)", place, user=STRANGER)
    assert "make the file and its folder writable" in told
    with Store.open(place, write=True) as store:
        store.add([reading(3)])
        for beside in ("-wal", "-shm"):
            os.chmod(place + beside, 0o644)
        assert _elsewhere("print(len(dump(place)))", place, user=STRANGER) == f"{len(before)}\n"
        os.unlink(place + "-shm")
        told = _elsewhere("print(len(dump(place)))", place, user=STRANGER)
        assert told == f"{len(before)}\n" or "a writer left its last work" in told
    os.chmod(place, 0o600)
    assert "writable for depscan" in _elsewhere("dump(place)", place, user=STRANGER)


def test_a_file_that_may_not_be_written_is_told(shared: str) -> None:
    place = f"{shared}/x.db"
    run(place, fleet([1]))
    os.chmod(place, 0o444)
    os.chmod(shared, 0o555)  # noqa: S103 - for another user of the test
    user = STRANGER if os.getuid() == 0 else None
    assert "make the file and its folder writable" in _elsewhere("run(place, fleet([3]), 2)", place, user=user)


def _elsewhere(code: str, place: str, user: int | None = None) -> str:
    """Run code in a process of its own and return what it printed, or the StoreError it ended with.

    It becomes another user after everything is imported: the interpreter may lie where only root can read.
    """
    become = f"os.setgroups([]); os.setgid({user}); os.setuid({user})" if user else ""
    program = (
        "import os, tempfile\nfrom tests.unit.history.nights import *\nfrom depscan.errors import StoreError\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    run(folder + '/x.db', fleet([1])); dump(folder + '/x.db'); damage(folder + '/x.db')\n"
        f"{become}\nplace = {place!r}\ntry:\n" + "".join(f"    {line}\n" for line in code.splitlines()) +
        "except StoreError as error:\n    print(error)\n"
    )  # fmt: skip
    argv = [sys.executable, "-B", "-c", program]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert not done.stderr
    return done.stdout


def test_the_account_of_a_night_does_not_unpack_more_than_a_reading_may_have(tmp_path: Path) -> None:
    place = str(tmp_path / "x.db")
    run(place, fleet([1]))
    with Store.open(place, write=True) as store:
        bomb = zlib.compress(b" " * (LIMIT + 1) + b"{}")
        with store.database.transaction():
            store.database.many("UPDATE reading SET more = ?", [(bomb,)])
        with pytest.raises(StoreError, match="reading 1 is damaged"):
            list(brief.readings(store.database, 1))
