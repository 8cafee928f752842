"""Arrays of joblib: their bytes stand in the stream and are skipped by shape and type."""

from __future__ import annotations

import pytest

from depscan.loading.pickle.arrays import item_size
from depscan.loading.pickle.values import Call, Dict, Global
from tests.unit.loading.pickled import SYSTEM, read_bytes, steps_of

_DTYPE = b"\x8c\x05numpy\x8c\x05dtype\x93\x8c\x02%s\x89\x88\x87R"


def _array(shape: bytes, dtype: bytes, raw: bytes, *, padded: bool = True) -> bytes:
    """Return a pickle with one array as joblib writes it."""
    alignment = b"\x8c\x1bnumpy_array_alignment_bytesK\x10" if padded else b""
    return (
        b"\x80\x04\x8c\x13joblib.numpy_pickle\x8c\x11NumpyArrayWrapper\x93)\x81}("
        b"\x8c\x08subclass\x8c\x05numpy\x8c\x07ndarray\x93\x8c\x05shape" + shape + b"\x8c\x05dtype" + _DTYPE % dtype
        + alignment + b"ub" + raw + b"K\x01\x86."
    )  # fmt: skip


def _told(data: bytes) -> list[str]:
    return [step.text for step in steps_of(data) if "NumpyArrayWrapper" not in step.text]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (_array(b"K\x03\x85", b"f8", b"\x02\xff\xff" + b"\xff" * 24), "padded"),
        (_array(b"K\x03\x85", b"f8", b"\xff" * 24, padded=False), "older"),
        (_array(b"K\x02K\x03\x86", b"i2", b"\x00" + b"\xff" * 12), "two dimensions"),
        (_array(b")", b"f4", b"\x00\xff\xff\xff\xff"), "no dimension"),
        (_array(b"K\x00\x85", b"f4", b"\x00"), "empty"),
        (_array(b"K\x02\x85", b"U3", b"\x00" + b"\xff" * 24), "text"),
        (_array(b"K\x03\x85", b"O8", b"\x80\x04](K\x01K\x02e.", padded=False), "objects"),
    ],
)
def test_the_bytes_of_an_array_are_skipped(data: bytes, why: str) -> None:
    report = read_bytes(data)
    assert (report.gaps, _told(data)) == ([], []), why


def test_the_pickle_of_an_object_array_is_loaded_on_the_spot() -> None:
    data = _array(b"K\x01\x85", b"O8", b"\x80\x04" + SYSTEM + b".", padded=False)
    assert "posix.system('true')" in _told(data)


def test_a_call_behind_an_array_is_seen() -> None:
    data = _array(b"K\x03\x85", b"f8", b"\xff" * 24 + SYSTEM, padded=False)
    assert "posix.system('true')" in _told(data)


def test_an_array_larger_than_the_file_is_a_gap_or_a_bomb() -> None:
    cut = read_bytes(_array(b"K\xff\x85", b"f8", b"\x00"))
    assert cut.gaps
    absurd = read_bytes(_array(b"J\xff\xff\xff\x7f\x85", b"f8", b"\x00"))
    assert "claim" in {step.slug for step in absurd.steps}


def _old(name: bytes) -> bytes:
    return (
        b"\x80\x02cjoblib.numpy_pickle\nNDArrayWrapper\n)\x81}X\x08\x00\x00\x00filename"
        b"X" + bytes([len(name)]) + b"\x00\x00\x00" + name + b"sb."
    )  # fmt: skip


def test_old_joblib_opens_files_beside_it() -> None:
    assert "array-file" in {step.slug for step in read_bytes(_old(b"x.pkl_01.npy")).steps}
    for name in (b"/etc/passwd", b"../x.npy", b"C:x"):
        assert "external-path" in {step.slug for step in steps_of(_old(name))}


@pytest.mark.parametrize(
    ("text", "size"), [("f8", 8), ("<U10", 40), ("S5", 5), ("V16", 16), ("?", 1), ("M8", 8), ("xyz", None), ("O8", -1)]
)
def test_items_have_the_size_of_their_type(text: str, size: int | None) -> None:
    assert item_size(Call(Global("numpy", "dtype", 0, "known"), (text, False, True), 0)) == size


def test_a_structure_with_an_object_field_holds_objects() -> None:
    numpy_dtype = Global("numpy", "dtype", 0, "known")
    field = Call(numpy_dtype, ("O8", False, True), 0)
    structure = Call(numpy_dtype, ("V16", False, True), 0)
    structure.state = (3, "|", None, ("a",), Dict(["a", (field, 0)]), 16)
    assert item_size(structure) == -1
