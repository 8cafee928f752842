"""``depscan diff --git`` by the installed wheel, in a folder whose owner wants to be imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import ROOT, Installed
from tests.unit.difference.projects import commit, git


@pytest.fixture
def repository(depscan: Installed) -> Installed:
    """Return the command in a repository with one good commit."""
    git(depscan.cwd, "init", "-q")
    commit(depscan.cwd, {"requirements.txt": "tomli==2.2.1\n", "clean.txt": ""})
    return depscan


def test_a_bad_change_is_1_and_a_good_one_0(repository: Installed) -> None:
    folder = repository.cwd
    commit(folder, {"requirements.txt": "tomli==2.2.1\njinja2==3.1.4\n"})
    bad = repository("diff", "--git", "HEAD~1", "HEAD")
    assert bad.code == 1
    assert "!  jinja2  3.1.4  added  requirements.txt:2" in bad.out
    commit(folder, {"requirements.txt": "tomli==2.2.1\njinja2==3.1.4\nsix==1.17.0\n"})
    good = repository("diff", "--git", "HEAD~1", "HEAD")
    assert good.code == 0
    assert "in BASE already, not judged" in good.out


def test_every_format_can_be_written(repository: Installed) -> None:
    commit(repository.cwd, {"requirements.txt": "jinja2==3.1.4\n"})
    for name, start in (("text", "depscan: "), ("json", "{"), ("sarif", "{"), ("markdown", "## "), ("github", "::err")):
        run = repository("diff", "--git", "HEAD~1", "--format", name)
        assert (run.code, run.out.startswith(start)) == (1, True), name
    assert json.loads(repository("diff", "--git", "HEAD~1", "--format", "json").out)["kind"] == "diff"


def test_wrong_revisions_are_bad_usage_and_no_change_is_clean(repository: Installed) -> None:
    assert repository("diff", "--git", "nowhere").code == 2
    assert repository("diff", "--git=--upload-pack=x").code == 2
    assert repository("diff", "--git", "HEAD").code == 0
    assert repository("diff", "--git", "HEAD", "HEAD", "--", "missing").code == 2


def test_two_folders_without_anything_are_nothing_to_compare(repository: Installed) -> None:
    for name in ("one", "two"):
        (repository.cwd / name).mkdir()
    assert repository("diff", "one", "two").code == 3


def test_data_that_is_missing_makes_it_incomplete(repository: Installed) -> None:
    assert repository("diff", "--git", "HEAD", "--db", "missing").code == 4


def test_the_hook_of_pre_commit_judges_only_what_is_about_to_be_committed(repository: Installed) -> None:
    hooks = {h["id"]: h for h in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    command, *words = hooks["depscan-diff"]["entry"].split()
    assert (command, hooks["depscan-diff"]["pass_filenames"]) == ("depscan", False)
    assert repository(*words).code == 0
    (repository.cwd / "requirements.txt").write_text("jinja2==3.1.4\n", "utf-8")
    git(repository.cwd, "add", "-A")
    held = str(repository.cwd / ".git")
    assert repository(*words, GIT_DIR=held, GIT_INDEX_FILE=f"{held}/index").code == 1


def test_no_module_of_the_repository_is_imported_by_git_or_by_us(repository: Installed, tmp_path: Path) -> None:
    (tmp_path / "subprocess.py").write_text("import os\nos.write(2, b'HACKED')\n", "utf-8")
    assert repository("diff", "--git", "HEAD").code == 0
