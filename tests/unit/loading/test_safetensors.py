"""A safetensors file holds tensors and nothing else, or it is hostile."""

from __future__ import annotations

import base64
import json
import struct
import time

import pytest

from depscan.loading.file import file_of
from depscan.loading.formats.safetensors import looks, read
from depscan.loading.route import read_file
from depscan.loading.steps import Report

ROW = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}
EMPTY = {"dtype": "F32", "shape": [0, 3], "data_offsets": [0, 0]}


def made(header: object, data: bytes = bytes(16)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def slugs(data: bytes) -> set[str]:
    report = Report()
    file = file_of(data, "model.safetensors")
    assert looks(file)
    read(file, report)
    assert report.gaps == []
    assert {step.verdict for step in report.steps} <= {"hostile"}
    return {step.slug for step in report.steps}


@pytest.mark.parametrize(
    "data",
    [
        made({"w": ROW}),
        made({"w": ROW, "__metadata__": {"format": "pt"}}),
        made(json.dumps({"w": ROW}).encode() + b"    "),
        made({}, b""),
        made({"b": {**ROW, "data_offsets": [16, 32]}, "a": ROW, "none": EMPTY}, bytes(32)),
        made({"w": {"dtype": "F4", "shape": [32], "data_offsets": [0, 16]}}),
        made({"w": {"dtype": "BF16", "shape": [], "data_offsets": [0, 2]}}, bytes(2)),
    ],
)  # fmt: skip
def test_what_the_library_writes_is_data_only(data: bytes) -> None:
    assert slugs(data) == set()
    report = read_file(file_of(data, "model.safetensors"))
    assert report is not None
    assert (report.format, report.verdict) == ("safetensors", "data only")


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (made({"w": {**ROW, "data_offsets": [0, 1 << 40]}}), "past-end"),
        (made({"w": ROW}, bytes(16) + b"PK\3\4"), "trailing"),
        (made({"w": {**ROW, "data_offsets": [8, 24]}}, bytes(24)), "hole"),
        (made({"v": ROW, "w": ROW}), "overlap"),
        (made({"w": {**ROW, "shape": [3, 2]}}), "tensor-size"),
        (made({"w": {**ROW, "shape": [1 << 62, 1 << 62, 4]}}), "tensor-size"),
        (made({"w": {**ROW, "data_offsets": [16, 0]}}), "tensor"),
        (made({"w": {**ROW, "shape": [-2, -2]}}), "tensor"),
        (made({"w": {**ROW, "shape": [2.0, 2]}}), "tensor"),
        (made({"w": {**ROW, "data_offsets": [0, 16, 32]}}), "tensor"),
        (made({"w": {"dtype": "F32", "shape": [4]}}), "tensor"),
        (made({"w": "text"}), "tensor"),
        (made({"w": ROW, "__metadata__": {"a": {"b": 1}}}), "metadata"),
        (made({"w": ROW, "__metadata__": "text"}), "metadata"),
        (made(b'{"w": {}, "w": {}}', b""), "header"),
        (made(b'{"w": {"dtype": "F32", "dtype": "F64"}}', b""), "header"),
        (made(b'{"w": NaN}', b""), "header"),
        (made(b'{"\xff": 1}', b""), "header"),
        (made(b'{"w": ' + b"[" * 100_000, b""), "header"),
        (made(b'{"w": ' + b"1" * 10_000 + b"}", b""), "header"),
        (made(b'{"w": 1} trailing', b""), "header"),
        (struct.pack("<Q", 1 << 62) + b'{"w": 1}', "header-length"),
        (struct.pack("<Q", 5000) + b'{"w": 1}', "header-length"),
    ],
)
def test_every_rule_that_is_broken_is_hostile(data: bytes, slug: str) -> None:
    assert slug in slugs(data)


def test_types_that_came_after_this_reader_are_odd_and_their_place_is_checked() -> None:
    report = read_file(file_of(made({"w": {**ROW, "dtype": "F2"}}), "model.safetensors"))
    assert report is not None
    assert [(step.verdict, step.slug) for step in report.steps] == [("odd", "dtype")]


def test_a_header_of_50_000_tensors_is_read_quickly() -> None:
    rows = {f"layer.{n}.weight": {"dtype": "U8", "shape": [1], "data_offsets": [n, n + 1]} for n in range(50_000)}
    before = time.process_time()
    assert slugs(made(rows, bytes(50_000))) == set()
    assert time.process_time() - before < 2


def test_other_files_are_not_claimed() -> None:
    for data in (b'{"a": 1}', b"12345678{", struct.pack("<Q", 9) + b"{xxxxxxxxxx", b"", bytes(100)):
        assert not looks(file_of(data, "a.json"))
    assert looks(file_of(made({"w": ROW}), "weights.bin"))


@pytest.mark.parametrize("dtype", ["O", "PICKLE", "object"])
def test_a_type_that_is_none_of_numbers_is_hostile(dtype: str) -> None:
    assert slugs(made({"w": {**ROW, "dtype": dtype}})) == {"dtype"}


@pytest.mark.parametrize("dtype", ["F8_E3M4", "MXFP4", "U4", "float32"])
def test_a_type_of_numbers_that_may_come_is_odd(dtype: str) -> None:
    report = read_file(file_of(made({"w": {**ROW, "dtype": dtype}}), "model.safetensors"))
    assert report is not None
    assert [step.verdict for step in report.steps] == ["odd"]


@pytest.mark.parametrize("header", [b'\n{"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}', b"[1, 2]"])
def test_a_header_that_only_a_lax_reader_takes_is_hostile(header: bytes) -> None:
    assert slugs(made(header)) == {"header"}


CALL = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."


def test_a_pickle_behind_no_header_is_hostile_and_zeros_are_incomplete() -> None:
    assert "header-length" in slugs(bytes(8) + CALL)
    report = read_file(file_of(bytes(100), "model.safetensors"))
    assert report is not None
    assert report.verdict == "incomplete"


def test_a_pickle_in_the_metadata_is_read() -> None:
    text = base64.b64encode(CALL).decode()
    assert slugs(made({"w": ROW, "__metadata__": {"format": "pt", "code": text}})) == {"call"}
    assert slugs(made({"w": ROW, "__metadata__": {"hash": "ab" * 32, "picture": "iVBORw0KGgo" * 9}})) == set()
