"""Pickles in constants, plain, encoded and packed: told when loading them would do harm."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import pickle
import zlib

import pytest

from depscan.loading.steps import Budget, Meter
from tests.unit.loading.pickled import SYSTEM, read_bytes, steps_of

CALL = b"\x80\x04" + SYSTEM + b"."


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "hidden",
    [
        CALL, base64.b64encode(CALL), base64.b64encode(CALL).decode(), CALL.hex(), zlib.compress(CALL),
        bz2.compress(CALL), lzma.compress(CALL), gzip.compress(CALL), base64.b64encode(zlib.compress(CALL)).decode(),
        b"cos\nsystem\n(S'true'\ntR.", "cos\nsystem\n(S'true'\ntR.", pickle.dumps({"inner": CALL}),
        CALL + b"N" * 5000, base64.b64encode(CALL + b"N" * 5000).decode(),
    ],
)  # fmt: skip
def test_a_hostile_pickle_in_a_constant_is_found(hidden: bytes | str, protocol: int) -> None:
    found = [step for step in steps_of(pickle.dumps({"x": hidden}, protocol)) if "system" in step.text]
    assert found
    assert found[0].layer


def test_what_codecs_encode_makes_is_looked_into_when_it_is_loaded() -> None:
    inner = b"ctorch.storage\n_load_from_bytes\n" + pickle.dumps(CALL, 2)[2:-1] + b"\x85R."
    assert "posix.system('true')" in [step.text for step in steps_of(b"\x80\x02" + inner)]


@pytest.mark.parametrize(
    "plain", [b"\x80\x04" + b"\xff" * 50, "gASomething else", "eJust a text", pickle.dumps([1, 2, 3]), "8004 words"]
)
def test_constants_that_do_no_harm_are_not_told(plain: bytes | str) -> None:
    report = read_bytes(pickle.dumps({"x": plain}))
    assert (report.steps, report.gaps) == ([], [])


def test_pickles_in_pickles_end_at_the_budget_of_depth() -> None:
    data = CALL
    for _ in range(30):
        data = pickle.dumps(data)
    read_bytes(data, Meter(Budget(depth=3)))
    assert steps_of(pickle.dumps(pickle.dumps(CALL)))
