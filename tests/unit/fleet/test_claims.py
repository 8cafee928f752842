"""Claims: a reading is made once, whoever has the files, and again where its maker came to nothing."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from depscan.fleet.claims import claim, prepare


def key(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 100])
def test_what_is_known_is_not_made_again(tmp_path: Path, count: int) -> None:
    known = [key(str(number)) for number in range(count)]
    prepare(str(tmp_path), known)
    assert not any(claim(str(tmp_path), one, "a") for one in known)
    assert claim(str(tmp_path), key("other"), "a")


def test_the_first_repository_makes_it_and_may_ask_again(tmp_path: Path) -> None:
    prepare(str(tmp_path), [])
    assert claim(str(tmp_path), key("x"), "first")
    assert not claim(str(tmp_path), key("x"), "second")
    assert claim(str(tmp_path), key("x"), "first"), "its first worker was ended"
    assert claim(str(tmp_path), key("y"), "second")
