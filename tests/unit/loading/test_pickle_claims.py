"""Pickles that claim more than they have, and harmless values that look like gadgets."""

from __future__ import annotations

import collections
import fractions
import functools
import itertools
import operator
import pickle
import struct
import time

import pytest

from depscan.artifacts.source import BytesSource
from depscan.loading.file import File
from depscan.loading.route import read_file
from depscan.loading.steps import Report


def _read(data: bytes) -> Report:
    source = BytesSource(data)
    report = read_file(File("x.pkl", lambda: source, len(data)))
    assert report is not None
    return report


def _text(text: str) -> bytes:
    return b"\x8c" + bytes([len(text)]) + text.encode()


def _name(module: str, name: str) -> bytes:
    return _text(module) + _text(name) + b"\x93"


def _integer(value: int) -> bytes:
    return b"\x8a\x08" + struct.pack("<q", value)


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "a/../b", ""])
@pytest.mark.parametrize("op", [b"\x85R", b"\x85\x81"])
def test_a_time_zone_that_walks_out_is_not_allowed(key: str, op: bytes) -> None:
    assert _read(b"\x80\x04" + _name("zoneinfo", "ZoneInfo") + _text(key) + op + b".").verdict == "foreign code needed"


def test_a_time_zone_by_its_key_is_known() -> None:
    data = b"\x80\x04" + _name("zoneinfo", "ZoneInfo._unpickle") + _text("America/New_York") + b"K\x01\x86R."
    assert _read(data).verdict == "known constructors"


def test_an_empty_array_of_absurd_shape_is_a_bomb() -> None:
    array = _name("numpy", "ndarray") + _integer(1 << 48) + b"\x85"
    made = b"\x80\x04" + _name("numpy.core.multiarray", "_reconstruct") + array + b"C\x01b\x87R."
    assert _read(made).verdict == "hostile"
    assert _read(b"\x80\x04" + array + b"\x85\x81.").verdict == "hostile"


@pytest.mark.parametrize(
    ("key", "count", "size", "stride", "verdict"),
    [
        ("0", 4, 4, 1, "known constructors"),
        ("0", 1, 1000, 0, "known constructors"),
        ("0", 4, 5, 1, "hostile"),
        ("0", 1, 1 << 50, 0, "hostile"),
        ("0", 1 << 58, 4, 1, "hostile"),
        ("../../x", 4, 4, 1, "hostile"),
    ],
)
def test_a_tensor_stays_in_its_storage(key: str, count: int, size: int, stride: int, verdict: str) -> None:
    storage = b"(" + _text("storage") + _name("torch", "FloatStorage") + _text(key) + _text("cpu") + _integer(count)
    view = b"tQK\x00" + _integer(size) + b"\x85" + _integer(stride) + b"\x85\x89" + _name("collections", "OrderedDict")
    data = b"\x80\x04" + _name("torch._utils", "_rebuild_tensor_v2") + b"(" + storage + view + b")RtR."
    assert _read(data).verdict == verdict


@pytest.mark.parametrize(
    "data",
    [
        b"I" + b"9" * 5000 + b"\n.", b"L" + b"9" * 5000 + b"L\n.", b"Np99999999999999999999\n.", b"Pposix.system\n.",
        b"\x80\x63" + _name("posix", "system") + _text("true") + b"\x85R.",
        b'{"a": 1}\n\x80\x04' + _name("posix", "system") + _text("true") + b"\x85R.",
    ],
)  # fmt: skip
def test_constructions_of_no_honest_writer_are_hostile(data: bytes) -> None:
    assert _read(data).verdict == "hostile"


def test_a_ratio_with_a_large_exponent_is_not_allowed() -> None:
    assert _read(pickle.dumps(fractions.Fraction(1, 3))).verdict == "known constructors"
    data = b"\x80\x04" + _name("fractions", "Fraction") + _text("1e999999999") + b"\x85R."
    assert _read(data).verdict == "foreign code needed"


@pytest.mark.parametrize("protocol", range(6))
def test_getters_counters_and_nested_factories_are_known(protocol: int) -> None:
    nested: object = functools.partial(collections.defaultdict, functools.partial(collections.defaultdict, int))
    values: tuple[object, ...] = (operator.attrgetter("a", "b"), itertools.count(3), collections.defaultdict(nested))  # type: ignore[call-overload]
    for value in values:
        assert _read(pickle.dumps(value, protocol)).verdict == "known constructors", value


def test_a_partial_whose_state_says_otherwise_is_no_factory() -> None:
    partial = _name("functools", "partial") + _name("builtins", "list") + b"\x85R"
    state = b"(" + _name("operator", "add") + b")}Nt"
    data = b"\x80\x04" + _name("collections", "defaultdict") + partial + state + b"b\x85R."
    assert _read(data).verdict == "foreign code needed"


def test_private_and_dotted_attributes_are_not_got() -> None:
    for name in ("__class__", "a.b", "_x"):
        data = b"\x80\x04" + _name("operator", "attrgetter") + _text(name) + b"\x85R."
        assert _read(data).verdict in {"foreign code needed", "hostile"}


def test_one_list_passed_again_and_again_takes_no_time() -> None:
    start = time.process_time()
    many = b"](" + b"K\x01" * 90_000 + b"e\x940" + b"h\x00h\x01\x85R0" * 2_000
    data = b"\x80\x04" + _name("uuid", "UUID") + b"\x940" + many + b"N."
    assert _read(data).verdict == "hostile"
    assert time.process_time() - start < 3


def test_many_foreign_steps_are_no_gap() -> None:
    data = b"\x80\x04" + b"".join(_name(f"m{n}", "f") + b")R0" for n in range(3_000)) + b"N."
    assert _read(data).verdict == "foreign code needed"
