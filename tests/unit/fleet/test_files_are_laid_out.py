"""Laying out a bundle: hostile names write nothing elsewhere, nothing below ``.git``, and are told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depscan.errors import UsageError
from depscan.fleet.bundle import Bundle, lay_out


def laid(folder: Path, *paths: str, links: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
    """Return why files were not written, by name."""
    folder.mkdir(parents=True)
    files = tuple((path, path.encode("utf-8", "surrogatepass")) for path in paths)
    return {gap.what: gap.why for gap in lay_out(Bundle("", "", files, (), links), str(folder)) if gap.needed}


def everything(folder: Path) -> set[str]:
    return {os.path.relpath(os.path.join(at, name), folder) for at, _, files in os.walk(folder) for name in files}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../x", "out of the repository"), ("a/../../x", "out of the repository"), ("/x", "out of the repository"),
        ("a/../x", "out of the repository"), ("..", "out of the repository"), ("a\0b", "NUL"), ("", "no path"),
        (".", "no path"), ("a//b", "no path"), ("a/", "no path"), ("x" * 300, "too long"), ("\ud800", "surrogates"),
        (".git", "below .git"), (".git/config", "below .git"), ("a/.GIT/hooks/x", "below .git"), (".git./x", "below"),
        ("git~1/x", "below .git"), (".g\u200cit/x", "below .git"), (".git::$INDEX_ALLOCATION/x", "below .git"),
        (".git /x", "below .git"),
    ],
)  # fmt: skip
def test_a_hostile_name_is_told_and_the_others_are_written(path: str, why: str, tmp_path: Path) -> None:
    top = tmp_path / "around" / "top"
    lost = laid(top, path, "uv.lock")
    assert why in lost[path]
    assert everything(tmp_path) == {"around/top/uv.lock"}
    assert os.listdir(top / ".git") == []


def test_names_twice_and_names_that_are_folders_are_told(tmp_path: Path) -> None:
    assert set(laid(tmp_path / "x", "a", "a", "a/b", "c/d", "c")) == {"a", "a/b", "c"}
    assert (tmp_path / "x" / "a").read_text("utf-8") == "a"


def test_names_that_differ_by_case_are_both_written_or_told(tmp_path: Path) -> None:
    lost = laid(tmp_path / "x", "uv.lock", "UV.lock")
    assert len(everything(tmp_path)) + len(lost) == 2


def test_honest_names_that_look_odd_are_written(tmp_path: Path) -> None:
    odd = (".github/workflows/x.yml", ".gitignore", "a..b/...", "git~x", ".gitmodules", "a/.git2/x", "a\nb")
    assert laid(tmp_path / "x", *odd) == {}


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_links_lead_only_to_files_that_were_written(tmp_path: Path) -> None:
    links = (("a/b/x", "c/y"), ("../z", "c/y"), (".git/x", "c/y"), ("q", "../secret"), ("c/y", "c/y"), ("c/y/z", "c/y"))
    lost = laid(tmp_path / "top", "c/y", links=links)
    assert set(lost) == {"../z", ".git/x", "q", "c/y", "c/y/z"}
    assert (tmp_path / "top" / "a" / "b" / "x").read_text("utf-8") == "c/y"
    assert os.readlink(tmp_path / "top" / "a" / "b" / "x") == "../../c/y"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that is closed to its writer")
def test_a_machine_without_room_is_no_property_of_the_repository(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / ".git").mkdir(parents=True)
    (top / ".git").rmdir()
    (top / "a").mkdir(0o500)
    with pytest.raises(UsageError, match="TMPDIR"):
        lay_out(Bundle("", "", (("a/b", b""),)), str(top))


NAMES = st.lists(st.sampled_from(["..", ".", ".git", "a", "", "b", "\0", "uv.lock", "/"]), max_size=5).map("/".join)


@given(st.lists(NAMES, max_size=6))
def test_no_mixture_of_names_leaves_the_folder(paths: list[str]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as around:
        laid(Path(around) / "x" / "top", *paths)
        assert all(name.startswith("x/top/") for name in everything(Path(around)))
        assert os.listdir(Path(around) / "x" / "top" / ".git") == []
