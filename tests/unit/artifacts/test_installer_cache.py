"""pip's cache as a source of archives: size and hash of the lock decide."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from depscan.artifacts import installer_cache
from depscan.artifacts.installer_cache import InstallerCache, listed, pip_folder
from depscan.artifacts.wheelhouse import LocalFile
from depscan.model.package import File, Package

WHEEL = "alpha-1.0-py3-none-any.whl"
DATA = b"bytes of a wheel"


def keep(folder: Path, data: bytes, url: str = "https://files.example/a.whl") -> Path:
    """Write an answer as pip keeps it; returns the path of its body."""
    name = hashlib.sha224(url.encode()).hexdigest()
    place = folder.joinpath("http-v2", *name[:5])
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(b"cc=4,")
    body = place / f"{name}.body"
    body.write_bytes(data)
    return body


def locked(data: bytes = DATA, **more: object) -> File:
    file = File(f"https://files.example/x/{WHEEL}", f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))
    return file._replace(**more)  # type: ignore[arg-type]


def take(folder: Path, file: File) -> LocalFile | None:
    cache = InstallerCache(str(folder), str(folder / "own"))
    [(local, listing)] = listed(Package("PyPI", "alpha", "1.0", files=(file,))).items()
    return cache.take(local, listing)


def test_a_body_of_the_locked_size_and_hash_is_offered_under_the_locks_name(tmp_path: Path) -> None:
    keep(tmp_path, DATA)
    keep(tmp_path, b"other bytes here", "https://files.example/same-size")
    found = take(tmp_path, locked())
    assert found is not None
    assert (found.name, found.version, found.kind) == ("alpha", "1", "wheel")
    assert found.sha256 == hashlib.sha256(DATA).hexdigest()
    assert os.path.basename(found.path) == WHEEL
    assert Path(found.path).read_bytes() == DATA
    assert take(tmp_path, locked()) == found, "a second time"


def test_the_same_size_with_other_content_is_no_match(tmp_path: Path) -> None:
    keep(tmp_path, DATA[::-1])
    assert take(tmp_path, locked()) is None
    assert not list((tmp_path / "own").rglob("*.whl"))


def test_only_bodies_of_the_locked_size_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path, DATA + b"!")
    monkeypatch.setattr(installer_cache, "_copy", None)
    assert take(tmp_path, locked()) is None


@pytest.mark.parametrize("lacking", [{"size": -1}, {"size": 0}, {"hash": ""}, {"hash": f"md5:{'0f' * 16}"}])
def test_a_file_without_size_or_strong_hash_is_left_out(tmp_path: Path, lacking: dict[str, Any]) -> None:
    keep(tmp_path, DATA)
    assert take(tmp_path, locked(**lacking)) is None


def test_links_are_not_followed(tmp_path: Path) -> None:
    body = keep(tmp_path / "elsewhere", DATA)
    (tmp_path / "http-v2").mkdir()
    (tmp_path / "http-v2" / "a.body").symlink_to(body)
    (tmp_path / "http-v2" / "a").symlink_to(body.parent)
    assert take(tmp_path, locked()) is None
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "http-v2").symlink_to(tmp_path / "elsewhere" / "http-v2")
    assert take(tmp_path / "linked", locked()) is None


def test_a_body_that_is_swapped_for_a_link_after_the_listing_is_not_read(tmp_path: Path) -> None:
    body = keep(tmp_path, DATA)
    cache = InstallerCache(str(tmp_path), str(tmp_path / "own"))
    [(local, file)] = listed(Package("PyPI", "alpha", "1.0", files=(locked(),))).items()
    assert cache.holds(file)
    body.rename(tmp_path / "moved")
    body.symlink_to(tmp_path / "moved")
    assert cache.take(local, file) is None


def test_a_broken_cache_holds_nothing(tmp_path: Path) -> None:
    assert take(tmp_path, locked()) is None, "nothing there"
    (tmp_path / "http-v2").write_bytes(b"a file where a folder should be")
    assert take(tmp_path, locked()) is None
    (tmp_path / "http-v2").unlink()
    (tmp_path / "http-v2" / "a.body").mkdir(parents=True)
    os.mkfifo(tmp_path / "http-v2" / "b.body")
    assert take(tmp_path, locked()) is None


def test_without_a_place_to_copy_to_nothing_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    keep(tmp_path, DATA)
    monkeypatch.setattr(installer_cache, "Cache", full)
    assert take(tmp_path, locked()) is None


def test_only_so_many_entries_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path, DATA)
    monkeypatch.setattr(installer_cache, "_MOST_ENTRIES", 3)
    cache = InstallerCache(str(tmp_path), str(tmp_path / "own"))
    assert not cache.holds(locked())
    assert cache.note == "only 3 entries were looked at"


def test_other_ecosystems_and_other_files_are_not_looked_for() -> None:
    assert listed(Package("npm", "alpha", "1.0", files=(locked(),))) == {}
    assert listed(Package("PyPI", "alpha", "1.0", files=(File("https://files.example/alpha.exe"),))) == {}


def test_the_folder_is_the_one_that_pip_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PIP_CACHE_DIR", "/named")
    assert pip_folder() == "/named"
    monkeypatch.delenv("PIP_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert pip_folder() == os.path.join("/xdg", "pip")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert pip_folder() == os.path.expanduser("~/.cache/pip")
