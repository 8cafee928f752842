"""Every opcode of protocols 0 to 5 does to our stack what it does to Python's."""

from __future__ import annotations

import pickle
import pickletools
import struct

import pytest

from depscan.artifacts.source import BytesSource
from depscan.loading.pickle.judge import Judge
from depscan.loading.pickle.machine import Machine
from depscan.loading.pickle.opcodes import TABLE
from depscan.loading.pickle.values import BUFFER, Bag, Blob, Dict, Extension, Global, Persistent, Value
from depscan.loading.steps import Meter, Report


def _run(data: bytes) -> Machine:
    source = BytesSource(data)
    machine = Machine(source, 0, Judge(Report(), source), Meter())
    broken = machine.run()
    assert broken is None, broken
    return machine


def _value(data: bytes) -> Value:
    return _run(data).value


def _refused(data: bytes) -> str:
    source = BytesSource(data)
    broken = Machine(source, 0, Judge(Report(), source), Meter()).run()
    assert broken is not None
    return broken.kind


def test_every_opcode_has_a_handler() -> None:
    unknown = TABLE[0xFF]
    assert [op.name for op in pickletools.opcodes if TABLE[ord(op.code)] is unknown] == []


def test_no_other_byte_has_a_handler() -> None:
    codes = {ord(op.code) for op in pickletools.opcodes}
    unknown = TABLE[0xFF]
    assert [byte for byte in range(256) if byte not in codes and TABLE[byte] is not unknown] == []


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"N.", None), (b"\x88.", True), (b"\x89.", False), (b"I01\n.", True), (b"I00\n.", False), (b"I42\n.", 42),
        (b"J\xff\xff\xff\xff.", -1), (b"K\xff.", 255), (b"M\x00\x01.", 256), (b"L12L\n.", 12), (b"L12\n.", 12),
        (b"\x8a\x02\x00\x80.", -32768), (b"\x8b\x01\x00\x00\x00\x05.", 5), (b"\x8a\x00.", 0),
        (b"F1.5\n.", 1.5), (b"G" + struct.pack(">d", 2.5) + b".", 2.5),
        (b"S'a\\x41\\n'\n.", "aA\n"), (b'S"x"\n.', "x"), (b"T\x01\x00\x00\x00a.", "a"), (b"U\x01a.", "a"),
        (b"U\x01\xff.", b"\xff"), (b"V\\u0041b\n.", "Ab"), (b"X\x01\x00\x00\x00a.", "a"), (b"\x8c\x01a.", "a"),
        (b"\x8d" + struct.pack("<Q", 1) + b"a.", "a"), (b"C\x01a.", b"a"), (b"B\x01\x00\x00\x00a.", b"a"),
        (b"\x8e" + struct.pack("<Q", 1) + b"a.", b"a"), (b"\x96" + struct.pack("<Q", 1) + b"a.", b"a"),
        (b").", ()), (b"K\x01\x85.", (1,)), (b"K\x01K\x02\x86.", (1, 2)), (b"K\x01K\x02K\x03\x87.", (1, 2, 3)),
        (b"(K\x01K\x02t.", (1, 2)), (b"(K\x01l.", [1]), (b"].", []), (b"]K\x01a.", [1]), (b"](K\x01K\x02e.", [1, 2]),
        (b"(K\x01K\x02d.", Dict([1, 2])), (b"}K\x01K\x02s.", Dict([1, 2])), (b"}(K\x01K\x02u.", Dict([1, 2])),
        (b"\x8f(K\x01\x90.", Bag([1])), (b"(K\x01\x91.", Bag([1])),
        (b"K\x01K\x020.", 1), (b"K\x01(K\x021.", 1), (b"K\x012\x86.", (1, 1)), (b"K\x01(0.", 1),
        (b"K\x01p7\n0g7\n.", 1), (b"K\x01q\x070h\x07.", 1), (b"K\x01r\x07\x00\x00\x000j\x07\x00\x00\x00.", 1),
        (b"K\x01\x940h\x00.", 1), (b"\x80\x04K\x01.", 1), (b"\x95\x02\x00\x00\x00\x00\x00\x00\x00N.", None),
        (b"\x97.", BUFFER), (b"\x97\x98.", BUFFER),
    ],
)  # fmt: skip
def test_an_opcode_makes_the_value_python_makes(data: bytes, value: Value) -> None:
    made = _value(data)
    assert type(made) is type(value)
    assert made == value


@pytest.mark.parametrize("data", [b"cos\nsystem\n.", b"\x8c\x02os\x8c\x06system\x93."])
def test_a_name_is_imported_by_both_opcodes(data: bytes) -> None:
    made = _value(data)
    assert isinstance(made, Global)
    assert made.dotted == "os.system"


@pytest.mark.parametrize(
    ("data", "code"), [(b"\x82\x07.", 7), (b"\x83\x07\x01.", 263), (b"\x84\x07\x00\x00\x01.", 0x1000007)]
)
def test_an_extension_code_stays_a_code(data: bytes, code: int) -> None:
    made = _value(data)
    assert isinstance(made, Extension)
    assert made.code == code


@pytest.mark.parametrize("data", [b"Pabc\n.", b"\x8c\x03abcQ."])
def test_a_persistent_id_keeps_its_id(data: bytes) -> None:
    made = _value(data)
    assert isinstance(made, Persistent)
    assert made.id == "abc"


@pytest.mark.parametrize(
    "data",
    [
        b"0.", b"a.", b"t.", b"h\x00.", b"g1\n.", b"\xff.",
        b"\x82\x00.", b"p1\n.", b"S'a\n.", b"Sa\n.", b"Ix\n.", b"Lx\n.", b"Fx\n.", b"(K\x01d.", b"K\x01\x93.",
        b"K\x01K\x02\x93.", b"(.", b"\x8c\x01\xff.", b"o.", b"(o.", b"R.", b"K\x01)R.", b"K\x01)\x81.",
        b"p-1\n.", b"Np-1\n.",
    ],
)  # fmt: skip
def test_what_python_refuses_ends_the_stream(data: bytes) -> None:
    assert _refused(data) == "malformed"


@pytest.mark.parametrize("op", [op for op in pickletools.opcodes if op.arg is not None])
def test_a_stream_that_ends_in_an_argument_is_cut(op: pickletools.OpcodeInfo) -> None:
    assert _refused(op.code.encode("latin-1")) == "truncated"


def test_a_long_constant_stays_in_the_file() -> None:
    for make in (b"X", b"B", b"T"):
        made = _value(make + struct.pack("<I", 100_000) + b"x" * 100_000 + b".")
        assert isinstance(made, Blob)
        assert (made.at, made.size, made.text) == (5, 100_000, "" if make == b"B" else "utf-8")


def test_windows_are_joined() -> None:
    value = [str(n) for n in range(300_000)]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert _value(pickle.dumps(value, protocol)) == value


def test_the_memo_index_counts_objects_and_not_opcodes() -> None:
    assert _value(b"\x80\x04\x8c\x01a\x940\x8c\x01b\x940h\x00h\x01\x86.") == ("a", "b")
    assert _value(b"K\x01q\x00K\x02q\x00h\x00.") == 2


def test_a_number_that_newer_pythons_refuse_hides_nothing() -> None:
    made = _value(b"I" + b"9" * 5000 + b"\n0L" + b"9" * 5000 + b"L\n0cos\nsystem\n.")
    assert isinstance(made, Global)


def test_unknown_escapes_of_a_text_stay() -> None:
    assert _value(b"S'a\\d'\n.") == "a\\d"
