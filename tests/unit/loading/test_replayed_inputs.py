"""Inputs that once hung, raised or took long (tests/bench/model_mutations.py), made small by code."""

from __future__ import annotations

import struct
import time
import zlib

import pytest

from depscan.facts.engine import inspect_data
from tests.unit.loading.pickled import SYSTEM

_SECONDS = 2.0


def short_member(name: str, data: bytes, claimed: int) -> bytes:
    """Return a zip archive with one packed member that unpacks to less than both headers claim."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    path = name.encode()
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, zlib.crc32(data), len(packed), claimed) + struct.pack(
        "<H", len(path)
    )
    local = b"PK\3\4" + fields + b"\0\0" + path + packed
    central = b"PK\1\2\x14\0" + fields + struct.pack("<HHHHII", 0, 0, 0, 0, 0, 0) + path
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


@pytest.mark.parametrize("claimed", [300, 5000, 1 << 20, 1 << 31])
@pytest.mark.parametrize("name", ["archive/data.pkl", "model.pkl"])
def test_a_member_that_unpacks_to_less_than_claimed_ends_there(name: str, claimed: int) -> None:
    data = short_member(name, b"\x80\x04" + b"N0" * 60, claimed)
    began = time.process_time()
    result = inspect_data(data, "model.pt")
    assert time.process_time() - began < _SECONDS
    assert {model.verdict for model in result.models} & {"hostile", "incomplete"}


def test_a_call_at_the_end_of_such_a_member_is_found() -> None:
    data = short_member("archive/data.pkl", b"\x80\x04" + b"N0" * 60 + SYSTEM + b".", 5000)
    steps = [step for model in inspect_data(data, "model.pt").models for step in model.program]
    assert "posix.system('true')" in {step[1] for step in steps}
