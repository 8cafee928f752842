"""Packed arrays come back as they were, and damaged ones are errors."""

from __future__ import annotations

import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from depscan.history.pack import deflated, inflated, packed, unpacked

numbers = some.lists(some.integers(0, 2**31 - 1) | some.integers(0, 300))


@given(numbers)
def test_numbers_come_back(held: list[int]) -> None:
    assert list(unpacked(packed(held))) == held
    assert list(unpacked(packed(held + held, 2))) == held + held


@given(numbers, some.integers(0, 10_000), some.integers(0, 255))
def test_damaged_arrays_are_errors_or_other_numbers(held: list[int], at: int, byte: int) -> None:
    data = bytearray(packed(held))
    data[at % len(data)] = byte
    for damaged in (bytes(data), bytes(data[: at % len(data)])):
        with suppress(ValueError):
            unpacked(damaged)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1",
        b"\3" + zlib.compress(b"1234"),
        b"\1" + zlib.compress(b"123"),
        b"\2" + zlib.compress(b"1234"),
        packed([1]) + b"x",
        b"\1" + zlib.compress(b"\1\0\0\0"),
        b"\1" + zlib.compress(b"\xfe\xff\xff\xff" * 9),
    ],
)
def test_what_is_no_array_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpacked(data)


def test_texts_are_unpacked_within_a_budget() -> None:
    data = deflated("a" * 100)
    assert inflated(data, 100) == b"a" * 100
    with pytest.raises(ValueError, match="more than may be unpacked"):
        inflated(data, 99)
    with pytest.raises(ValueError, match="cut off"):
        inflated(data[:-1])
