"""Plain folders that somebody changes while they are read, or so that the change is not seen."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from depscan.fleet.sources.folder import SOURCE, _Files
from tests.unit.fleet.stored import gaps, names, plain, settled, taken

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and pipes")


def test_what_was_written_a_moment_ago_has_no_mark_yet(tmp_path: Path) -> None:
    marks = {SOURCE.look(str(plain(tmp_path / f"{n}", {"requirements.txt": "flask\n"})), "").mark for n in range(50)}
    assert "" in marks
    assert settled(tmp_path / "0") == settled(tmp_path / "0")


def test_a_change_is_seen_whatever_its_size_and_times_are(tmp_path: Path) -> None:
    folder = plain(tmp_path / "x", {"requirements.txt": "flask\n"})
    before, times = settled(folder), os.stat(folder / "requirements.txt")
    (folder / "requirements.txt").write_text("evil1\n", "utf-8")
    os.utime(folder / "requirements.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert settled(folder) != before


def test_what_no_mark_watches_is_not_read(tmp_path: Path) -> None:
    folder = plain(tmp_path / "x", {"requirements.txt": "-r .venv/more.txt\n", ".venv/more.txt": "evil\n"})
    assert names(taken(folder)) == ["requirements.txt"]
    assert gaps(taken(folder))[".venv/more.txt"].startswith("!lies in a folder of caches")


def swap_file(folder: Path, secret: Path) -> None:
    (folder / "a" / "requirements.txt").unlink()
    (folder / "a" / "requirements.txt").symlink_to(secret / "requirements.txt")


def swap_folder(folder: Path, secret: Path) -> None:
    (folder / "a").rename(folder / "b")
    (folder / "a").symlink_to(secret)


def put_a_pipe(folder: Path, secret: Path) -> None:
    del secret
    (folder / "a" / "requirements.txt").unlink()
    os.mkfifo(folder / "a" / "requirements.txt")


def grow(folder: Path, secret: Path) -> None:
    del secret
    with (folder / "a" / "requirements.txt").open("a", encoding="utf-8") as stream:
        stream.write("more\n")


@pytest.mark.parametrize("change", [swap_file, swap_folder, put_a_pipe, grow])
def test_what_is_changed_between_list_and_read_is_not_read(
    change: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    secret = plain(tmp_path / "secret", {"requirements.txt": "secret\n"})
    folder = plain(tmp_path / "x", {"a/requirements.txt": "flask\n"})
    files = _Files(str(folder))
    listed = list(files.entries())
    change(folder, secret)
    assert isinstance(files.read(listed)["a/requirements.txt"], str)


def test_pipes_and_sockets_are_told_and_hang_nobody(tmp_path: Path) -> None:
    folder = plain(tmp_path / "x", {"requirements.txt": "flask\n"})
    os.mkfifo(folder / "uv.lock")
    assert gaps(taken(folder)) == {"uv.lock": "!not a regular file"}
