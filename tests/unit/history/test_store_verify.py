"""Damage of every kind is told where it is, and whatever bytes are flipped, nothing but a sentence comes out."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from depscan.errors import StoreError
from depscan.history.forest import fault_of
from depscan.history.pack import deflated, packed
from depscan.history.store import Store
from tests.unit.history.nights import damage, fleet, run


@pytest.fixture
def place(tmp_path: Path) -> str:
    run(f"{tmp_path}/x.db", fleet([1, 2, 3]))
    run(f"{tmp_path}/x.db", fleet([1, 2, 4]), 2, "jj")
    return f"{tmp_path}/x.db"


@pytest.mark.parametrize(
    ("statement", "values", "told"),
    [
        ("DELETE FROM package WHERE id = 3", (), "refer to a package that is not there, such as 3"),
        ("DELETE FROM reading WHERE id = 1", (), "refer to a reading that is not there, such as 1"),
        ("DELETE FROM graph WHERE id = 1", (), "refer to a graph that is not there, such as 1"),
        ("DELETE FROM repository WHERE id = 1", (), "refer to a repository that is not there"),
        ("DELETE FROM finding WHERE id = 1", (), "refer to a finding that is not there"),
        ("DELETE FROM night WHERE id = 1", (), "night 1 should come here"),
        ("UPDATE night SET more = '[' WHERE id = 1", (), "its JSON is damaged"),
        ("UPDATE repository SET tags = '{}'", (), "its tags are damaged"),
        ("UPDATE state SET last = NULL WHERE last = 1", (), "overlaps what was there"),
        ("UPDATE state SET last = 9 WHERE repository = 1", (), "holds from night 1 to 9, of 2"),
        ("UPDATE state SET first = 2, last = 1 WHERE repository = 1", (), "holds from night 2 to 1"),
        ("UPDATE package_finding SET first = 0", (), "holds from night 0"),
        (
            "INSERT INTO package_finding SELECT package, finding, 1, NULL FROM package_finding WHERE first = 2",
            (),
            "overlaps",
        ),
        ("UPDATE graph SET nodes = ?", (packed([1]),), "1 nodes"),
        ("UPDATE graph SET up = x'00'", (), "its arrays are damaged"),
        ("UPDATE graph SET digest = 'x' WHERE id = 2", (), "its digest is not that of what it says"),
        ("UPDATE package SET purl = 'x' WHERE id = 1", (), "its digest is not that of what it says"),
        ("DELETE FROM node WHERE graph = 1 AND package = 1", (), "the index of packages"),
        ("UPDATE node SET package = 31 WHERE graph = 2 AND package = 1", (), "the index of packages"),
        ("UPDATE reading SET more = x'00'", (), "what it says is damaged"),
        ("UPDATE reading SET more = ?", (deflated("[]"),), "what it says is damaged"),
        ("UPDATE reading SET more = ?", (deflated('{"gaps":[],"census":[],"uses":[[999,"","","",[]]]}'),), "1 uses"),
        ("UPDATE reading SET more = ?", (deflated("[" * 99999),), "what it says is damaged"),
        ("UPDATE finding SET more = '[]'", (), "its digest is not that of what it says"),
        ("UPDATE finding SET severity = 0", (), "its columns do not say what its JSON says"),
        ("UPDATE finding SET subject = x'00'", (), "table finding: "),
        ("UPDATE night SET started = 1.5", (), ""),
        ("UPDATE state SET first = 'x' WHERE repository = 1", (), "table state: 1 rows hold values of a wrong type"),
    ],
)
def test_damage_is_told_with_its_place(place: str, statement: str, values: tuple[object, ...], told: str) -> None:
    with closing(sqlite3.connect(place)) as link:
        link.execute("PRAGMA foreign_keys = OFF")
        link.execute(statement, values)
        link.commit()
    found = damage(place)
    assert [f for f in found if told in f.what] if told else not found
    assert all(f.where for f in found)


@pytest.mark.parametrize(
    ("nodes", "up", "edges", "told"),
    [
        ([1, 2, 3], [0, 0, 1], [0, 1, 1, 2], ""),
        ([], [], [], ""),
        ([1, 2], [0, 1], [0, 1], ""),
        ([1, 2], [0], [], "2 nodes, 1 ways up"),
        ([1, 1], [0, 0], [0, 1], "twice"),
        ([1, 2], [0, 2], [0, 1], "a way up leads out"),
        ([1, 2], [0, 0], [0, 2], "an edge leads out"),
        ([1, 2], [0, 0], [], "no root leads to node 1"),
        ([1, 2], [1, 0], [0, 1, 1, 0], "no root leads to node 0"),
        ([1, 2, 3], [0, 0, 1], [0, 1, 1, 2, 0, 2], "the way up from node 2 is no shortest path"),
        ([1, 2, 3], [0, 0, 0], [0, 1, 1, 2], "the way up from node 2"),
    ],
)
def test_ways_up_have_to_be_shortest_paths(nodes: list[int], up: list[int], edges: list[int], told: str) -> None:
    why = fault_of(nodes, up, edges)
    assert (told in why) if told else not why


def _whole_or_told(place: str) -> str:
    try:
        found = damage(place)
    except StoreError as error:
        return str(error)
    return found[0].what if found else ""


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bytes_end_in_a_sentence(place: str, tmp_path: Path, seed: int) -> None:
    own = random.Random(seed)
    whole = Path(place).read_bytes()
    told = 0
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(own.choice([1, 1, 8, 64])):
            data[own.randrange(own.choice([100, 4096, len(data)]))] = own.randrange(256)
        told += _fuzzed(tmp_path, bytes(data))
    assert told > 10


def test_cut_off_files_end_in_a_sentence(place: str, tmp_path: Path) -> None:
    own = random.Random(9)
    whole = Path(place).read_bytes()
    told = sum(_fuzzed(tmp_path, whole[: own.randrange(1, len(whole))]) for _ in range(40))
    assert told == 40
    for page in range(0, len(whole), 4096):
        assert _fuzzed(tmp_path, whole[:page] + bytes(4096) + whole[page + 4096 :])


def _fuzzed(folder: Path, data: bytes) -> bool:
    """Return whether something was told of a file; opening it for writing must end as well."""
    (folder / "fuzzed.db").write_bytes(data)
    told = _whole_or_told(f"{folder}/fuzzed.db")
    try:
        run(f"{folder}/fuzzed.db", fleet([1, 5]), 3)
    except StoreError as error:
        assert str(error)
    for beside in ("", "-wal", "-shm"):
        if os.path.exists(f"{folder}/fuzzed.db{beside}"):
            os.unlink(f"{folder}/fuzzed.db{beside}")
    return bool(told)


def test_a_whole_store_has_no_fault(place: str) -> None:
    assert not damage(place)
    with Store.open(place) as store:
        assert list(store.database.damage()) == []
