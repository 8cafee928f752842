"""R objects, written by hand after R Internals."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct

from tests.unit.loading.model_folder import ask, read, verdicts, worst

HEADER = b"X\n" + struct.pack(">iii", 2, 0x40200, 0x20300)
NEW = b"X\n" + struct.pack(">iiii", 3, 0x40200, 0x30500, 5) + b"UTF-8"
NIL, GLOBAL, UNBOUND = (struct.pack(">i", kind) for kind in (254, 253, 252))


def word(flags: int) -> bytes:
    return struct.pack(">i", flags)


def char(text: str) -> bytes:
    return word(0x40009) + word(len(text)) + text.encode()


def symbol(name: str) -> bytes:
    return word(1) + char(name)


def strings(*texts: str) -> bytes:
    return word(16) + word(len(texts)) + b"".join(map(char, texts))


def call(name: str, *arguments: bytes) -> bytes:
    return word(6) + symbol(name) + b"".join(word(2) + argument for argument in arguments) + NIL


def promise(code: bytes) -> bytes:
    return word(5 | 1 << 10) + GLOBAL + UNBOUND + code


def frame(name: str, value: bytes, flags: int = 0) -> bytes:
    """An environment of one variable."""
    return word(4) + word(0) + GLOBAL + word(2 | 1 << 10 | flags) + symbol(name) + value + NIL + NIL + NIL


def test_a_promise_in_the_place_of_the_object_is_hostile() -> None:
    for head in (HEADER, NEW):
        report = read({"m.rds": head + promise(call("system", strings("id")))})
        assert ("hostile", "promise") in verdicts(report)
        assert "system('id')" in [step.text for step in report.steps]
        assert report.gaps == []


def test_every_packing_is_opened_and_no_name_hides_it() -> None:
    data = HEADER + promise(call("system", strings("id")))
    for packed in (gzip.compress(data), bz2.compress(data), lzma.compress(data)):
        assert read({"m.rds": packed}).verdict == "hostile"
        assert read({"weights": packed}).verdict == "hostile"


def test_a_saved_workspace_whose_variable_is_a_promise_is_hostile() -> None:
    pairs = word(2 | 1 << 10) + symbol("x") + promise(call("f")) + NIL
    assert read({"w.RData": b"RDX2\n" + HEADER + pairs}).verdict == "hostile"


def test_a_list_with_a_promise_is_hostile_and_a_lazy_variable_odd() -> None:
    assert read({"m.rds": HEADER + word(19) + word(1) + promise(call("f"))}).verdict == "hostile"
    assert verdicts(read({"m.rds": HEADER + frame("x", promise(call("mean")))})) == [("odd", "promise")]


def test_a_lazy_variable_that_runs_a_command_is_hostile() -> None:
    report = read({"m.rds": HEADER + frame("x", promise(call("system", strings("id"))))})
    assert worst(report).does == "shell.run"


def test_an_active_binding_is_odd_and_hostile_with_a_command() -> None:
    function = word(3 | 1 << 10) + GLOBAL + NIL + call("unlink", strings("x"))
    assert worst(read({"m.rds": HEADER + frame("x", function, 1 << 27)})).verdict == "hostile"
    assert worst(read({"m.rds": HEADER + frame("x", function)})).verdict == "odd"


def test_ordinary_objects_are_data() -> None:
    numbers = word(14 | 1 << 9) + word(2) + b"\0" * 16 + word(2 | 1 << 10) + symbol("names") + strings("a", "b") + NIL
    listed = word(19) + word(3) + numbers + strings("x") + word(10) + word(1) + word(1)
    for head in (HEADER, NEW):
        report = read({"m.rds": gzip.compress(head + listed)})
        assert (report.steps, report.gaps) == ([], [])


def test_the_text_form_is_read() -> None:
    text = b"A\n2\n262656\n131840\n5\n254\n6\n1\n262153\n6\nsystem\n254\n"
    assert read({"m.rds": text}).verdict == "hostile"
    assert read({"m.rds": b"A\n2\n262656\n131840\n14\n1\n2.5\n"}).verdict == "data only"


def test_what_is_cut_short_is_incomplete() -> None:
    data = HEADER + word(14) + word(100) + b"\0" * 30
    assert read({"m.rds": data}).verdict == "incomplete"
    assert read({"m.rds": HEADER + word(5)}).verdict == "hostile"


def test_other_packed_files_are_nobodys() -> None:
    assert ask({"data.gz": gzip.compress(b"plain text\n" * 9)}) is None
