"""Settings of tokenizers: their templates are read, and the files they name stay in the folder."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from depscan.loading.file import File, file_of
from depscan.loading.route import read_file
from depscan.loading.steps import HOSTILE, ODD, Report

CHAT = "{% for m in messages %}{{ m.role ~ m.content }}{% endfor %}"
WALK = "{{ cycler.__init__.__globals__ }}"


def told(value: Any, name: str = "tokenizer_config.json", beside: dict[str, File] | None = None) -> Report:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    report = read_file(file_of(data, name, beside=beside or {}))
    assert report is not None
    return report


def slugs(report: Report, verdict: str = HOSTILE) -> set[str]:
    return {s.slug for s in report.steps if s.verdict == verdict}


@pytest.mark.parametrize(
    "value",
    [
        {"chat_template": WALK},
        {"chat_template": [{"name": "default", "template": CHAT}, {"name": "tool_use", "template": WALK}]},
        {"chat_template": {"default": CHAT, "rag": WALK}},
        {"processor": {"inner": {"chat_template": WALK}}},
        {"prompt": WALK},
        {"chat_template": [WALK]},
    ],
)
def test_a_template_is_read_in_every_form(value: Any) -> None:
    assert slugs(told(value)) == {"object-walk"}


@pytest.mark.parametrize(
    "name",
    [
        "chat_template.json",
        "processor_config.json",
        "preprocessor_config.json",
        "generation_config.json",
        "a/tokenizer_config.json",
    ],
)
def test_every_settings_file_is_read(name: str) -> None:
    assert slugs(told({"chat_template": WALK}, name)) == {"object-walk"}


@pytest.mark.parametrize(
    "name", ["chat_template.jinja", "additional_chat_templates/rag.jinja", "my_chat_template.jinja"]
)
def test_a_template_in_a_file_of_its_own_is_read(name: str) -> None:
    assert slugs(told(WALK.encode(), name)) == {"object-walk"}
    assert told(CHAT.encode(), name).verdict == "known constructors"


def test_a_template_of_a_web_site_is_none_of_ours() -> None:
    assert read_file(file_of(b"{% extends 'base.html' %}{% include 'x' %}", "page.jinja")) is None


def test_usual_settings_are_clean() -> None:
    value = {
        "chat_template": CHAT,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "added_tokens_decoder": {"0": {"content": "{{", "lstrip": False}, "1": {"content": "os.system('x')"}},
        "vocab_file": "spiece.model",
        "tokenizer_file": None,
        "model_max_length": 1e30,
        "auto_map": {"AutoTokenizer": [None, None]},
    }
    report = told(value)
    assert {s.slug for s in report.steps} == {"template"}
    assert report.gaps == []


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../../secret.txt",
        "~/.ssh/id_rsa",
        "http://host.example/v.txt",
        "file:///etc/passwd",
        "C:\\x\\v.txt",
        "a/../../b",
        "\\\\host\\v",
    ],
)
@pytest.mark.parametrize("key", ["vocab_file", "merges_file", "tokenizer_file", "sp_model_file"])
def test_a_file_outside_the_folder_is_hostile(key: str, path: str) -> None:
    assert slugs(told({key: path})) == {"external-path"}


def test_the_place_where_it_was_saved_is_odd() -> None:
    value = {
        "special_tokens_map_file": "/home/me/.cache/x/special_tokens_map.json",
        "tokenizer_file": "/root/.cache/x/tokenizer.json",
        "name_or_path": "/home/me/model",
        "_name_or_path": "/home/me/model",
    }
    report = told(value)
    assert (slugs(report), slugs(report, ODD)) == (set(), {"saved-path", "absolute-name"})


def test_a_template_that_stands_twice_is_hostile_and_both_are_read() -> None:
    data = json.dumps({"chat_template": WALK})[:-1] + ", " + json.dumps({"chat_template": CHAT})[1:]
    assert slugs(told(data.encode())) == {"duplicate-key", "object-walk"}


def test_an_odd_class_is_odd() -> None:
    assert slugs(told({"tokenizer_class": "os.system"}), ODD) == {"tokenizer-class"}


def test_what_is_no_json_is_incomplete() -> None:
    assert told(b'{"chat_template": ').verdict == "incomplete"
    assert told(b"\x80\x04hello").verdict == "incomplete"


def test_nesting_without_end_is_a_bomb() -> None:
    assert slugs(told(b'{"a":' + b"[" * 100_000)) == {"depth"}


def test_a_vocabulary_with_words_of_code_is_data() -> None:
    words = {"os": 0, "__import__": 1, "{{": 2, "{{ ''.__class__ }}": 3}
    value = {
        "version": "1.0",
        "added_tokens": [{"content": "{{ ''.__class__ }}"}],
        "model": {"type": "BPE", "vocab": words},
    }
    report = told(value, "tokenizer.json")
    assert (report.steps, report.gaps) == ([], [])
    assert report.about["vocabulary"] == "4"


def test_a_large_vocabulary_is_searched_and_not_parsed() -> None:
    vocabulary = ",".join(f'"token{i}":{i}' for i in range(150_000))
    good = '{"version":"1.0","model":{"type":"BPE","vocab":{' + vocabulary + "}}"
    assert told((good + "}").encode(), "tokenizer.json").verdict == "data only"
    bad = good + ',"chat_template": ' + json.dumps(WALK) + "}"
    assert slugs(told(bad.encode(), "tokenizer.json")) == {"object-walk"}


def test_mutated_settings_raise_nothing() -> None:
    chance = random.Random(9)
    good = json.dumps(
        {"chat_template": [{"name": "a", "template": CHAT}], "vocab_file": "v.txt", "x": {"y": [1, None, "z"]}}
    ).encode()
    for name in ("tokenizer_config.json", "tokenizer.json", "chat_template.jinja"):
        for _ in range(300):
            data = bytearray(good)
            for _ in range(chance.randrange(1, 5)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            told(bytes(data), name)
