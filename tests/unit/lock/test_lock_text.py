"""A lock as text: readable by any TOML reader, read back equal, and strict about what it is not."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from depscan.errors import LockError, LockMissingError
from depscan.lock.read import lock_in, lock_source
from depscan.lock.records import SECTIONS, Lock, Row, Section, Value, lock_of
from depscan.lock.write import quoted, written
from depscan.text.source import SourceFile

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
LISTS = st.lists(TEXT, max_size=4).map(tuple)


def rows(section: Section) -> st.SearchStrategy[Row]:
    kinds: dict[type, st.SearchStrategy[Value]] = {str: TEXT, int: st.integers(0, 1 << 60), tuple: LISTS}
    needed = dict.fromkeys(section.key, TEXT)
    others = {name: kinds[kind] for name, kind in section.fields.items()}
    made: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(needed, optional=others)
    return made.map(lambda fields: Row(section.name, fields))


LOCKS = st.lists(st.sampled_from(list(SECTIONS.values())).flatmap(rows), max_size=8).map(lock_of)


def read(text: str) -> Lock:
    return lock_in(SourceFile("depscan.lock", text.encode()))


def fields(lock: Lock) -> list[tuple[str, dict[str, Value]]]:
    return [(row.section, dict(row.fields)) for row in lock.rows]


@given(LOCKS)
def test_what_is_written_is_read_back_equal(lock: Lock) -> None:
    again = read(written(lock))
    assert fields(again) == fields(lock)
    assert written(again) == written(lock)


@given(LOCKS)
def test_the_order_of_rows_does_not_show(lock: Lock) -> None:
    assert written(lock_of(list(reversed(lock.rows)))) == written(lock)


@given(st.text(max_size=50))
def test_every_text_is_a_toml_string_without_unseen_characters(text: str) -> None:
    made = quoted(text)
    assert "\n" not in made
    assert "\u202e" not in made
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert tomli.loads(f"a = {made}")["a"] == whole


@given(LOCKS, st.integers(0, 10_000), st.sampled_from(["", "[", "]", '"', "=", "\\", "\n", "1", "\u0000", "[[x]]"]))
def test_a_damaged_lock_raises_nothing_but_its_error(lock: Lock, at: int, put: str) -> None:
    text = written(lock)
    at %= len(text)
    try:
        made = read(text[:at] + put + text[at + 1 :])
    except LockError as error:
        assert error.message
    else:
        assert fields(read(written(made))) == fields(made)


def test_lines_are_those_of_the_headers() -> None:
    lock = read(
        'version = 1\n\n[[package]]\necosystem = "PyPI"\nname = "a"\n\n[[package]]\necosystem = "PyPI"\nname = "b"\n'
    )
    assert [row.line for row in lock.rows] == [3, 7]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "version"),
        ("version = 2\n", 1, "newer depscan"),
        ("version = true\n", 1, "version"),
        ("version = 1\n[[packages]]\n", 2, "unknown section"),
        ("version = 1\n[package]\n", 1, "should be written"),
        ("version = 1\n\n[[package]]\nname = 'a'\n", 3, "ecosystem is missing"),
        ("version = 1\n[[package]]\necosystem = 'PyPI'\nname = 'a'\nversion = 1\n", 2, "wrong type"),
        ("version = 1\n[[package]]\necosystem = 'PyPI'\nname = 'a'\nhashes = [1]\n", 2, "wrong type"),
        ("version = 1\n[[package]]\necosystem = 'PyPI'\nname = 'a'\nvresion = '1'\n", 2, "unknown field"),
        ("version = 1\n<<<<<<< HEAD\n", 2, "merge-conflict"),
        ("version = 1\npackage = [1]\n", 1, "should hold tables"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(LockError, match=said) as caught:
        read(text)
    assert (caught.value.line, caught.value.exit_code) == (line, 2)


def test_a_lock_that_is_not_there_is_incomplete_rather_than_wrong() -> None:
    with pytest.raises(LockMissingError) as caught:
        lock_source("no/such.lock")
    assert caught.value.exit_code == 4
