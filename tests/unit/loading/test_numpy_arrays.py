"""An array file is a literal header and numbers; what is more is a pickle, or hostile."""

from __future__ import annotations

import struct

import pytest

from depscan.loading.file import file_of
from depscan.loading.literal import LiteralError, literal
from depscan.loading.route import read_file
from depscan.loading.steps import Report


def array(header: str, data: bytes = b"", version: int = 1) -> bytes:
    text = header.encode("utf-8" if version == 3 else "latin-1")
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + bytes((version, 0)) + struct.pack("<H" if version == 1 else "<L", len(text)) + text + data


def header(descr: str = "'<f8'", shape: str = "(2,)", more: str = "") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, {more}}}"


def read(data: bytes, name: str = "a.npy") -> Report:
    report = read_file(file_of(data, name))
    assert report is not None
    assert report.format == "numpy array"
    return report


def slugs(data: bytes) -> set[str]:
    return {step.slug for step in read(data).steps if step.verdict == "hostile"}


@pytest.mark.parametrize(
    "data",
    [
        array(header(), bytes(16)),
        array(header(), bytes(16), 2),
        array(header("[('\u00fc', '<U3'), ('b', '|S5', (2, 3))]"), bytes(84), 3),
        array(header("'<f8'", "()"), bytes(8)),
        array(header("'<f8'", "(3L, 2L)"), bytes(48)),
        array(header("'<M8[ns]'"), bytes(16)),
        array(header("'|b1'", "(0, 5)")),
        array(header("[('x', '<f8'), ('y', [('a', '<i4'), ('b', '|S4')], (2,))]"), bytes(48)),
        array(header("[(('title', 'x'), '<f8')]"), bytes(16)),
        array(header("('<f8', (2,))", "(1,)"), bytes(16)),
        array(header(), bytes(16)) + array(header("'|u1'", "(3,)"), bytes(3)),
    ],
)
def test_plain_numbers_are_data_only(data: bytes) -> None:
    report = read(data)
    assert (report.steps, report.gaps, report.verdict) == ([], [], "data only")


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (array("__import__('os').system('true')"), "header"),
        (array("{'descr': '<f8', 'fortran_order': False, 'shape': (print('x'),)}"), "header"),
        (array("{'descr': '<f8', 'fortran_order': [c for c in ()], 'shape': (1,)}", bytes(8)), "header"),
        (array(header(more="'more': 1"), bytes(16)), "header"),
        (array(header(shape="(-1,)"), bytes(16)), "header"),
        (array(header(shape="[2]"), bytes(16)), "header"),
        (array("(" * 9000), "header"),
        (b"\x93NUMPY\1\0\xff\xff{}", "header"),
        (b"\x93NUMPY\1\0", "header"),
        (array(header(), bytes(16)) + b"more", "trailing"),
        (array(header(), bytes(8)), "short"),
        (array(header(shape="(4611686018427387904, 4611686018427387904)"), bytes(8)), "short"),
    ],
)
def test_headers_that_are_no_literal_and_sizes_that_do_not_fit_are_hostile(data: bytes, slug: str) -> None:
    assert slug in slugs(data)


def test_an_absurd_shape_is_a_bomb() -> None:
    assert {step.what for step in read(array(header(shape="(1099511627776,)"), bytes(8))).steps} == {"load.bomb"}


@pytest.mark.parametrize("descr", ["'|O'", "'O'", "[('x', '<f8'), ('y', '|O')]"])
def test_objects_are_not_plain_numbers(descr: str) -> None:
    report = read(array(header(descr), b"\xff\xff not to be read"))
    assert report.gaps
    assert "objects" in {step.slug for step in report.steps}


def test_a_type_that_is_not_known_is_odd() -> None:
    assert {(step.verdict, step.slug) for step in read(array(header("'i4,O'"), bytes(8))).steps} == {("odd", "dtype")}


def test_a_version_that_is_not_known_is_a_gap() -> None:
    assert "version 9.0" in read(array(header(), bytes(16), 9)).gaps[0]


def test_literals_are_read_and_nothing_else() -> None:
    assert literal("{'a': (1, -2,), 'b': [True, None], \"c\": 'it\\'s', 'd': (1), 'e': ()}") == {
        "a": (1, -2), "b": [True, None], "c": "it's", "d": 1, "e": (),
    }  # fmt: skip
    for text in ("", "a", "1+1", "f('x')", "{1: 2, 1: 3}", "[1 2]", "{'a'}", "(1,", "'a", "1.5", "[" * 50, "'a' 'b'"):
        with pytest.raises(LiteralError):
            literal(text)
