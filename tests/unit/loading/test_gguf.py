"""GGUF: the templates are read, lying counts, lengths and offsets are found, and tensor bytes are never touched."""

from __future__ import annotations

import random
import struct
import time
from pathlib import Path

import pytest

from depscan.artifacts.source import FileSource
from depscan.loading.file import File, file_of
from depscan.loading.formats import gguf
from depscan.loading.steps import HOSTILE, HOSTILE_FILE, ODD, Report

CHAT = "{% for m in messages %}{{ '<|' ~ m.role ~ '|>' ~ m.content }}{% endfor %}"
WALK = "{{ cycler.__init__.__globals__ }}"


class Made:
    """Writes a GGUF file by hand."""

    def __init__(self, version: int = 3, order: str = "<") -> None:
        self.version, self.order = version, order
        self.entries: list[bytes] = []
        self.tensors: list[bytes] = []

    def wide(self, value: int) -> bytes:
        return struct.pack(self.order + ("I" if self.version == 1 else "Q"), value)

    def u32(self, value: int) -> bytes:
        return struct.pack(self.order + "I", value)

    def text(self, value: str) -> bytes:
        return self.wide(len(value.encode())) + value.encode()

    def put(self, key: str, kind: int, value: bytes) -> Made:
        self.entries.append(self.text(key) + self.u32(kind) + value)
        return self

    def say(self, key: str, value: str) -> Made:
        return self.put(key, 8, self.text(value))

    def texts(self, key: str, values: list[str]) -> Made:
        return self.put(key, 9, self.u32(8) + self.wide(len(values)) + b"".join(map(self.text, values)))

    def tensor(self, name: str, dims: list[int], kind: int, offset: int) -> Made:
        raw = self.text(name) + self.u32(len(dims)) + b"".join(map(self.wide, dims)) + self.u32(kind)
        self.tensors.append(raw + struct.pack(self.order + "Q", offset))
        return self

    def file(self, data: int = 0, entries: int | None = None, tensors: int | None = None) -> bytes:
        head = b"GGUF" + self.u32(self.version)
        head += self.wide(len(self.tensors) if tensors is None else tensors)
        head += self.wide(len(self.entries) if entries is None else entries)
        raw = head + b"".join(self.entries) + b"".join(self.tensors)
        return raw + bytes(-len(raw) % 32) + bytes(data) if self.tensors else raw


def told(data: bytes) -> Report:
    report = Report()
    file = file_of(data, "m.gguf")
    assert gguf.looks(file)
    gguf.read(file, report)
    return report


def slugs(data: bytes, verdict: str = HOSTILE) -> set[str]:
    return {s.slug for s in told(data).steps if s.verdict == verdict}


def plain() -> Made:
    made = (
        Made().say("general.architecture", "llama").say("general.name", "m").put("general.alignment", 4, Made().u32(32))
    )
    return made.say("tokenizer.chat_template", CHAT).tensor("a", [8, 4], 0, 0).tensor("b", [32], 8, 128)


def test_a_plain_file_is_clean_and_says_what_it_is() -> None:
    report = told(plain().file(128 + 64))
    assert {s.slug for s in report.steps} == {"template"}
    assert (report.gaps, report.about["architecture"], report.about["tensors"]) == ([], "llama", "2")


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_version_and_byte_order_is_read(version: int, order: str) -> None:
    made = Made(version, order).say("general.architecture", "llama").say("tokenizer.chat_template", WALK)
    assert slugs(made.file()) == {"object-walk"}


@pytest.mark.parametrize(
    "key", ["tokenizer.chat_template", "tokenizer.chat_template.tool_use", "my.chat_template", "general.description"]
)
def test_a_template_is_read_under_every_key(key: str) -> None:
    assert slugs(Made().say(key, WALK).file()) == {"object-walk"}


def test_templates_in_a_list_are_read() -> None:
    assert slugs(Made().texts("tokenizer.chat_templates", [CHAT, WALK]).file()) == {"object-walk"}


def test_templates_in_a_short_list_under_another_key_are_read() -> None:
    assert slugs(Made().texts("tokenizer.templates", [CHAT, WALK]).file()) == {"object-walk"}


def test_names_of_templates_are_no_templates() -> None:
    made = Made().texts("tokenizer.chat_templates", ["tool_use", "rag"]).say("tokenizer.chat_template.rag", CHAT)
    assert told(made.file()).verdict == "known constructors"


def test_a_vocabulary_with_words_of_code_is_data() -> None:
    words = ["__import__", "os.system('x')", "{{", "}}", "{%", "{{ ''.__class__ }}", "eval("]
    assert told(Made().texts("tokenizer.ggml.tokens", words).file()).steps == []


@pytest.mark.parametrize("what", ["entries", "tensors"])
def test_a_count_above_the_bytes_is_a_bomb_and_the_template_is_read_all_the_same(what: str) -> None:
    data = Made().say("tokenizer.chat_template", WALK).file(**{what: 1 << 60})
    assert slugs(data) == {"count", "object-walk"}


def test_an_array_above_the_bytes_is_a_bomb() -> None:
    made = Made()
    assert slugs(made.put("x", 9, made.u32(8) + made.wide(1 << 50)).file()) == {"count"}


def test_a_text_above_the_bytes_is_a_bomb() -> None:
    made = Made()
    assert slugs(made.put("x", 8, made.wide(1 << 50)).file()) == {"length"}


def test_arrays_nested_without_end_are_hostile() -> None:
    made = Made()
    assert slugs(made.put("x", 9, (made.u32(9) + made.wide(1)) * 50 + bytes(64)).file()) == {"depth"}


def test_an_unknown_type_of_value_is_hostile() -> None:
    assert slugs(Made().put("x", 77, bytes(8)).file()) == {"value-type"}


def test_a_key_that_stands_twice_is_hostile() -> None:
    data = Made().say("tokenizer.chat_template", CHAT).say("tokenizer.chat_template", CHAT + " ").file()
    assert slugs(data) == {"duplicate-key"}


def test_an_alignment_that_is_no_power_of_two_is_hostile() -> None:
    assert slugs(Made().put("general.alignment", 4, Made().u32(33)).file()) == {"alignment"}


def test_a_tensor_outside_the_file_is_hostile() -> None:
    assert slugs(Made().tensor("a", [8], 0, 4096).file(64)) == {"offsets"}


def test_tensors_that_share_bytes_are_hostile() -> None:
    assert slugs(Made().tensor("a", [16], 0, 0).tensor("b", [16], 0, 32).file(128)) == {"overlap"}


def test_dimensions_that_overflow_are_hostile() -> None:
    assert slugs(Made().tensor("a", [1 << 32, 1 << 32], 0, 0).file(64)) == {"dimensions"}


def test_two_tensors_of_one_name_are_hostile() -> None:
    assert slugs(Made().tensor("a", [8], 0, 0).tensor("a", [8], 0, 32).file(64)) == {"duplicate-tensor"}


def test_an_archive_after_the_last_tensor_is_hostile() -> None:
    data = Made().tensor("a", [8], 0, 0).file(32)
    assert slugs(data + b"PK\x03\x04" + bytes(200)) == {"trailing"}
    assert slugs(data + b"x" * 200, ODD) == {"trailing"}


def test_a_new_type_of_tensor_is_odd_and_no_more() -> None:
    report = told(Made().tensor("a", [32], 99, 0).tensor("b", [8], 0, 64).file(128))
    assert {s.verdict for s in report.steps} == {ODD}
    assert report.gaps == []


def test_an_old_file_is_odd() -> None:
    assert slugs(b"tjgg" + bytes(64), ODD) == {"old-format"}


def test_an_unknown_version_is_incomplete() -> None:
    assert told(b"GGUF" + struct.pack("<IQQ", 9, 0, 0)).verdict == "incomplete"


def test_a_large_vocabulary_costs_little(tmp_path: Path) -> None:
    made = (
        Made()
        .texts("tokenizer.ggml.tokens", [f"token{i}" for i in range(300_000)])
        .say("tokenizer.chat_template", CHAT)
    )
    path = tmp_path / "m.gguf"
    path.write_bytes(made.tensor("a", [1 << 30], 0, 0).file())
    with path.open("r+b") as stream:
        stream.truncate((4 << 30) + path.stat().st_size)
    report, begin = Report(), time.process_time()
    gguf.read(File("m.gguf", lambda: FileSource(path.open("rb")), path.stat().st_size), report)
    assert time.process_time() - begin < 1
    assert {s.slug for s in report.steps} == {"template"}
    assert report.gaps == []


def test_mutated_files_raise_nothing() -> None:
    chance = random.Random(3)
    good = plain().texts("tokenizer.ggml.tokens", ["a", "b"]).file(192)
    for _ in range(1500):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(4, len(data))] = chance.choice((0, 1, 8, 9, 127, 255, chance.randrange(256)))
        told(bytes(data[: chance.randrange(8, len(data) + 1)]))


def test_a_file_that_is_cut_off_is_never_clean() -> None:
    good = plain().file(192)
    for end in range(9, len(good) - 200, 7):
        report = told(good[:end])
        assert report.gaps or report.verdict == HOSTILE_FILE
