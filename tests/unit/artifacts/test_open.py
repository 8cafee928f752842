"""Artifacts of every kind are opened in memory; what is wrong with them is told and the rest is read."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

import pytest

from depscan.artifacts.artifact import Artifact, Budget
from depscan.artifacts.open import oddities_of, open_artifact, open_bytes
from depscan.errors import ArtifactError
from tests.unit.artifacts.builders import (
    ELF,
    PE,
    SDIST,
    WHEEL,
    file_info,
    tar_members,
    tar_of,
    zip_of,
    zip_pairs,
)


def paths(artifact: Artifact) -> list[str]:
    return [m.path for m in artifact.members]


def kinds(artifact: Artifact) -> set[str]:
    return {o.kind for o in oddities_of(artifact)}


def content(artifact: Artifact, path: str) -> bytes:
    return next(m for m in artifact.members if m.path == path).read()


def test_a_wheel_names_itself_in_its_metadata_and_has_nothing_odd() -> None:
    found = open_bytes(zip_of(WHEEL), "alpha-1.0-py3-none-any.whl")
    assert (found.kind, found.package, found.version) == ("wheel", "Alpha", "1.0")
    assert paths(found) == list(WHEEL)
    assert content(found, "alpha/core.py") == b"def main():\n    return 1\n"
    assert oddities_of(found) == ()


@pytest.mark.parametrize(("mode", "ending"), [("w:gz", "gz"), ("w:bz2", "bz2"), ("w:xz", "xz"), ("w", "tar")])
def test_an_sdist_loses_its_top_folder_in_every_compression(mode: str, ending: str) -> None:
    name = "alpha-1.0.tar" if ending == "tar" else f"alpha-1.0.tar.{ending}"
    found = open_bytes(tar_of(SDIST, mode), name)
    assert (found.kind, found.package, found.version) == ("sdist", "alpha", "1.0")
    assert paths(found)[:2] == ["PKG-INFO", "setup.py"]
    assert oddities_of(found) == ()


def test_a_zipped_sdist_an_egg_an_npm_package_and_a_conda_package_are_told_apart() -> None:
    assert open_bytes(zip_of(SDIST), "alpha-1.0.zip").kind == "sdist"
    assert open_bytes(zip_of({"EGG-INFO/PKG-INFO": "Name: a\nVersion: 2\n", "a.py": ""}), "a-2-py3.egg").version == "2"
    npm = open_bytes(tar_of({"package/package.json": '{"name": "@x/y", "version": "3.0.0"}'}), "y-3.0.0.tgz")
    assert (npm.kind, npm.package, npm.version, paths(npm)) == ("npm", "@x/y", "3.0.0", ["package.json"])
    conda = tar_of({"info/index.json": '{"name": "beta", "version": "4"}', "site-packages/beta.py": ""}, "w:bz2")
    assert open_bytes(conda, "beta-4-0.tar.bz2")[1:4] == ("conda", "beta", "4")


def test_content_decides_and_a_name_that_says_otherwise_is_odd() -> None:
    found = open_bytes(zip_of(WHEEL), "alpha-1.0.tar.gz")
    assert found.kind == "wheel"
    assert kinds(found) == {"disguised"}


def test_files_that_are_not_what_they_are_called_are_odd() -> None:
    found = open_bytes(zip_of({"a/logo.png": PE, "a/notes.txt": ELF, "a/data.dat": PE, "a/b.png": "text"}), "a.zip")
    odd = [(o.path, o.detail) for o in found.oddities if o.kind == "disguised"]
    assert odd == [
        ("logo.png", "named .png, is pe"),
        ("notes.txt", "named .txt, is elf"),
        ("b.png", "named .png, is text"),
    ]


def test_a_script_and_a_folder_are_artifacts_too(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "run.py").write_bytes(b"x = 1\n")
    (tmp_path / "pkg" / "out").symlink_to("/etc")
    os.mkfifo(tmp_path / "pkg" / "pipe")
    script = open_artifact(str(tmp_path / "pkg" / "run.py"))
    assert (script.kind, paths(script), script.members[0].read()) == ("script", ["run.py"], b"x = 1\n")
    folder = open_artifact(str(tmp_path / "pkg"))
    assert (folder.kind, paths(folder)) == ("folder", ["run.py"])
    assert [o.kind for o in folder.oddities] == ["link", "link"]


def test_only_a_path_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    for path in (str(tmp_path / "none"), "a\0b"):
        with pytest.raises(ArtifactError):
            open_artifact(path)
    assert open_bytes(b"", "empty.tar.gz").members[0].read() == b""


def test_paths_that_leave_the_archive_are_told_and_read() -> None:
    files = {"../../evil.py": "1", "/abs.py": "2", "C:\\win.py": "3", "a/../setup.py": "4"}
    for data, name in ((zip_of(files), "x.zip"), (tar_of(files), "x.tar.gz")):
        found = open_bytes(data, name)
        assert paths(found) == ["../../evil.py", "abs.py", "win.py", "setup.py"]
        assert kinds(found) == {"traversal", "absolute"}


def test_the_same_path_with_other_content_is_odd_and_both_are_read_but_a_repetition_is_not() -> None:
    found = open_bytes(zip_pairs([("a.py", "1"), ("a.py", "2"), ("b.py", ""), ("b.py", ""), ("B.py", "")]), "x.zip")
    assert paths(found) == ["a.py", "a.py", "b.py", "B.py"]
    assert [o.kind for o in found.oddities] == ["duplicate", "case-clash"]


def test_links_inside_are_followed_and_links_out_loops_and_devices_are_odd() -> None:
    members = [
        (file_info("p-1/data.txt"), b"import os\n"),
        (file_info("p-1/setup.py", tarfile.SYMTYPE, "data.txt"), b""),
        (file_info("p-1/hard.py", tarfile.LNKTYPE, "p-1/data.txt"), b""),
        (file_info("p-1/passwd", tarfile.SYMTYPE, "../../etc/passwd"), b""),
        (file_info("p-1/a", tarfile.SYMTYPE, "b"), b""),
        (file_info("p-1/b", tarfile.SYMTYPE, "a"), b""),
        (file_info("p-1/dev", tarfile.CHRTYPE), b""),
    ]
    found = open_bytes(tar_members(members), "p-1.tar.gz")
    assert content(found, "setup.py") == content(found, "hard.py") == b"import os\n"
    assert [o.path for o in found.oddities if o.kind == "link"] == ["p-1/passwd", "p-1/dev", "p-1/a", "p-1/b"]


def test_members_behind_the_end_of_a_tar_are_read_and_told() -> None:
    one, two = tar_of({"p/a.py": "1"}, "w"), tar_of({"p/hidden.py": "2"}, "w")
    found = open_bytes(gzip.compress(one + two), "p-1.tar.gz")
    assert paths(found) == ["a.py", "hidden.py"]
    assert kinds(found) == {"broken"}


def test_data_behind_the_compressed_stream_is_told_but_padding_and_second_streams_are_not() -> None:
    tar = tar_of({"p/a.py": "1"}, "w")
    half = len(tar) // 2
    assert not kinds(open_bytes(gzip.compress(tar[:half]) + gzip.compress(tar[half:]) + bytes(99), "p.tar.gz"))
    assert kinds(open_bytes(gzip.compress(tar) + b"more", "p.tar.gz")) == {"broken"}


def test_pax_and_gnu_long_names_are_read_and_sizes_that_contradict_are_told() -> None:
    long = "p/" + "d/" * 120 + "a.py"
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        assert paths(open_bytes(tar_members([(file_info(long), b"1")], form=form), "p.tar.gz")) == [long[2:]]
    info = file_info("p/a.py")
    info.pax_headers = {"size": "512"}
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
        archive.addfile(file_info("p/b.py"))
    assert "broken" in kinds(open_bytes(stream.getvalue(), "p.tar"))


def test_a_truncated_archive_gives_what_stands_before_the_cut() -> None:
    tar = tar_of({"p/a.py": b"1" * 1000, "p/b.py": b"2" * 5000}, "w")
    found = open_bytes(tar[:3000], "p.tar")
    assert content(found, "a.py") == b"1" * 1000
    assert kinds(found) == {"broken"}
    whole = zip_of({"p/a.py": b"1" * 1000, "p/b.py": b"2" * 5000}, stored=True)
    cut = open_bytes(whole[:3000], "p.zip")
    assert content(cut, "a.py") == b"1" * 1000
    assert kinds(cut) == {"broken"}


def test_what_a_zip_hides_from_its_directory_is_found() -> None:
    data = zip_of({"p/a.py": "1", "p/b.py": "2"}, stored=True)
    assert kinds(open_bytes(b"PK\x03\x04junk" + data, "p.zip")) == {"broken"}
    renamed = bytearray(data)
    at = renamed.index(b"p/b.py")
    renamed[at : at + 6] = b"p/c.py"
    assert any("its own header calls it" in o.detail for o in open_bytes(bytes(renamed), "p.zip").oddities)
    inner = zip_of({"p/hidden.py": "3"}, stored=True)
    hidden = inner[: inner.index(b"PK\x01\x02")]
    found = open_bytes(hidden + data, "p.zip")
    assert "hidden.py" in paths(found)
    assert "broken" in kinds(found)
    assert kinds(open_bytes(data + b"behind", "p.zip")) == {"broken"}


def test_a_wrong_checksum_comes_out_when_the_member_is_read() -> None:
    data = bytearray(zip_of({"p/a.py": "payload", "p/b.py": ""}, stored=True))
    data[data.index(b"payload")] ^= 1
    found = open_bytes(bytes(data), "p.zip")
    assert found.oddities == ()
    assert content(found, "a.py") == b"qayload"
    assert [(o.kind, o.detail) for o in oddities_of(found)] == [("broken", "its checksum is wrong")]


def test_encrypted_members_and_unknown_methods_are_not_read() -> None:
    data = bytearray(zip_of({"p/a.py": "1", "p/b.py": "2"}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    data[at + 16] ^= 1  # its content does not have the stated checksum, as without the key
    data[data.index(b"PK\x01\x02", at + 4) + 10] = 97
    found = open_bytes(bytes(data), "p.zip")
    assert [m.read() for m in found.members] == [b"", b""]
    assert {"encrypted", "unreadable"} <= kinds(found)


def test_bombs_stop_at_the_ratio_and_the_rest_of_the_budget_holds() -> None:
    zeros = bytes(20 << 20)
    packed = open_bytes(zip_of({"p/a.txt": zeros, "p/b.py": "2"}), "p.zip")
    assert len(content(packed, "a.txt")) <= 11 << 20
    assert content(packed, "b.py") == b"2"
    assert "ratio" in kinds(packed)
    assert "ratio" in kinds(open_bytes(tar_of({"p/a.py": "1", "p/b": zeros}), "p.tar.gz"))
    assert "ratio" in kinds(open_bytes(tar_of({"p/a.py": "1", "p/b": zeros}, "w:xz"), "p.tar.xz"))


def test_members_bytes_names_and_time_are_bounded() -> None:
    many = {f"p/{i}.py": "" for i in range(50)}
    for data, name in ((zip_of(many), "p.zip"), (tar_of(many), "p.tar.gz")):
        found = open_bytes(data, name, Budget(members=10))
        assert (len(found.members), kinds(found)) == (10, {"budget"})
    texts = {"p/a.py": "a" * 5000, "p/b.py": "b" * 5000, "p/" + "n" * 99: ""}
    for data, name in ((zip_of(texts), "p.zip"), (tar_of(texts), "p.tar.gz")):
        found = open_bytes(data, name, Budget(member=1000, total=1500, name=50))
        assert [len(m.read()) for m in found.members][:2] == [1000, 0]
        assert kinds(found) == {"budget", "long-name"}
    assert "budget" in kinds(open_bytes(tar_of(texts), "p.tar.gz", Budget(seconds=0)))


def test_archives_inside_are_opened_to_the_depth_of_the_budget() -> None:
    data = b"x = 1\n"
    name = "a.py"
    for level in range(5):
        data, name = zip_of({name: data}), f"{level}.zip"
    found = open_bytes(data, "outer.zip")
    assert [len(m.container) for m in found.members] == [0, 1, 2, 3]
    assert kinds(found) == {"nested-too-deep"}
    data = gzip.compress(b"x = 1\n" * 500)
    inner = open_bytes(tar_of({"p-1/setup.py": "", "p-1/data/code.py.gz": data}), "p-1.tar.gz")
    assert (inner.members[2].path, inner.members[2].container) == ("code.py", ("data/code.py.gz",))
    assert inner.members[2].read() == b"x = 1\n" * 500


def test_a_big_binary_in_a_tar_is_known_by_its_head_and_big_text_is_read() -> None:
    found = open_bytes(tar_of({"p/lib.so": ELF + os.urandom(5 << 20), "p/t.py": b"# x\n" * (2 << 20)}, "w"), "p.tar")
    assert [(m.size > 5 << 20, len(m.read())) for m in found.members] == [(True, 65536), (True, 8 << 20)]
    assert not kinds(found)


def test_a_conda_package_without_a_zstd_decoder_says_so() -> None:
    frame = b"\x28\xb5\x2f\xfd" + bytes(20)
    data = zip_of({"metadata.json": "{}", "pkg-a-1-0.tar.zst": frame, "info-a-1-0.tar.zst": frame}, stored=True)
    assert kinds(open_bytes(data, "a-1-0.conda")) & {"unreadable", "broken"}
