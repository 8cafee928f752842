"""YAML texts that know their line."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.text.placed import line_in, line_of, load_placed
from depscan.text.source import SourceFile


def test_keys_and_texts_know_their_lines() -> None:
    text = b"a:\n  b: c\n  d: |\n    one\n    two\n  e: >-\n    x\n    y\n---\n- [f]\n"
    first, second = load_placed(SourceFile("x.yml", text))
    inner = first["a"]
    assert [line_of(key) for key in inner] == [2, 3, 6]
    assert (line_of(inner["b"]), line_of(inner), line_of(second), line_of(None, 7)) == (2, 2, 10, 7)
    assert line_in(inner["d"], inner["d"].index("two")) == 5
    assert line_in(inner["e"], 2) == 7
    assert line_in("plain", 0, 3) == 3


def test_nulls_stay_nulls_and_repeated_keys_are_refused() -> None:
    assert load_placed(SourceFile("x.yml", b"a: ~\nb:\n")) == [{"a": None, "b": None}]
    with pytest.raises(InputError):
        load_placed(SourceFile("x.yml", b"a: 1\na: 2\n"))
