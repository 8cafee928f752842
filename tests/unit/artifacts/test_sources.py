"""Random access to members: nothing large is read into memory, and what is missing is told."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import struct
import tarfile
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from depscan.artifacts.artifact import Artifact, Budget, Member
from depscan.artifacts.ledger import Ledger
from depscan.artifacts.magic import sniff
from depscan.artifacts.members import source_of, unpacking
from depscan.artifacts.open import oddities_of, open_artifact, open_bytes
from depscan.artifacts.source import cut
from tests.unit.artifacts.builders import tar_of, zip_of, zip_pairs

HUGE = 4 << 30
PICKLE = b"\x80\x04]\x94."


def member(artifact: Artifact, path: str) -> Member:
    return next(m for m in artifact.members if m.path == path)


def sparse(path: Path, start: bytes, size: int = HUGE) -> str:
    try:
        with path.open("wb") as stream:
            stream.write(start)
            stream.truncate(size)
    except OSError:
        pytest.skip("the file system holds no sparse files of 4 GiB")
    if path.stat().st_blocks * 512 > 1 << 20:
        pytest.skip("the file system has no sparse files")
    return str(path)


@pytest.mark.parametrize("start", [PICKLE, b"GGUF\3\0\0\0", struct.pack("<Q", 2) + b"{}"])
def test_a_file_of_4_gib_is_opened_without_reading_it(tmp_path: Path, start: bytes) -> None:
    path = sparse(tmp_path / "big.bin", start)
    tracemalloc.start()
    before = time.process_time()
    artifact = open_artifact(path)
    source = source_of(artifact.members[0])
    assert (source.size, source.at(0, len(start)), source.at(HUGE - 3, 9)) == (HUGE, start, bytes(3))
    assert time.process_time() - before < 1
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()
    assert oddities_of(artifact) == ()


def big_zip(path: Path, size: int = HUGE) -> str:
    """Write a zip64 archive with a stored member of zeros, whose checksum is not right but stated alike twice."""
    name, last = b"archive/data/0", b"archive/data.pkl"
    wide = struct.pack("<HHQQ", 1, 16, size, size)
    most = 0xFFFFFFFF
    local = struct.pack("<4s2B4HL2L2H", b"PK\3\4", 45, 0, 0, 0, 0, 33, 7, most, most, len(name), len(wide))
    start = sparse(path, local + name + wide, len(local + name + wide) + size)
    with path.open("r+b") as stream:
        at = stream.seek(0, io.SEEK_END)
        crc = zlib.crc32(PICKLE)
        sizes = (crc, len(PICKLE), len(PICKLE))
        stream.write(struct.pack("<4s2B4HL2L2H", b"PK\3\4", 20, 0, 0, 0, 0, 33, *sizes, len(last), 0) + last + PICKLE)
        directory = stream.tell()
        row = "<4s4B4HL2L5H2L"
        stream.write(
            struct.pack(row, b"PK\1\2", 45, 3, 45, 0, 0, 0, 0, 33, 7, most, most, len(name), 20, 0, 0, 0, 0, 0)
        )
        stream.write(name + wide)
        offset = struct.pack("<HHQ", 1, 8, at)
        stream.write(struct.pack(row, b"PK\1\2", 45, 3, 45, 0, 0, 0, 0, 33, *sizes, len(last), 12, 0, 0, 0, 0, most))
        stream.write(last + offset)
        end = stream.tell()
        stream.write(struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, end - directory, directory))
        stream.write(struct.pack("<4sLQL", b"PK\6\7", 0, end, 1))
        stream.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2, 2, end - directory, most, 0))
    return start


def test_a_torch_archive_past_4_gib_is_sound_and_costs_no_memory(tmp_path: Path) -> None:
    path = big_zip(tmp_path / "big.pt")
    tracemalloc.start()
    before = time.process_time()
    artifact = open_artifact(path)
    assert source_of(member(artifact, "data.pkl")).at(0, 99) == PICKLE
    assert source_of(member(artifact, "data/0")).at(HUGE - 3, 9) == bytes(3)
    assert time.process_time() - before < 1
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()
    assert oddities_of(artifact) == ()


@pytest.mark.parametrize("stored", [True, False])
def test_a_member_of_a_zip_is_reached_where_it_stands_or_unpacked(stored: bool) -> None:  # noqa: FBT001
    data = os.urandom(3 << 20)
    source = source_of(open_bytes(zip_of({"a.bin": data}, stored=stored), "a.zip").members[0])
    assert source.size == len(data)
    assert source.at(2 << 20, 5000) == data[2 << 20 :][:5000]
    assert source.at(10, 5) == data[10:15]
    assert source.at(len(data), 5) == source.at(-1, 5) == b""
    assert cut(source) == ""


@pytest.mark.parametrize(
    ("pack", "kind"),
    [(gzip.compress, "gzip"), (bz2.compress, "bzip2"), (lzma.compress, "xz"), (zlib.compress, "zlib"),
     (lambda data: lzma.compress(data, lzma.FORMAT_ALONE), "lzma-alone")],
)  # fmt: skip
def test_a_compressed_pickle_is_unpacked_by_content(pack: object, kind: str) -> None:
    data = PICKLE + bytes(range(256)) * 40
    packed = pack(data)  # type: ignore[operator]
    assert sniff(packed[:512]) == kind
    artifact = open_bytes(packed, "model.joblib")
    assert [(m.path, m.size, m.read()) for m in artifact.members] == [("model.joblib", len(data), data)]
    assert source_of(artifact.members[0]).at(0, len(data)) == data
    assert oddities_of(artifact) == ()


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_every_level_of_zlib_is_known_by_content(level: int) -> None:
    for protocol in (b"\x80\x02}q\0.", b"\x80\x05}\x94.", b"(dp0\n.", b"}q\0U\1aq\1K\1s.", b"N."):
        assert sniff(zlib.compress(protocol, level)) == "zlib"


def test_the_streams_that_joblib_wrote_before_2016_are_unpacked() -> None:
    artifact = open_bytes(b"ZF" + hex(len(PICKLE)).encode().ljust(19) + zlib.compress(PICKLE), "old.pkl")
    assert [(m.path, m.read()) for m in artifact.members] == [("old.pkl", PICKLE)]


def test_random_bytes_behind_the_mark_of_a_stream_are_none() -> None:
    marks = (
        b"\x78\x01",
        b"\x78\x5e",
        b"\x78\x9c",
        b"\x78\xda",
        b"\x5d\0\0\x80\0" + b"\xff" * 8,
        b"\x5d\0\0\x10\0" + bytes(8),
    )
    noise = random.Random(6)
    for mark in marks:
        assert {sniff(mark + noise.randbytes(600)) for _ in range(500)} == {"binary"}
    assert sniff(b"x^2 + y^2 is a formula, not a stream") == "text"


def test_a_zlib_bomb_is_told_and_its_source_says_that_it_was_cut() -> None:
    bomb = zlib.compress(bytes(64 << 20), 9)
    artifact = open_bytes(bomb, "bomb.joblib", Budget(total=32 << 20))
    assert "ratio" in {o.kind for o in oddities_of(artifact)}
    assert "500 times" in cut(source_of(artifact.members[0]))
    assert source_of(open_bytes(bomb, "b.joblib").members[0]).size < 64 << 20  # nothing in its head says a size


def test_an_array_of_zeros_packs_as_well_as_a_bomb_and_is_read_to_its_end() -> None:
    array = b"\x93NUMPY\x01\x00" + bytes(64 << 20)
    whole = open_bytes(zlib.compress(array, 9), "zeros.joblib")
    assert "ratio" in {o.kind for o in oddities_of(whole)}
    assert (source_of(whole.members[0]).size, cut(source_of(whole.members[0]))) == (len(array), "")


def test_long_packed_data_is_read_forth_and_back_within_a_window() -> None:
    data = b"".join(struct.pack("<Q", n) * 4096 for n in range(2048))
    calls = []

    def make(_: Ledger) -> object:
        calls.append(1)
        return iter([data[at : at + (1 << 18)] for at in range(0, len(data), 1 << 18)])

    source = unpacking(make, Ledger(Budget()), len(data))  # type: ignore[arg-type]
    assert source.at(len(data) - 8, 8) == data[-8:]
    assert source.at(0, 8) == data[:8]
    assert source.at(40 << 20, 16) == data[40 << 20 :][:16]
    assert len(calls) == 2
    assert cut(source) == ""


def test_packed_data_that_ends_early_says_so() -> None:
    packed = zip_of({"a.bin": os.urandom(3 << 20)})
    artifact = open_bytes(packed.replace(b"PK\1\2", b"PK\1\2"), "a.zip")
    whole = source_of(artifact.members[0])
    assert len(whole.at(0, whole.size)) == 3 << 20
    short = open_bytes(gzip.compress(os.urandom(1 << 20))[:-1000], "model.pkl.gz")
    assert "early" in cut(source_of(short.members[0]))


def test_a_file_of_a_folder_is_opened_when_asked_for_and_never_through_a_link(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.bin").write_bytes(bytes([number]) * 100)
    artifact = open_artifact(str(tmp_path))
    sources = [source_of(m) for m in artifact.members]
    assert [s.at(99, 5) for s in sources] == [bytes([n]) for n in range(40)]
    (tmp_path / "00.bin").unlink()
    (tmp_path / "00.bin").symlink_to(tmp_path / "01.bin")
    assert sources[0].at(0, 5) == b""
    assert cut(sources[0])
    gone = source_of(artifact.members[0])
    assert (gone.size, bool(cut(gone))) == (0, True)


def test_a_large_binary_in_a_tar_is_reached_packed_or_not() -> None:
    data = PICKLE + os.urandom(5 << 20)
    for mode in ("w", "w:gz"):
        artifact = open_bytes(tar_of({"a.txt": "a", "model.ckpt": data, "z.txt": "z"}, mode), "m.nemo")
        found = member(artifact, "model.ckpt")
        assert source_of(found).at(4 << 20, 9) == data[4 << 20 :][:9]
        assert member(artifact, "z.txt").read() == b"z"
        assert oddities_of(artifact) == ()


def test_a_large_archive_in_a_tar_is_opened_to_its_end() -> None:
    inner = zip_of({"data.pkl": PICKLE, "data/0": os.urandom(20 << 20), "version": "3"}, stored=True)
    for mode in ("w", "w:gz"):
        artifact = open_bytes(tar_of({"model_weights.ckpt": inner, "model_config.yaml": "a: 1"}, mode), "m.nemo")
        assert member(artifact, "version").container == ("model_weights.ckpt",)
        assert source_of(member(artifact, "data/0")).size == 20 << 20
        assert oddities_of(artifact) == ()


def test_a_large_archive_in_a_folder_is_opened_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(
        zip_pairs([("m/data.pkl", PICKLE), ("m/data/0", os.urandom(20 << 20)), ("m/version", "3")], stored=True)
    )
    artifact = open_artifact(str(tmp_path))
    assert [m.path for m in artifact.members] == ["model.pt", "data.pkl", "data/0", "version"]
    assert oddities_of(artifact) == ()


def test_the_tar_that_torch_wrote_in_2016_is_an_archive_of_pickles() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            info = tarfile.TarInfo(name)
            info.size = len(PICKLE)
            archive.addfile(info, io.BytesIO(PICKLE))
    artifact = open_bytes(stream.getvalue(), "old.pt")
    assert [(m.path, m.read()) for m in artifact.members] == [
        (name, PICKLE) for name in ("sys_info", "pickle", "storages", "tensors")
    ]


def test_what_no_reader_here_unpacks_is_told() -> None:
    for start in (b"Rar!\x1a\x07\x01\x00", b"MSCF\0\0\0\0"):
        artifact = open_bytes(start + os.urandom(100), "model.joblib")
        assert {o.kind for o in oddities_of(artifact)} == {"unreadable"}
