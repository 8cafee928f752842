"""YAML: scalars stay text, hostile documents are refused with a line."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml, load_yaml_documents


def source(text: str) -> SourceFile:
    return SourceFile("x.yaml", text.encode())


def test_scalars_stay_text() -> None:
    assert load_yaml(source("a: 1.10\nb: true\nc: 2024-01-01\nd: 'null'\n")) == {
        "a": "1.10", "b": "true", "c": "2024-01-01", "d": "null",
    }  # fmt: skip


def test_an_unquoted_empty_value_tilde_or_null_is_none_but_a_key_stays_text() -> None:
    assert load_yaml(source("a:\nb: ~\nc: null\nnull: ''\n")) == {"a": None, "b": None, "c": None, "null": ""}


def test_an_empty_file_is_none_and_has_no_documents() -> None:
    assert load_yaml(source("")) is None
    assert load_yaml_documents(source("# nothing\n")) == []


def test_documents_are_returned_in_order_and_one_is_the_rule() -> None:
    assert load_yaml_documents(source("---\na: x\n---\n- y\n")) == [{"a": "x"}, ["y"]]
    with pytest.raises(InputError, match="one YAML document"):
        load_yaml(source("--- a\n--- b\n"))


def test_aliases_are_followed() -> None:
    assert load_yaml(source("a: &x {b: c}\nd: *x\n")) == {"a": {"b": "c"}, "d": {"b": "c"}}


def test_tags_make_nothing_but_text() -> None:
    assert load_yaml(source("a: !!python/object/apply:os.system [x]\nb: !!int '1'\n")) == {"a": ["x"], "b": "1"}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate key 'a'"),
        ("a: 1\n{b: 1}: 2\n", 2, "not a text|expected"),
        ("a: *x\n", 1, "alias"),
        ("a: &x [*x]\n", 1, "recursive"),
        ("a: 'x\n", 2, "end of stream"),
        ("a: 1\nb: \x07\n", 2, "control characters"),
        ("a:\n<<<<<<< HEAD\n  b: 1\n", 2, "merge-conflict"),
        ("a: " + "[" * 200, 1, "nested too deeply"),
        ("- " * 5000, 1, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_yaml(source(text))
    assert caught.value.line == line


def test_aliases_that_expand_to_too_much_are_refused() -> None:
    rows = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    rows += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(InputError, match="expand to too much"):
        load_yaml(source("\n".join(rows)))


def test_a_chain_of_aliases_counts_as_nesting() -> None:
    rows = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 500)]
    with pytest.raises(InputError, match="expand to too much"):
        load_yaml(source("\n".join(rows)))
