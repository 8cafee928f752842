"""Clones made to have other people's files read as theirs, or to show one file and mean another."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.fleet.sources.git import SOURCE
from depscan.fleet.sources.source import source_of
from tests.unit.difference.projects import git
from tests.unit.fleet.stored import UV, clone, gaps, names, taken

pytestmark = pytest.mark.skipif(os.name != "posix", reason="symbolic links")


def file_to(evil: Path, secret: Path) -> None:
    evil.mkdir()
    (evil / ".git").write_text(f"gitdir: {secret}/.git\n", "utf-8")


def relative_file_to(evil: Path, secret: Path) -> None:
    evil.mkdir()
    (evil / ".git").write_text(f"gitdir: ../{secret.name}/.git\n", "utf-8")


def link_to(evil: Path, secret: Path) -> None:
    evil.mkdir()
    (evil / ".git").symlink_to(secret / ".git")


def own_folder_with_a_common_one(evil: Path, secret: Path) -> None:
    (evil / ".git").mkdir(parents=True)
    (evil / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (evil / ".git" / "commondir").write_text(f"{secret}/.git\n", "utf-8")


def bare_one_with_a_common_one(evil: Path, secret: Path) -> None:
    evil.mkdir()
    (evil / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (evil / "commondir").write_text(f"{secret}/.git\n", "utf-8")


def forged_worktree(evil: Path, secret: Path) -> None:
    own = evil / "x" / "worktrees" / "y"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (own / "commondir").write_text(f"{secret}/.git\n", "utf-8")
    (own / "gitdir").write_text(f"{evil}/.git\n", "utf-8")
    (evil / ".git").write_text("gitdir: x/worktrees/y\n", "utf-8")


def with_linked(name: str) -> Callable[[Path, Path], None]:
    def make(evil: Path, secret: Path) -> None:
        clone(evil, {"uv.lock": UV})
        (evil / ".git" / "objects" / "info" / "alternates").write_text(f"{secret}/.git/objects\n", "utf-8")
        place = evil / ".git" / name
        subprocess.run(["rm", "-rf", str(place)], check=True)
        place.symlink_to(secret / ".git" / name)
        if name == "refs/heads":
            (evil / ".git" / "HEAD").write_text("ref: refs/heads/odd~name\n", "utf-8")
        if name == "packed-refs":
            subprocess.run(["rm", "-rf", str(evil / ".git" / "refs" / "heads")], check=True)

    make.__name__ = f"linked_{name}"
    return make


WAYS = [file_to, relative_file_to, link_to, own_folder_with_a_common_one, bare_one_with_a_common_one, forged_worktree,
        *map(with_linked, ["HEAD", "refs", "refs/heads", "refs/heads/main", "packed-refs"])]  # fmt: skip


@pytest.mark.parametrize("make", WAYS, ids=lambda make: make.__name__)
def test_no_clone_has_the_files_of_another_read_as_its_own(make: Callable[[Path, Path], None], tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    clone(secret, {"requirements.txt": "secret==1\n"})
    git(secret, "branch", "-M", "main")
    git(secret, "branch", "odd")
    if make.__name__ == "linked_packed-refs":
        git(secret, "pack-refs", "--all")
    make(tmp_path / "evil", secret)
    with pytest.raises(UsageError, match=r"outside|damaged"):
        taken(tmp_path / "evil")


def test_worktrees_and_submodules_know_whose_they_are(tmp_path: Path) -> None:
    clone(tmp_path / "lib", {"uv.lock": UV})
    clone(tmp_path / "app", {"requirements.txt": "flask\n"})
    git(
        tmp_path / "app",
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(tmp_path / "lib"),
        "lib",
    )
    git(tmp_path / "app", "worktree", "add", "-q", str(tmp_path / "tree"))
    assert names(taken(tmp_path / "app" / "lib")) == ["uv.lock"]
    assert names(taken(tmp_path / "tree")) == ["requirements.txt"]
    (tmp_path / "linked").symlink_to(tmp_path / "tree")
    assert names(taken(tmp_path / "linked")) == ["requirements.txt"]


def test_a_file_that_a_folder_has_twice_is_told(tmp_path: Path) -> None:
    clone(tmp_path, {"uv.lock": UV})
    good, bad = (
        subprocess.run(["git", "-C", str(tmp_path), "hash-object", "-w", "--stdin"], input=data, capture_output=True,
                       check=True).stdout.decode().strip()
        for data in (b"flask\n", b"evil\n")
    )  # fmt: skip
    entry = b"100644 requirements.txt\0"
    raw = entry + bytes.fromhex(bad) + entry + bytes.fromhex(good)
    tree = subprocess.run(["git", "-C", str(tmp_path), "hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
                          input=raw, capture_output=True, check=True).stdout.decode().strip()  # fmt: skip
    git(tmp_path, "update-ref", "HEAD", git(tmp_path, "commit-tree", "-m", "x", tree))
    assert gaps(taken(tmp_path))["requirements.txt"].startswith("!stands twice")


@pytest.mark.parametrize("name", ["HEAD", "packed-refs", "config", "commondir"])
def test_a_pipe_in_the_place_of_a_file_hangs_nobody(name: str, tmp_path: Path) -> None:
    clone(tmp_path, {"uv.lock": UV})
    (tmp_path / ".git" / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / ".git" / name)
    assert source_of(str(tmp_path)).id == "git"
    with pytest.raises(UsageError, match="what is no file"):
        SOURCE.look(str(tmp_path), "")


def test_a_tree_of_billions_of_files_is_given_up(tmp_path: Path) -> None:
    clone(tmp_path, {"uv.lock": UV})

    def made(kind: str, raw: bytes) -> str:
        command = ["git", "-C", str(tmp_path), "hash-object", "-t", kind, "-w", "--stdin"]
        return subprocess.run(command, input=raw, capture_output=True, check=True).stdout.decode().strip()

    tree = made("tree", b"".join(b"100644 %02d\0" % i + bytes.fromhex(made("blob", b"x")) for i in range(10)))
    for _ in range(9):
        tree = made("tree", b"".join(b"40000 %s%02d\0" % (b"f" * 200, i) + bytes.fromhex(tree) for i in range(10)))
    git(tmp_path, "update-ref", "HEAD", git(tmp_path, "commit-tree", "-m", "x", tree))
    with pytest.raises(UsageError, match="more than 256 MB"):
        taken(tmp_path)


def test_a_folder_that_looks_like_a_clone_does_not_hide_its_files(tmp_path: Path) -> None:
    for name in ("bare", "working/.git"):
        (tmp_path / name / "objects").mkdir(parents=True)
        (tmp_path / name / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    for name in ("bare", "working"):
        (tmp_path / name / "src").mkdir()
        (tmp_path / name / "src" / "uv.lock").write_text(UV, "utf-8")
        assert gaps(taken(tmp_path / name))["src/uv.lock"].startswith("!stands in the clone")
    clone(tmp_path / "real", {"uv.lock": UV})
    git(tmp_path, "clone", "-q", "--bare", "real", "real.git")
    assert gaps(taken(tmp_path / "real.git")) == {}
    (tmp_path / "real.git" / "uv.lock").write_text(UV, "utf-8")
    assert gaps(taken(tmp_path / "real.git"))["uv.lock"].startswith("!stands in the clone")
