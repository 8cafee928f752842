"""Revisions are read from git objects: no checkout, no hook, no filter, and links stay inside."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from depscan.api import Options
from depscan.difference import Difference, diff_revisions
from depscan.errors import DepscanError, PolicyError, UsageError
from tests.unit.difference.projects import FLAW, HOSTILE, NOW, commit, entry, git, kinds, lock, rules
from tests.unit.intel.records import made


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    made(tmp_path / "db", [FLAW, HOSTILE])
    git(folder, "init", "-q")
    return folder


def run(folder: Path, *revisions: str, paths: tuple[str, ...] = (".",), config: str = "") -> Difference:
    options = Options(db=str(folder.parent / "db"), now=NOW, config=config)
    base, head = [*revisions, ""][:2]
    return diff_revisions(base, head, paths, options, folder=str(folder))


def tree(folder: Path, rows: str) -> str:
    """Return a tree object made of ``git mktree`` rows."""
    done = subprocess.run(["git", "mktree"], cwd=folder, input=rows, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_two_revisions_and_the_working_tree_give_the_same_paths(repository: Path) -> None:
    one = commit(repository, {"a/uv.lock": lock(entry("calm", "1"))})
    two = commit(repository, {"a/uv.lock": lock(entry("calm", "1"), entry("evil", "1"))})
    for revisions in ((one, two), (one,), ("HEAD~1", "main")):
        found = run(repository, *revisions)
        assert (found.result.exit_code, kinds(found)) == (1, [("added", "evil")])
        assert found.result.findings[0].primary.path == "a/uv.lock"
    assert run(repository, two).result.exit_code == 0


def test_what_is_not_committed_is_seen(repository: Path) -> None:
    commit(repository, {"uv.lock": lock(entry("calm", "1"))})
    (repository / "uv.lock").write_text(lock(entry("evil", "1")), "utf-8")
    assert run(repository, "HEAD").result.exit_code == 1


def test_only_the_named_paths_are_compared_relative_to_the_folder(repository: Path) -> None:
    commit(repository, {"a/uv.lock": lock(entry("calm", "1")), "b/uv.lock": lock(entry("calm", "1"))})
    commit(repository, {"b/uv.lock": lock(entry("evil", "1"))})
    assert run(repository, "HEAD~1", "HEAD", paths=("a",)).result.exit_code == 0
    assert run(repository, "HEAD~1", "HEAD", paths=("b/uv.lock",)).result.exit_code == 1
    options = Options(db=str(repository.parent / "db"))
    below = diff_revisions("HEAD~1", "HEAD", ("../b",), options, folder=str(repository / "a"))
    assert below.result.exit_code == 1


def test_included_files_of_any_name_are_read_too(repository: Path) -> None:
    commit(repository, {"requirements.txt": "-r deep/one.foo\n", "deep/one.foo": "-c two.bar\n", "deep/two.bar": ""})
    commit(repository, {"deep/one.foo": "-c two.bar\nevil==1\n"})
    found = run(repository, "HEAD~1", "HEAD")
    assert (found.result.exit_code, found.result.findings[0].primary.path) == (1, "deep/one.foo")
    assert [c for c in found.result.coverage if c.needed] == []


def test_the_policy_is_that_of_the_base_revision_and_is_named_as_in_the_repository(repository: Path) -> None:
    lax = 'fail-on = ["vulnerability"]\n'
    commit(repository, {"uv.lock": lock(entry("calm", "1")), "depscan.toml": 'fail-on = ["malicious"]\n'})
    commit(repository, {"uv.lock": lock(entry("evil", "1")), "depscan.toml": lax})
    found = run(repository, "HEAD~1", "HEAD")
    assert [(d.action, d.because) for d in found.result.decisions] == [("block", "depscan.toml:1")]
    assert run(repository, "HEAD~1", "HEAD", config=str(repository / "depscan.toml")).result.exit_code == 0


def test_a_broken_policy_of_base_is_named_as_in_the_repository(repository: Path) -> None:
    commit(repository, {"uv.lock": lock(entry("calm", "1")), "depscan.toml": "days = 1\n"})
    with pytest.raises(PolicyError) as raised:
        run(repository, "HEAD")
    assert raised.value.path == "depscan.toml"


def test_a_lock_that_is_added_or_removed_has_no_other_side(repository: Path) -> None:
    commit(repository, {"README": ""})
    commit(repository, {"uv.lock": lock(entry("evil", "1"))})
    assert kinds(run(repository, "HEAD~1", "HEAD", paths=("uv.lock",))) == [("added", "evil")]
    assert kinds(run(repository, "HEAD", "HEAD~1")) == [("removed", "evil")]


def test_a_link_is_followed_inside_the_repository_and_never_out_of_it(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("evil==1\n", "utf-8")
    commit(repository, {"real.txt": "calm==1\n"})
    (repository / "requirements.txt").symlink_to("real.txt")
    (repository / "requirements-dev.txt").symlink_to("../secret")
    two = commit(repository, {})
    found = run(repository, "HEAD~1", two)
    assert kinds(found) == [("added", "calm")]
    assert found.result.exit_code == 4
    assert any("leads to no file of the repository" in c.why for c in found.result.coverage)


def test_neither_hooks_nor_filters_nor_monitors_of_the_repository_run(repository: Path) -> None:
    mark = repository.parent / "ran"
    spy = repository.parent / "spy"
    spy.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n", "utf-8")
    spy.chmod(0o755)
    (repository / ".git" / "hooks" / "post-checkout").write_text(f"#!/bin/sh\ntouch {mark}\n", "utf-8")
    commit(repository, {"uv.lock": lock(entry("calm", "1")), ".gitattributes": "*.lock filter=spy diff=spy\n"})
    for key in ("core.fsmonitor", "filter.spy.smudge", "filter.spy.process", "diff.spy.textconv", "core.pager"):
        git(repository, "config", key, str(spy))
    mark.unlink(missing_ok=True)
    assert run(repository, "HEAD", "HEAD").result.exit_code == 0
    assert not mark.exists()


def test_git_variables_of_the_environment_do_not_lead_elsewhere(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, {"uv.lock": lock(entry("calm", "1"))})
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    assert run(repository, "HEAD").result.exit_code == 0


@pytest.mark.parametrize("name", ["nope", "--output=x", "", "HEAD:uv.lock", "HEAD\n", "-"])
def test_what_is_no_commit_is_bad_usage(repository: Path, name: str) -> None:
    commit(repository, {"uv.lock": lock(entry("calm", "1"))})
    with pytest.raises(UsageError):
        run(repository, name, "HEAD")


def test_no_repository_and_paths_outside_are_bad_usage(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"uv.lock": lock(entry("calm", "1"))})
    for folder, path in ((tmp_path, "."), (repository, ".."), (repository, "/etc/passwd"), (repository, "nowhere")):
        with pytest.raises(DepscanError):
            run(folder, "HEAD", paths=(path,))


def test_nothing_is_left_behind(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, {"uv.lock": lock(entry("evil", "1"))})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    found = run(repository, "HEAD", "HEAD")
    assert os.listdir(tmp_path / "tmp") == []
    assert str(tmp_path / "tmp") not in repr((found.result.findings, found.before.findings, found.result.coverage))


def test_names_that_no_checkout_would_take_are_gaps_and_no_crash(repository: Path) -> None:
    commit(repository, {"requirements.txt": "calm==1\n"})
    blob = git(repository, "hash-object", "-w", "requirements.txt")
    inner = tree(repository, f"100644 blob {blob}\trequirements.txt\n")
    for name in ("..", "x" * 300):
        top = tree(repository, f"040000 tree {inner}\t{name}\n100644 blob {blob}\trequirements.txt\n")
        head = git(repository, "commit-tree", "-m", "x", top)
        found = run(repository, "HEAD", head)
        assert (found.result.exit_code, kinds(found)) == (4, []), name
        assert [c.what for c in found.result.coverage if c.needed] == [f"{name}/requirements.txt"]
    assert not (repository.parent / "requirements.txt").exists()


def test_odd_names_of_files_are_read_and_shown(repository: Path) -> None:
    commit(repository, {"a b\té/requirements.txt": "calm==1\n"})
    commit(repository, {"a b\té/requirements.txt": "evil==1\n"})
    found = run(repository, "HEAD~1", "HEAD")
    assert rules(found) == {"advisory/malicious": "block"}
    assert found.result.findings[0].primary.path == "a b\té/requirements.txt"
