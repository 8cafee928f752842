"""Files of several pickles, with rubbish, raw numbers or other files between and behind them."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile

import pytest

from depscan.loading.file import file_of
from depscan.loading.route import format_of, read_file
from depscan.loading.steps import Budget, Meter
from tests.unit.loading.pickled import SYSTEM, read_bytes, steps_of, worst_of

CALL = b"\x80\x04" + SYSTEM + b"."
DATA = pickle.dumps({"a": 1})
MAGIC = 0x1950A86A20F9469CFC6C


def _legacy(storages: bytes, *, count: int = 3, tail: bytes = b"") -> bytes:
    """Return a file as torch wrote it before version 1.6: one storage of three 32-bit numbers."""
    ident = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x007X\x03\x00\x00\x00cpuK%cNtQ." % count
    parts = [pickle.dumps(value, 2) for value in (MAGIC, 1001, {"little_endian": True})]
    return b"".join([*parts, b"\x80\x02" + ident, pickle.dumps(["7"], 2), storages, tail])


@pytest.mark.parametrize("between", [b"", b"\x00" * 50, b"rubbish", bytes(range(256))])
def test_a_second_pickle_is_read(between: bytes) -> None:
    assert worst_of(DATA + between + CALL) in {"hostile", "incomplete"}
    assert steps_of(DATA + between + CALL)


def test_a_pickle_of_protocol_0_behind_another_is_read() -> None:
    assert steps_of(DATA + b"cos\nsystem\n(S'true'\ntR.")


def test_a_pickle_behind_damage_is_read() -> None:
    assert steps_of(b"\x80\x04\xff\xff" + b"?" * 100 + CALL)


def test_raw_numbers_behind_a_pickle_are_no_pickle() -> None:
    import random

    noise = random.Random(7).randbytes(300_000)
    report = read_bytes(DATA + noise)
    assert steps_of(DATA + noise) == []
    assert [step.slug for step in report.steps] == ["trailing"]
    assert report.gaps == []


def test_zeros_behind_a_pickle_are_filling() -> None:
    assert read_bytes(DATA + bytes(100)).steps == []


def test_a_zip_archive_behind_a_pickle_is_two_files_in_one() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/data.pkl", DATA)
    assert {step.slug for step in steps_of(DATA + packed.getvalue())} == {"polyglot"}


def test_raw_storages_of_legacy_torch_files_are_skipped() -> None:
    report = read_bytes(_legacy(struct.pack("<q3f", 3, 1, 2, 3)))
    assert (report.verdict, report.gaps) == ("known constructors", [])
    assert {step.verdict for step in report.steps} == {"known"}


def test_raw_storages_that_look_like_a_pickle_are_still_numbers() -> None:
    assert steps_of(_legacy(struct.pack("<q", 3) + (CALL + bytes(12))[:12])) == []


def test_a_pickle_behind_the_raw_storages_is_read() -> None:
    assert steps_of(_legacy(struct.pack("<q3f", 3, 1, 2, 3), tail=CALL))


def test_storages_that_are_cut_off_are_incomplete() -> None:
    assert read_bytes(_legacy(struct.pack("<q2f", 3, 1, 2))).verdict == "incomplete"


def test_a_storage_of_another_length_is_odd() -> None:
    assert "storage" in {step.slug for step in read_bytes(_legacy(struct.pack("<q3f", 2, 1, 2, 3))).steps}


@pytest.mark.parametrize("cut", [1, 5, 9, -1])
def test_a_file_that_is_cut_off_is_incomplete(cut: int) -> None:
    data = pickle.dumps({"a": [1, 2, 3], "b": "text"})
    assert read_bytes(data[:cut]).verdict == "incomplete"


def test_a_frame_beyond_the_end_is_odd() -> None:
    data = b"\x80\x04\x95" + struct.pack("<Q", 100) + b"N."
    assert [step.slug for step in read_bytes(data).steps] == ["frame"]


def test_a_frame_shorter_than_its_opcodes_hides_nothing() -> None:
    assert worst_of(b"\x80\x04\x95" + struct.pack("<Q", 2) + SYSTEM + b".") == "hostile"


def test_the_budget_of_opcodes_is_a_gap() -> None:
    report = read_bytes(pickle.dumps(list(range(100_000))), Meter(Budget(opcodes=20_000)))
    assert report.verdict == "incomplete"
    assert "budget" in report.gaps[0]


@pytest.mark.parametrize(
    "data",
    [DATA, CALL, b"cos\nsystem\n(S'true'\ntR.", b"(lp0\nI1\na.", pickle.dumps([1.5] * 10_000, 0), CALL[:-1],
     b"\x80\x04\x8e" + b"\xff" * 8, b"\x80\x04\x8c\x02os\x8c\x06system\x93\xff"],
)  # fmt: skip
def test_a_pickle_is_known_by_its_content_whatever_its_name(data: bytes) -> None:
    found = format_of(file_of(data, "x.weights"))
    assert found is not None
    assert found.title == "pickle"


@pytest.mark.parametrize(
    "data",
    [b"", b"class Foo:\n    pass\n", b"import os\n", b"N. Bourbaki\n", b"{}", b"[1, 2]\n", b"(a)\n(b)\n", b"I think.\n",
     b"\x80\x02\xff\xff", b"call\nme\nlater\n", b"MIT License\n\nCopyright (c) 2020\n", b"# text\n", b"Version 1.\n",
     b"J. R. R. Tolkien wrote this.\n", b"\x80"],
)  # fmt: skip
def test_other_files_are_no_pickles(data: bytes) -> None:
    found = format_of(file_of(data, "x.txt"))
    assert found is None or found.title != "pickle"


def test_a_file_named_pickle_that_holds_one_somewhere_is_read() -> None:
    report = read_file(file_of(b"rubbish!" + CALL, "x.pkl"))
    assert report is not None
    assert report.verdict == "hostile"


def test_a_file_named_pickle_that_holds_none_is_incomplete() -> None:
    report = read_file(file_of(b"rubbish! and nothing else", "x.pkl"))
    assert report is not None
    assert report.verdict == "incomplete"


def test_a_packed_file_named_pickle_is_left_to_those_who_unpack() -> None:
    import zlib

    report = read_file(file_of(zlib.compress(CALL), "x.joblib"))
    assert report is not None
    assert (report.format, report.steps, report.gaps) == ("packed pickle", [], [])
