"""Git clones: which commit is meant, without a process, and what is taken of it, whatever stands in the clone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.fleet.bundle import lay_out
from depscan.fleet.sources.git import SOURCE
from depscan.fleet.sources.source import source_of
from tests.unit.difference.projects import commit, git
from tests.unit.fleet.stored import UV, clone, every_way, gaps, names, plain, taken


@pytest.fixture
def working(tmp_path: Path) -> Path:
    """Return a working clone with one commit."""
    clone(tmp_path / "working", {"uv.lock": UV})
    return tmp_path / "working"


def revision(place: Path, ref: str = "") -> str:
    return SOURCE.look(str(place), ref).revision


def test_an_unchanged_clone_is_told_without_starting_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = every_way(tmp_path, {"uv.lock": UV})
    places = [ways[way] for way in ("working", "bare", "worktree")]
    head = git(ways["working"], "rev-parse", "HEAD")
    git(ways["bare"], "pack-refs", "--all")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert [source_of(str(place)).id for place in places] == ["git"] * 3
    assert [SOURCE.look(str(place), "") for place in places] == [(f"git {head}", head)] * 3


def test_a_commit_moves_the_mark(working: Path) -> None:
    before = SOURCE.look(str(working), "")
    (working / "uv.lock").write_text("not committed", "utf-8")
    assert SOURCE.look(str(working), "") == before
    assert dict(taken(working).files)["uv.lock"] == UV.encode()
    after = commit(working, {"uv.lock": UV + "\n"})
    assert revision(working) == after != before.revision


@pytest.mark.parametrize("packed", [False, True])
def test_refs_are_found_in_the_order_of_git(working: Path, tmp_path: Path, packed: bool) -> None:  # noqa: FBT001
    first = git(working, "rev-parse", "HEAD")
    git(working, "tag", "light")
    git(working, "tag", "-a", "v1", "-m", "x")
    git(working, "tag", "-a", "twice", "-m", "x", "v1")
    git(working, "branch", "feature/x")
    second = commit(working, {"a.txt": "x"})
    git(working, "tag", "main", first)  # a tag and a branch of one name: the tag is meant
    git(tmp_path, "clone", "-q", "working", "other")
    if packed:
        git(working, "pack-refs", "--all")
        git(working, "gc", "-q")
    assert revision(working) == second
    for ref in (
        "light",
        "v1",
        "twice",
        "refs/tags/v1",
        "feature/x",
        "heads/feature/x",
        "main",
        first,
        first[:9],
        "HEAD~1",
    ):
        assert (ref, revision(working, ref)) == (ref, first)
    assert revision(working, "refs/heads/main") == revision(working, "heads/main") == second
    assert revision(tmp_path / "other", "origin") == revision(tmp_path / "other", "origin/main") == second


def test_a_detached_head_and_a_symbolic_ref_are_followed(working: Path) -> None:
    first = git(working, "rev-parse", "HEAD")
    commit(working, {"a.txt": "x"})
    git(working, "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    assert revision(working, "alias") == git(working, "rev-parse", "HEAD")
    git(working, "checkout", "-q", first)
    assert revision(working) == first


def test_a_head_that_only_git_understands_is_asked_of_git(working: Path) -> None:
    head = git(working, "rev-parse", "HEAD")
    (working / ".git" / "reftable").mkdir()  # as if refs were kept in another format
    assert revision(working) == head


def test_a_ref_that_is_not_there_is_an_error(working: Path) -> None:
    for ref in ("nowhere", "../../etc/passwd", "--upload-pack=x", "a b"):
        with pytest.raises(UsageError, match="no commit of this name"):
            SOURCE.look(str(working), ref)


@pytest.mark.usefixtures("working")
def test_nothing_committed_is_said_and_a_head_without_its_branch_is_an_error(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    look = SOURCE.look(str(tmp_path / "empty.git"), "")
    assert (look.mark, look.revision) == ("git", "")
    assert gaps(taken(tmp_path / "empty.git")) == {".": "nothing was committed yet"}
    git(tmp_path, "clone", "-q", "--bare", "working", "bare.git")
    git(tmp_path / "bare.git", "symbolic-ref", "HEAD", "refs/heads/master")
    with pytest.raises(UsageError, match=r"bare\.git HEAD: .*configuration may name a ref"):
        SOURCE.look(str(tmp_path / "bare.git"), "")


def test_a_head_that_names_a_file_elsewhere_gives_nothing_of_it(working: Path) -> None:
    (working.parent / "secret").write_text("a" * 40, "utf-8")
    (working / ".git" / "HEAD").write_text("ref: ../../secret\n", "utf-8")
    with pytest.raises(UsageError):
        SOURCE.look(str(working), "")


def test_a_broken_clone_is_no_repository_of_the_folder_around_it(working: Path) -> None:
    inner = working / "inner"
    clone(inner, {"uv.lock": UV})
    shutil.rmtree(inner / ".git" / "objects")
    (inner / ".git" / "objects").mkdir()
    with pytest.raises(UsageError):
        taken(inner)


def test_links_stay_in_the_repository_and_submodules_are_told(working: Path) -> None:
    (working / "deps").mkdir()
    (working / "deps" / "poetry.lock").symlink_to("../uv.lock")
    (working / "requirements.txt").symlink_to("/etc/passwd")
    (working / "requirements-a.txt").symlink_to("requirements-b.txt")
    (working / "requirements-b.txt").symlink_to("requirements-a.txt")
    git(working, "add", "-A")
    head = git(working, "rev-parse", "HEAD")
    git(working, "update-index", "--add", "--cacheinfo", f"160000,{head},vendor/lib")
    git(working, "commit", "-q", "-m", "x")
    bundle = taken(working)
    assert (names(bundle), bundle.links) == (["uv.lock"], (("deps/poetry.lock", "uv.lock"),))
    lost = "!is a link that leads to no file of the repository and was not read"
    assert gaps(bundle) == {
        "requirements.txt": lost, "requirements-a.txt": lost, "requirements-b.txt": lost,
        "vendor/lib": "a submodule: another repository, read where the fleet lists it",
    }  # fmt: skip


def test_many_links_cost_one_process(working: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(30):
        plain(working, {f"{i}/x": UV})
        (working / str(i) / "uv.lock").symlink_to("x")
        (working / str(i) / "poetry.lock").symlink_to("link")
        (working / str(i) / "link").symlink_to("../uv.lock")
    git(working, "add", "-A")
    git(working, "commit", "-q", "-m", "x")
    real, log = shutil.which("git"), tmp_path / "log"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(f'#!/bin/sh\necho x >> {log}\nexec {real} "$@"\n', "utf-8")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    bundle = taken(working)
    assert len(bundle.links) == 60
    assert len(log.read_text("utf-8").splitlines()) == 4  # files, links, the one link that all links lead to, contents


def test_what_a_partial_clone_lacks_is_told_and_never_fetched(working: Path, tmp_path: Path) -> None:
    commit(working, {"requirements.txt": "flask\n"})
    git(working, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{working}", "partial.git")
    touched = tmp_path / "touched"
    hostile = tmp_path / "upload-pack"
    hostile.write_text(f"#!/bin/sh\ntouch {touched}\n", "utf-8")
    hostile.chmod(0o755)
    partial = tmp_path / "partial.git"
    git(partial, "config", "remote.origin.uploadpack", str(hostile))
    git(partial, "config", "protocol.file.allow", "always")
    before = SOURCE.look(str(partial), "")
    try:
        told = gaps(taken(partial))
    except UsageError as error:  # git 2.39 gives up where it may not fetch
        told = {"uv.lock": str(error)}
    assert not touched.exists()
    assert "uv.lock" in told
    git(partial, "config", "--unset", "remote.origin.uploadpack")
    git(partial, "fetch", "-q", "--refetch", "--filter=blob:limit=1g", "origin")
    assert SOURCE.look(str(partial), "").mark != before.mark  # the same commit, and now it is whole
    assert names(taken(partial)) == ["requirements.txt", "uv.lock"]


def test_hooks_filters_and_monitors_of_a_clone_do_not_run(working: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {touched}\ncat\n", "utf-8")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "filter.x.smudge", "filter.x.clean", "core.pager", "core.sshCommand"):
        git(working, "config", key, str(program))
    (working / ".git" / "info").mkdir(exist_ok=True)
    (working / ".git" / "info" / "attributes").write_text("* filter=x\n", "utf-8")
    assert names(taken(working)) == ["uv.lock"]
    assert not touched.exists()


def test_the_variables_of_git_are_not_heeded(working: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone(tmp_path / "other", {"poetry.lock": ""})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "other" / ".git" / "objects"))
    assert names(taken(working)) == ["uv.lock"]


@pytest.mark.skipif(os.name != "posix", reason="names that only POSIX has")
def test_any_name_of_a_file_is_taken_as_it_is(working: Path) -> None:
    odd = 'a\nb\t"é\\/\udcff/uv.lock'
    (working / os.path.dirname(odd)).mkdir(parents=True)
    (working / odd).write_text(UV, "utf-8")
    git(working, "add", "-A")
    git(working, "commit", "-q", "-m", "x")
    assert names(taken(working)) == [odd, "uv.lock"]


def test_a_tree_that_no_git_would_write_lays_nothing_out_of_place(working: Path, tmp_path: Path) -> None:
    blob = git(working, "rev-parse", "HEAD:uv.lock")

    def tree(*rows: tuple[str, str, str]) -> str:
        raw = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(what) for mode, name, what in rows)
        (tmp_path / "raw").write_bytes(raw)
        return git(working, "hash-object", "-t", "tree", "-w", "--literally", str(tmp_path / "raw"))

    inner = tree(("100644", "uv.lock", blob), ("100644", "poetry.lock", blob))
    rows = [(".git", inner), ("..", inner), (".GIT", inner), ("a", inner), ("a", inner)]
    top = tree(*(("40000", name, what) for name, what in rows), ("100644", "../../uv.lock", blob))
    git(working, "update-ref", "HEAD", git(working, "commit-tree", "-m", "x", top))
    around = tmp_path / "around" / "top"
    around.mkdir(parents=True)
    lost = lay_out(taken(working), str(around))
    found = [os.path.join(at, name) for at, _, files in os.walk(tmp_path / "around") for name in files]
    assert sorted(found) == [str(around / "a" / "poetry.lock"), str(around / "a" / "uv.lock")]
    assert {"../uv.lock", ".GIT/uv.lock", "../../uv.lock"} <= {gap.what for gap in lost if gap.needed}


def test_a_git_file_that_points_nowhere_is_a_plain_folder_or_an_error_and_no_crash(tmp_path: Path) -> None:
    for number, text in enumerate((b"gitdir: /nowhere\n", b"gitdir: \0\n", b"\xff" * 5000, b"", b"gitdir: .\n")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / ".git").write_bytes(text)
        (folder / "uv.lock").write_text(UV, "utf-8")
        assert names(taken(folder)) == ["uv.lock"]
