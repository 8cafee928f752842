"""Archives: what is taken of honest ones, and that hostile ones take nothing else along and say what is wrong."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.fleet.sources.archive import SOURCE
from tests.unit.fleet.stored import UV, gaps, names, taken, zipped

LOCK = UV.encode()


def tarred(place: Path, rows: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(place, "w:gz") as archive:
        for info, data in rows:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return place


def row(name: str, data: bytes = b"", *, kind: bytes = tarfile.REGTYPE, to: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info, data


def test_one_common_folder_is_left_out_and_two_are_kept(tmp_path: Path) -> None:
    one = zipped(tmp_path / "one.zip", {"top/uv.lock": LOCK, "top/a/poetry.lock": b""})
    two = zipped(tmp_path / "two.zip", {"a/uv.lock": LOCK, "b/uv.lock": LOCK})
    loose = zipped(tmp_path / "loose.zip", {"a/uv.lock": LOCK, "uv.lock": LOCK})
    assert [names(taken(p)) for p in (one, two, loose)] == [
        ["a/poetry.lock", "uv.lock"], ["a/uv.lock", "b/uv.lock"], ["a/uv.lock", "uv.lock"],
    ]  # fmt: skip


def test_names_that_lead_out_are_told_and_write_nothing_there(tmp_path: Path) -> None:
    paths = ("../../uv.lock", "/abs/uv.lock", "a/../../uv.lock", "ok/uv.lock")
    made = zipped(tmp_path / "x.zip", dict.fromkeys(paths, LOCK))
    bundle = taken(made)
    assert "ok/uv.lock" in names(bundle)
    assert gaps(bundle)["../../uv.lock"] == "!in the archive: a path with '..'"
    assert gaps(bundle)["/abs/uv.lock"] == "!in the archive: an absolute path"


def test_links_and_devices_of_a_tar_archive_reach_nothing(tmp_path: Path) -> None:
    rows = [
        row("uv.lock", kind=tarfile.SYMTYPE, to="/etc/passwd"),
        row("poetry.lock", kind=tarfile.LNKTYPE, to="../../secret"),
        row("pdm.lock", kind=tarfile.FIFOTYPE),
        row("a/requirements.txt", b"flask\n"),
        row("requirements.txt", kind=tarfile.SYMTYPE, to="a/requirements.txt"),
        row("link", kind=tarfile.SYMTYPE, to="/etc"),
        row("link/Pipfile.lock", b"{}"),
    ]
    bundle = taken(tarred(tmp_path / "x.tar.gz", rows))
    assert names(bundle) == ["a/requirements.txt", "link/Pipfile.lock"]
    assert bundle.links == (("requirements.txt", "a/requirements.txt"),)
    assert {what: told[:1] for what, told in gaps(bundle).items()} == {
        "uv.lock": "!", "poetry.lock": "!", "pdm.lock": "!", "link": "i",
    }  # fmt: skip


def test_of_two_members_of_one_name_the_last_is_read_and_it_is_said(tmp_path: Path) -> None:
    bundle = taken(tarred(tmp_path / "x.tar.gz", [row("uv.lock", b"one"), row("uv.lock", LOCK), row("UV.lock", b"")]))
    assert dict(bundle.files)["uv.lock"] == LOCK
    assert gaps(bundle)["uv.lock"] == "!in the archive: two members of this path with different content"


def test_a_bomb_ends_at_the_budget_and_is_told(tmp_path: Path) -> None:
    made = zipped(tmp_path / "x.zip", {"a/uv.lock": b"\0" * (40 << 20), "a/poetry.lock": b"#\n"})
    bundle = taken(made)
    assert names(bundle) == ["poetry.lock"]
    assert gaps(bundle)["uv.lock"].startswith(("!only", "!in the archive"))


@pytest.mark.parametrize("cut", [10, 200, -30])
def test_an_archive_that_was_cut_says_so(cut: int, tmp_path: Path) -> None:
    whole = tarred(tmp_path / "x.tar.gz", [row("uv.lock", os.urandom(50_000)), row("poetry.lock", LOCK)]).read_bytes()
    (tmp_path / "y.tar.gz").write_bytes(whole[:cut])
    try:
        told = gaps(taken(tmp_path / "y.tar.gz"))
    except UsageError as error:
        told = {"": f"!{error}"}
    assert any(why.startswith("!") for why in told.values())


def test_what_is_no_archive_of_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"text")
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(LOCK))
    (tmp_path / "c.tgz").write_bytes(b"")
    for name in ("a.zip", "b.tar.gz", "c.tgz"):
        with pytest.raises(UsageError, match="no archive of files"):
            SOURCE.load(str(tmp_path / name), "", "")
    with pytest.raises(UsageError, match="no revisions"):
        SOURCE.look(str(tmp_path / "a.zip"), "main")


def test_a_large_model_comes_whole_out_of_a_tar_archive(tmp_path: Path) -> None:
    data = b"\x80\x04" + os.urandom(5 << 20)
    assert dict(taken(tarred(tmp_path / "x.tar.gz", [row("m.pkl", data)])).files) == {"m.pkl": data}


def test_an_archive_is_looked_at_by_size_and_time(tmp_path: Path) -> None:
    made = zipped(tmp_path / "x.zip", {"uv.lock": LOCK})
    before = SOURCE.look(str(made), "")
    assert SOURCE.look(str(made), "") == before
    zipped(made, {"uv.lock": LOCK + b"\n"})
    assert SOURCE.look(str(made), "") != before
    with pytest.raises(UsageError, match="cannot be read"):
        SOURCE.look(str(tmp_path / "gone.zip"), "")
