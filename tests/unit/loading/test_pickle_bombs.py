"""Streams that cost more than they are: lengths, memo indices, nesting, expansion. None costs us anything."""

from __future__ import annotations

import pickle
import struct
import time

import pytest

from tests.unit.loading.pickled import read_bytes


def _slugs(data: bytes) -> list[str]:
    return [step.slug for step in read_bytes(data).steps if step.verdict == "hostile"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x04\x8e" + struct.pack("<Q", 1 << 60), b"\x80\x04\x8d" + struct.pack("<Q", 1 << 60) + b"xx",
        b"\x80\x05\x96" + struct.pack("<Q", 1 << 60), b"\x80\x02\x8b" + struct.pack("<i", 0x7FFFFFFF) + b".",
        b"\x80\x03B\xff\xff\xff\xff", b"\x80\x02X\xff\xff\xff\x7fa",
        b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b"N.",
        b"\x80\x02}r\xff\xff\xff\x7f.", b"}p2147483647\n.",
    ],
)  # fmt: skip
def test_a_claim_that_no_file_can_keep_is_hostile(data: bytes) -> None:
    assert _slugs(data) == ["claim"]


def test_a_length_past_the_end_of_a_cut_file_is_a_gap() -> None:
    report = read_bytes(pickle.dumps(bytes(5_000_000))[:1_000_000])
    assert (report.verdict, report.steps) == ("incomplete", [])


def test_memo_indices_of_large_files_are_fine() -> None:
    assert read_bytes(pickle.dumps([str(n) for n in range(100_000)], 2)).verdict == "data only"


def test_containers_a_hundred_thousand_deep_are_hostile() -> None:
    assert _slugs(b"\x80\x02N" + b"\x85" * 100_000 + b".") == ["nesting"]
    assert _slugs(b"\x80\x02" + b"]" * 50_000 + b"a" * 49_999 + b".") == ["nesting"]


def test_nesting_of_real_data_is_fine() -> None:
    assert _slugs(b"\x80\x02N" + b"\x85" * 2_000 + b".") == []


def test_lists_that_double_are_hostile_and_never_unfolded() -> None:
    doubled = b"\x80\x04](K\x01K\x01e\x94" + b"".join(b"](h%ch%ce\x94" % (n, n) for n in range(60)) + b"."
    started = time.process_time()
    assert _slugs(doubled) == ["expansion"]
    assert time.process_time() - started < 1


def test_a_bomb_inside_an_object_s_state_is_found() -> None:
    doubled = b"](K\x01K\x01e\x94" + b"".join(b"](h%ch%ce\x94" % (n, n) for n in range(60))
    data = b"\x80\x04\x8c\x05types\x8c\x0fSimpleNamespace\x93)R}\x8c\x01x" + doubled + b"sb."
    assert "expansion" in _slugs(data)


def test_a_list_that_holds_itself_is_fine() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert _slugs(pickle.dumps([loop] * 20)) == []


def test_shared_values_of_real_data_are_fine() -> None:
    shared = [list(range(100))] * 1000
    assert _slugs(pickle.dumps([shared] * 10)) == []


def test_a_large_integer_is_odd() -> None:
    assert [step.slug for step in read_bytes(pickle.dumps(1 << 1_000_000)).steps] == ["integer"]
