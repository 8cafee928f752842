"""MessagePack, written by hand after its specification."""

from __future__ import annotations

import pickle
import struct

from tests.unit.loading.model_folder import ask, read, verdicts, worst


def text(value: str) -> bytes:
    return bytes((0xA0 | len(value),)) + value.encode()


def blob(data: bytes) -> bytes:
    return b"\xc6" + struct.pack(">I", len(data)) + data


def ext(kind: int, data: bytes) -> bytes:
    return b"\xc9" + struct.pack(">Ib", len(data), kind) + data


def array(dtype: str, data: bytes) -> bytes:
    return ext(1, b"\x93" + b"\x92\x02\x03" + text(dtype) + blob(data))


def tree(value: bytes) -> bytes:
    return b"\x81" + text("params") + b"\x81" + text("w") + value


def test_arrays_of_flax_are_data() -> None:
    for value in (array("float32", bytes(24)), ext(2, b"\x92\xca\0\0\0\0\xca\0\0\0\0"), b"\x05", ext(-1, bytes(4)),
                  array("float32", bytes(200_000)), array("bfloat16", bytes(12)), b"\xc0"):  # fmt: skip
        report = read({"flax_model.msgpack": tree(value)})
        assert (report.steps, report.gaps) == ([], [])


def test_an_extension_that_names_a_function_is_hostile() -> None:
    report = read({"m.msgpack": tree(ext(1, b"posix.system"))})
    assert verdicts(report) == [("hostile", "extension")]
    assert worst(report).callee == "posix.system"
    assert read({"m.msgpack": tree(ext(9, b"os.system"))}).verdict == "hostile"


def test_an_array_of_objects_is_hostile_and_another_extension_foreign() -> None:
    assert read({"m.msgpack": tree(array("object", bytes(8)))}).verdict == "hostile"
    assert read({"m.msgpack": tree(ext(42, b"\1\2\3"))}).verdict == "foreign code needed"


def test_counts_that_the_file_does_not_hold_are_hostile() -> None:
    for data in (b"\xdd\xff\xff\xff\xff", b"\x81\xa1a\xc6\xff\xff\xff\xff", b"\x81\xa1a\xc9\x7f\xff\xff\xff\x01"):
        assert worst(read({"m.msgpack": data})).slug == "count"


def test_nesting_without_end_is_hostile() -> None:
    assert worst(read({"m.msgpack": b"\x91" * 5000 + b"\xc0"})).slug == "depth"


def test_a_pickle_in_bytes_is_handed_on() -> None:
    report = read({"m.msgpack": tree(blob(pickle.dumps({"a": 1})))})
    assert report.verdict in {"data only", "known constructors"}


def test_trailing_bytes_are_odd_and_a_cut_is_incomplete() -> None:
    assert verdicts(read({"m.msgpack": b"\x80abc"})) == [("odd", "trailing")]
    assert read({"m.msgpack": b"\x82\xa1a\x01\xa1"}).verdict in {"incomplete", "hostile"}


def test_other_names_are_nobodys() -> None:
    assert ask({"m.dat": b"\x81\xa1a\x01"}) is None
