"""Reading a few bytes of a large file on a server: few requests, each block once, and never other bytes."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.artifacts.open import open_source
from depscan.errors import HashMismatch, RegistryError
from depscan.registry.ranged import BLOCK, TAIL
from depscan.registry.registry import Registry, Source
from depscan.registry.stream import SourceStream
from tests.unit.registry.loopback import Loopback
from tests.unit.registry.wheels import metadata_of, registry, sparse_wheel, wheel

FILE = "/files/alpha-1.0-py3-none-any.whl"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Loopback]:
    folder = tmp_path / "archives"
    folder.mkdir()
    noise = random.Random(1)
    wheel(str(folder), "alpha", files={f"alpha/{i}.bin": noise.randbytes(BLOCK + i) for i in range(20)})
    wheel(str(folder), "small")
    with Loopback(str(folder)) as made:
        yield made


def open_(client: Registry, name: str = "alpha") -> Source:
    return client.source(client.project("PyPI", name).files[0])


def test_any_piece_equals_that_of_the_file(index: Loopback, tmp_path: Path) -> None:
    data = (Path(index.folder) / os.path.basename(FILE)).read_bytes()
    dice = random.Random(2)
    with registry(index.url, tmp_path / "cache") as client:
        source = open_(client)
        assert (source.size, source.checked) == (len(data), False)
        for _ in range(60):
            start, length = dice.randrange(-5, len(data) + 5), dice.choice([0, 1, 100, BLOCK, 5 * BLOCK, len(data)])
            assert source.at(start, length) == (data[start : start + length] if start >= 0 else b"")
        assert source.at(0, len(data)) == data
        assert client.received < len(data) + (1 << 17)


def test_the_end_comes_with_one_request_and_is_kept(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        source = open_(client)
        source.at(source.size - 100, 100)
        source.at(source.size - TAIL, TAIL)
    assert [(one.headers["range"], one.status) for one in index.asked(FILE)] == [(f"bytes=-{TAIL}", 206)]


def test_a_small_file_comes_with_one_request(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        artifact = open_source(open_(client, "small"), "small-1.0-py3-none-any.whl")
    assert (artifact.package, artifact.version, artifact.oddities) == ("small", "1.0", ())
    assert len(index.asked("/files/small")) == 1


def test_reading_on_asks_for_more_at_once(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        source = open_(client)
        for at in range(0, source.size, BLOCK):
            source.at(at, BLOCK)
    assert len(index.asked(FILE)) <= 7


def test_blocks_stay_for_the_next_run(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        first = open_(client).at(5 * BLOCK, 10)
    seen = len(index.asked(FILE))
    with registry(index.url, tmp_path / "cache", offline=True) as client:
        source = open_(client)
        assert source.at(5 * BLOCK, 10) == first
        with pytest.raises(RegistryError, match="offline"):
            source.at(12 * BLOCK, 10)
    assert len(index.asked(FILE)) == seen


def test_a_wheel_of_2_gb_costs_under_1_mb(tmp_path: Path) -> None:
    path = sparse_wheel(str(tmp_path), "huge", 2_000_000_000)
    name = os.path.basename(path)
    with Loopback(str(tmp_path), hashes={name: "a" * 64}) as index:
        with registry(index.url, tmp_path / "cache") as client:
            artifact = open_source(open_(client, "huge"), name)
            texts = {m.path: m.read() for m in artifact.members if m.path.endswith((".py", "METADATA"))}
            assert client.received < 1_000_000
        asked = index.asked("/files/")
    assert os.path.getsize(path) > 2_000_000_000
    assert texts["huge-1.0.dist-info/METADATA"] == metadata_of("huge", "1.0", ("numpy>=2",))
    assert texts["huge/__init__.py"] == b"from . import _C\n"
    assert artifact.package == "huge"
    assert [o for o in artifact.oddities if o.kind == "broken"] == []
    assert len(asked) <= 3


@pytest.mark.parametrize("mode", ["no-ranges", "wrong-range"])
def test_a_server_without_proper_ranges_gives_the_whole_file_once(mode: str, index: Loopback, tmp_path: Path) -> None:
    data = (Path(index.folder) / os.path.basename(FILE)).read_bytes()
    index.mode[FILE] = mode
    with registry(index.url, tmp_path / "cache") as client:
        source = open_(client)
        assert source.checked
        assert source.at(0, source.size) == data
        assert open_(client).at(10, 10) == data[10:20]
    assert len(index.asked(FILE)) == (1 if mode == "no-ranges" else 2)


@pytest.mark.parametrize("mode", ["no-ranges", "wrong-range"])
def test_a_server_that_stops_serving_ranges_gives_the_whole_file(mode: str, index: Loopback, tmp_path: Path) -> None:
    data = (Path(index.folder) / os.path.basename(FILE)).read_bytes()
    with registry(index.url, tmp_path / "cache") as client:
        source = open_(client)
        first = source.at(0, 10)
        index.mode[FILE] = mode
        assert source.at(8 * BLOCK, 20) == data[8 * BLOCK : 8 * BLOCK + 20]
        assert (first, source.checked) == (data[:10], True)


def test_ranges_of_other_bytes_than_the_file_has_are_told(index: Loopback, tmp_path: Path) -> None:
    path = Path(index.folder) / os.path.basename(FILE)
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "alpha").files[0]
        data = path.read_bytes()
        path.write_bytes(b"?" * 100 + data[100:])
        source = client.source(file)
        source.at(0, 10)
        path.write_bytes(data)
        index.mode[FILE] = "no-ranges"
        with pytest.raises(RegistryError, match="not those of the file"):
            source.at(8 * BLOCK, 20)


def test_a_whole_file_of_another_hash_is_refused_when_ranges_are_not_served(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "alpha").files[0]._replace(hashes=(("sha256", "0" * 64),))
        index.mode[FILE] = "no-ranges"
        with pytest.raises(HashMismatch):
            client.source(file)


def test_a_file_of_another_size_than_the_index_states_is_refused(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "alpha").files[0]._replace(size=700_000)
        with pytest.raises(RegistryError, match="the index says 700000"):
            client.source(file)


def test_a_lock_that_allows_another_file_stops_range_reads(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "alpha").files[0]
        with pytest.raises(HashMismatch):
            client.source(file, [("sha256", "1" * 64)])
    assert index.asked(FILE) == []


def test_metadata_of_a_wheel_with_many_members_costs_one_or_two_requests(tmp_path: Path) -> None:
    noise = random.Random(4)
    wheel(str(tmp_path), "many", files={f"many/{i}.py": noise.randbytes(4000) for i in range(1200)})
    with Loopback(str(tmp_path)) as index, registry(index.url, tmp_path / "cache") as client:
        source = open_(client, "many")
        before = client.received - TAIL
        with zipfile.ZipFile(io.BufferedReader(SourceStream(source))) as archive:
            assert archive.read("many-1.0.dist-info/METADATA") == metadata_of("many", "1.0")
        assert client.received - before < source.size / 20
    assert len(index.asked("/files/")) == 2


def test_what_has_no_directory_or_is_small_comes_whole_and_checked(index: Loopback, tmp_path: Path) -> None:
    (Path(index.folder) / "packed-1.0.tar.gz").write_bytes(random.Random(6).randbytes(300_000))
    with registry(index.url, tmp_path / "cache") as client:
        for name in ("packed", "small"):
            source = open_(client, name)
            assert source.checked
            source.at(source.size - 10, 10)
            source.at(0, 10)
    assert [one.headers.get("range") for one in index.asked("/files/")] == [None, None]


def test_a_whole_file_without_any_hash_is_not_called_checked(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "small").files[0]._replace(hashes=())
        assert client.source(file).checked is False


def test_a_file_without_hash_comes_once_where_ranges_are_not_served(index: Loopback, tmp_path: Path) -> None:
    index.mode[FILE] = "no-ranges"
    with registry(index.url, tmp_path / "cache") as client:
        source = client.source(client.project("PyPI", "alpha").files[0]._replace(hashes=()))
        assert (source.checked, source.at(0, 2)) == (False, b"PK")
    assert len(index.asked(FILE)) == 1
