"""Archives at hand: found by name and version, compared with the lock, chosen as an installer would."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import pytest

from depscan.artifacts.wheelhouse import LocalFile, Wheelhouse, chosen, file_name, tell
from depscan.errors import UsageError
from depscan.model.package import File, Package
from tests.unit.artifacts.builders import tar_of

WHEEL = "Alpha_One-1.0-py3-none-any.whl"
SDIST = "alpha_one-1.0.tar.gz"


def put(folder: Path, name: str, data: bytes = b"content") -> str:
    (folder / name).write_bytes(data)
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def package(version: str = "1.0", **more: object) -> Package:
    return Package("PyPI", "alpha-one", version, **more)  # type: ignore[arg-type]


def names(folder: Path, wanted: Package) -> list[str]:
    return [Path(f.path).name for f in Wheelhouse([str(folder)]).find(wanted).files]


def test_archives_are_found_by_normalised_name_and_equal_version(tmp_path: Path) -> None:
    put(tmp_path, WHEEL)
    put(tmp_path, SDIST)
    put(tmp_path, "alpha_one-2.0.tar.gz")
    put(tmp_path, "beta-1.0.tar.gz")
    assert names(tmp_path, package()) == [WHEEL, SDIST]
    assert names(tmp_path, package("1")) == [WHEEL, SDIST]
    assert names(tmp_path, package("3")) == []


def test_a_local_build_stands_for_its_release_where_that_is_not_there(tmp_path: Path) -> None:
    put(tmp_path, "alpha_one-1.0+cu121-py3-none-any.whl")
    assert names(tmp_path, package()) == ["alpha_one-1.0+cu121-py3-none-any.whl"]
    put(tmp_path, SDIST)
    assert names(tmp_path, package()) == [SDIST]


def test_a_file_with_its_locked_hash_is_taken_and_its_hash_is_known(tmp_path: Path) -> None:
    hashed = put(tmp_path, WHEEL)
    wanted = package(files=(File(f"https://files.example/a/{WHEEL}#x", hashed),))
    [found] = Wheelhouse([str(tmp_path)]).find(wanted).files
    assert found.sha256 == hashed.partition(":")[2]


def test_a_file_of_a_locked_name_with_another_hash_differs(tmp_path: Path) -> None:
    hashed = put(tmp_path, WHEEL)
    locked = f"sha256:{'0f' * 32}"
    wanted = package(files=(File(f"https://files.example/a/{WHEEL}", locked),), hashes=(locked,))
    found = Wheelhouse([str(tmp_path)]).find(wanted)
    assert found.files == ()
    [differing] = found.differing
    assert (differing.actual, differing.expected, differing.served) == (hashed, locked, False)


def test_a_file_that_the_lock_does_not_list_is_ignored_with_a_note(tmp_path: Path) -> None:
    put(tmp_path, WHEEL)
    found = Wheelhouse([str(tmp_path)]).find(package(hashes=(f"sha256:{'0f' * 32}",)))
    assert (found.files, found.differing) == ((), ())
    assert found.notes == (f"{WHEEL} has none of the hashes that the lock allows",)


def test_one_of_several_hashes_without_file_names_is_enough(tmp_path: Path) -> None:
    hashed = put(tmp_path, WHEEL)
    assert names(tmp_path, package(hashes=(f"sha256:{'0f' * 32}", hashed))) == [WHEEL]


def test_npm_tarballs_are_told_by_their_package_json_and_integrity(tmp_path: Path) -> None:
    data = tar_of({"package/package.json": '{"name": "@a/b", "version": "1.2.3"}', "package/index.js": "1"})
    put(tmp_path, "whatever.tgz", data)
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
    house = Wheelhouse([str(tmp_path)])
    wanted = Package("npm", "@a/b", "1.2.3", "npm", hashes=(integrity,))
    assert [f.kind for f in house.find(wanted).files] == ["npm"]
    assert house.find(wanted._replace(hashes=("sha512-" + "A" * 86 + "==",))).files == ()
    assert house.find(wanted._replace(version="2")).files == ()


def test_what_cannot_be_told_is_noted_and_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("broken.whl", "data.zip", "not-npm.tgz", "README.md"):
        put(tmp_path, name)
    (tmp_path / "folder.whl").mkdir()
    noted = [Path(path).name for path, _ in Wheelhouse([str(tmp_path)]).notes]
    assert noted == ["broken.whl", "data.zip", "not-npm.tgz"]


def test_a_folder_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot look for archives"):
        Wheelhouse([str(tmp_path / "none")])


def test_the_earlier_folder_wins_where_two_hold_a_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        put(tmp_path / name, WHEEL, name.encode())
    [found] = Wheelhouse([str(tmp_path / "two"), str(tmp_path / "one")]).find(package()).files
    assert found.path == str(tmp_path / "two" / WHEEL)


def test_a_later_folder_wins_where_only_its_file_has_the_locked_hash(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    put(tmp_path / "one", WHEEL, b"re-uploaded")
    locked = put(tmp_path / "two", WHEEL)
    wanted = package(files=(File(f"https://files.example/{WHEEL}", locked),))
    found = Wheelhouse([str(tmp_path / "one"), str(tmp_path / "two")]).find(wanted)
    assert ([f.path for f in found.files], found.differing) == ([str(tmp_path / "two" / WHEEL)], ())


def test_a_digest_cut_short_fits_no_file(tmp_path: Path) -> None:
    hashed = put(tmp_path, WHEEL)
    assert names(tmp_path, package(hashes=(hashed[:-2],))) == []
    assert names(tmp_path, package(hashes=("blake3:00",))) == [WHEEL]


def test_a_pipe_named_like_the_archive_is_unread_and_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / WHEEL)
    os.mkfifo(tmp_path / "alpha-one-1.0.tgz")
    house = Wheelhouse([str(tmp_path)])
    assert house.find(package()).unread == ((str(tmp_path / WHEEL), "no regular file"),)
    assert [why for _, why in house.find(Package("npm", "alpha-one", "1.0")).unread] == ["no regular file"]


def test_a_broken_npm_tarball_is_told_by_its_file_name(tmp_path: Path) -> None:
    put(tmp_path, "scope-thing-4.2.1.tgz", b"no archive")
    assert [f.kind for f in Wheelhouse([str(tmp_path)]).find(Package("npm", "@scope/thing", "4.2.1")).files] == ["npm"]


def test_conda_packages_are_told_by_their_file_names(tmp_path: Path) -> None:
    put(tmp_path, "foo_bar-1.2-py311_0.conda")
    put(tmp_path, "foo_bar-1.2-py311_0.tar.bz2")
    found = Wheelhouse([str(tmp_path)]).find(Package("conda", "foo_bar", "1.2"))
    assert [(f.kind, f.version) for f in found.files] == [("conda", "1.2"), ("conda", "1.2")]


def test_an_installer_takes_the_best_wheel_then_the_sdist() -> None:
    tags = ("cp311-cp311-linux_x86_64", "py3-none-any")
    files = ["a-1-py3-none-any.whl", "a-1-cp311-cp311-linux_x86_64.whl", "a-1-cp312-cp312-win_amd64.whl", "a-1.tar.gz"]
    told = [made for made in map(tell, files) if made]

    def best(given: list[LocalFile]) -> list[str]:
        order = {tag: i for i, tag in enumerate(tags)}
        return [f.path for f in chosen(given, lambda f: min((order[t] for t in f.tags if t in order), default=None))]

    assert best(told) == ["a-1-cp311-cp311-linux_x86_64.whl"]
    assert best(told[2:]) == ["a-1.tar.gz"]
    assert best(told[2:3]) == ["a-1-cp312-cp312-win_amd64.whl"]


def test_file_names_are_cut_out_of_urls_and_decoded() -> None:
    assert file_name("https://files.example/a/torch-2.3.0%2Bcpu-py3-none-any.whl#sha256=1") == (
        "torch-2.3.0+cpu-py3-none-any.whl"
    )
    assert file_name("./wheels\\a-1.tar.gz?x=/y") == "a-1.tar.gz"
