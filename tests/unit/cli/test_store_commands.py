"""depscan history verify, prune, dump and depscan merge: what they print and the exit codes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from depscan.cli._main import main
from tests.unit.history.nights import dump, fleet, run


@pytest.fixture
def place(tmp_path: Path) -> str:
    run(f"{tmp_path}/x.db", fleet([1, 2]))
    run(f"{tmp_path}/x.db", fleet([1, 3]), 2)
    return f"{tmp_path}/x.db"


def test_verify_says_that_a_store_is_whole(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "verify", "--store", place]) == 0
    assert capsys.readouterr().out.startswith("whole: 2 nights, 2 repositories, 3 readings, 6 graphs, ")


def test_verify_names_faults_harmlessly_and_counts_the_rest(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(place)) as link:
        link.executemany("INSERT INTO package_finding VALUES (?, 1, 7, NULL)", [(n,) for n in range(1000, 1200)])
        link.execute("UPDATE graph SET digest = '\x1b[31m' WHERE id = 1")
        link.commit()
    assert main(["history", "verify", "--store", place]) == 4
    out = capsys.readouterr().out
    assert "package_finding: 200 rows refer to a package that is not there, such as 1000" in out
    assert "\x1b" not in out
    assert "and 102 more\ndamaged: 202 faults" in out


def test_verify_of_what_is_no_store_is_incomplete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("x" * 5000, "utf-8")
    assert main(["history", "verify", "--store", f"{tmp_path}/x"]) == 4
    assert main(["history", "verify", "--store", f"{tmp_path}/y"]) == 4
    assert capsys.readouterr().err.count("depscan: error: ") == 2


def test_dump_writes_lines_to_a_file_or_out(
    place: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["history", "dump", "--store", place]) == 0
    told = capsysbinary.readouterr().out
    assert told.decode() == dump(place) + "\n"
    assert main(["history", "dump", "--store", place, "-o", f"{tmp_path}/out"]) == 0
    assert (tmp_path / "out").read_bytes() == told
    assert main(["history", "dump", "--store", place, "-o", f"{tmp_path}/none/out"]) == 2


def test_a_reader_of_a_dump_that_goes_away_changes_nothing(tmp_path: Path) -> None:
    place = f"{tmp_path}/many.db"
    run(place, fleet(list(range(1, 400))))
    assert len(dump(place)) > 200_000  # more than a pipe holds
    words = [sys.executable, "-m", "depscan", "history", "dump", "--store", place]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stderr is not None
        reader.stdout.read(10)
        reader.stdout.close()
        assert reader.stderr.read() == b""
        assert reader.wait() == 0


def test_one_of_a_thing_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(f"{tmp_path}/x.db", fleet([1]))
    assert main(["history", "verify", "--store", f"{tmp_path}/x.db"]) == 0
    assert capsys.readouterr().out.startswith("whole: 1 night, 1 repository, 1 reading, ")


def test_dump_into_a_pipe_leaves_it_one(place: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        try:
            assert main(["history", "dump", "--store", place, "-o", str(pipe)]) == 0
            assert pipe.is_fifo()
            assert reader.stdout is not None
            assert reader.stdout.read().decode() == dump(place) + "\n"
        finally:
            reader.kill()


def test_prune_says_what_goes(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = dump(place)
    assert main(["history", "prune", "--nights", "1", "--dry-run", "--store", place]) == 0
    assert capsys.readouterr().out.startswith("would go: 1 states, 0 findings of packages\n")
    assert dump(place) == before
    assert main(["history", "prune", "--keep", "0", "--store", place]) == 2
    assert main(["history", "prune", "--keep", "1", "--store", place]) == 0
    assert "gone: 0 states" in capsys.readouterr().out
    assert main(["history", "prune", "--nights", "1", "--store", place]) == 0
    assert "the first night that can still be asked about: 2" in capsys.readouterr().out
    assert main(["history", "verify", "--store", place]) == 0


def test_prune_of_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    assert main(["history", "prune", "--nights", "1", "--store", f"{tmp_path}/y.db"]) == 4
    assert not list(tmp_path.iterdir())


def test_merge_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(f"{tmp_path}/a.db", {"a": 1})
    run(f"{tmp_path}/b.db", {"b": 2})
    output = f"{tmp_path}/out.db"
    assert main(["merge", f"{tmp_path}/a.db", f"{tmp_path}/b.db", "-o", output]) == 0
    assert capsys.readouterr().out == "night 1: 2 repositories of 2 shards\n"
    assert main(["merge", f"{tmp_path}/a.db", "-o", f"{tmp_path}/one.db"]) == 0
    assert capsys.readouterr().out == "night 1: 1 repository of 1 shard\n"
    assert main(["merge", f"{tmp_path}/a.db", f"{tmp_path}/c.db", "-o", output]) == 4
    assert main(["merge", f"{tmp_path}/a.db", f"{tmp_path}/a.db", "-o", output]) == 2
