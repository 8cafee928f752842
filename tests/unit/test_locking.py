"""Lock a project, change it, and see what drift says, with exit codes and places."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from depscan.api import Options
from depscan.errors import LockError, LockMissingError, UsageError
from depscan.locking import NAME, drift, lock, take

HASH = "sha256:" + "a" * 64
REQUIREMENTS = f"x==1 --hash={HASH}\n"
NOW = Options(now="2030-01-01T00:00:00Z")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS, "utf-8")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "w.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    (tmp_path / NAME).write_text(lock(str(tmp_path)), "utf-8")
    return tmp_path


def test_an_unchanged_project_has_no_drift(project: Path) -> None:
    made = drift(str(project), NOW)
    assert (made.exit_code, made.findings, made.mode) == (0, (), "drift")


def test_the_same_project_at_another_place_has_the_same_lock(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (project / NAME).read_text("utf-8")
    monkeypatch.chdir(project)
    assert lock(".") == text
    monkeypatch.chdir(project.parent)
    assert lock(project.name) == text


def test_drift_shows_the_line_of_the_lock_and_that_of_the_project(project: Path) -> None:
    (project / "requirements.txt").write_text("# moved\n" + REQUIREMENTS.replace("a" * 64, "b" * 64), "utf-8")
    made = drift(str(project), NOW)
    (finding,) = made.findings
    assert (finding.rule, finding.subject, made.exit_code) == ("drift/hash-changed", "pkg:pypi/x@1", 1)
    then, now = (one.location for one in finding.evidence)
    assert (then.path, then.line) == (str(project / NAME), 4)
    assert (now.path, now.line) == (str(project / "requirements.txt"), 2)


def test_what_only_warns_does_not_fail(project: Path) -> None:
    (project / "requirements.txt").write_text("x==1\n", "utf-8")
    made = drift(str(project), NOW)
    assert [(d.finding.rule, d.action) for d in made.decisions] == [("drift/hash-dropped", "warn")]
    assert made.exit_code == 0


def test_the_policy_of_the_project_decides_with_its_severity_and_exceptions(project: Path) -> None:
    (project / "requirements.txt").write_text(REQUIREMENTS + "y==1\n", "utf-8")
    (project / "depscan.toml").write_text("[drift]\nfail-on=['added']\n[drift.severity]\nadded='critical'\n", "utf-8")
    made = drift(str(project), NOW)
    assert (made.exit_code, made.findings[0].severity.word) == (1, "critical")
    with (project / "depscan.toml").open("a", encoding="utf-8") as stream:
        stream.write("[[exception]]\nid='drift/added'\npackage='y'\nreason='r'\nowner='o'\nexpires=2031-01-01\n")
    assert drift(str(project), NOW).exit_code == 0


def test_a_project_that_cannot_be_read_whole_is_incomplete(project: Path) -> None:
    (project / "uv.lock").write_text("version = [\n", "utf-8")
    made = drift(str(project), NOW)
    assert made.exit_code == 4
    assert any(item.needed and item.line for item in made.coverage)


def test_a_quick_run_says_what_it_did_not_compare(project: Path) -> None:
    made = drift(str(project), NOW, quick=True)
    assert (made.exit_code, made.findings) == (0, ())
    assert ["SHA-256" in item.why for item in made.coverage if item.kind == "drift"] == [True]


def test_no_lock_and_a_broken_one_are_told_apart(project: Path) -> None:
    (project / NAME).write_text("version = 1\nx = [\n", "utf-8")
    with pytest.raises(LockError) as broken:
        drift(str(project), NOW)
    assert (broken.value.exit_code, broken.value.line > 0) == (2, True)
    (project / NAME).unlink()
    with pytest.raises(LockMissingError) as missing:
        drift(str(project), NOW)
    assert missing.value.exit_code == 4
    with pytest.raises(UsageError):
        drift(str(project / "none"), NOW)


def test_names_that_are_no_unicode_or_deceive_are_locked_and_do_not_drift(project: Path) -> None:
    import os

    for name in (b"bad\xff", "turn\u202ed".encode(), b"line\nend", b'quo"te\\'):
        folder = os.path.join(os.fsencode(project), name)
        os.mkdir(folder)
        with open(os.path.join(folder, b"README.md"), "wb") as stream:
            stream.write(b"---\nlicense: mit\n---\n")
        with open(os.path.join(folder, b"w.safetensors"), "wb") as stream:
            stream.write((2).to_bytes(8, "little") + b"{}")
    text = lock(str(project))
    assert "\u202e" not in text
    (project / NAME).write_text(text, "utf-8")
    assert not drift(str(project), NOW).findings


def test_one_file_can_be_locked_alone(project: Path) -> None:
    made = take(str(project / "requirements.txt"))
    assert [row.section for row in made.lock.rows] == ["package"]
    assert "w.safetensors" not in lock(str(project / "requirements.txt"))


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@mail.example", *words], cwd=folder, check=True)


def test_the_lock_of_a_git_revision_is_compared_with(project: Path) -> None:
    (project / ".git").rmdir()
    git(project, "init", "-q", "-b", "main")
    git(project, "commit", "-q", "--allow-empty", "-m", "empty")
    git(project, "tag", "before")
    git(project, "add", NAME)
    git(project, "commit", "-q", "-m", "lock")
    (project / "requirements.txt").write_text(REQUIREMENTS.replace("==1", "==2"), "utf-8")
    (project / NAME).write_text(lock(str(project)), "utf-8")
    assert not drift(str(project), NOW).findings
    (finding,) = drift(str(project), NOW, against="main").findings
    assert (finding.rule, finding.primary.path) == ("drift/version-changed", f"main:{NAME}")
    with pytest.raises(LockMissingError):
        drift(str(project), NOW, against="before")
    with pytest.raises(UsageError):
        drift(str(project), NOW, against="no-such-revision")


def test_a_change_does_not_vote_on_itself(project: Path) -> None:
    (project / ".git").rmdir()
    (project / "depscan.toml").write_text("[drift]\nfail-on = ['version-changed']\n", "utf-8")
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "lock")
    (project / "requirements.txt").write_text(REQUIREMENTS.replace("==1", "==2"), "utf-8")
    (project / "depscan.toml").write_text("[drift]\nfail-on = []\n", "utf-8")
    assert drift(str(project), NOW).exit_code == 0
    made = drift(str(project), NOW, against="main")
    assert (made.exit_code, made.decisions[0].because) == (1, "main:depscan.toml:2")
    own = NOW._replace(config=str(project / "depscan.toml"))
    assert drift(str(project), own, against="main").exit_code == 0


def test_a_lock_below_the_top_of_a_repository_is_found_in_its_revision(project: Path) -> None:
    (project / ".git").rmdir()
    inner = project / "service"
    inner.mkdir()
    (inner / "requirements.txt").write_text("y==1\n", "utf-8")
    (inner / NAME).write_text(lock(str(inner)), "utf-8")
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "lock")
    assert drift(str(inner), NOW, against="main").exit_code == 0


def test_what_installs_run_is_in_the_lock_where_archives_are_at_hand(project: Path) -> None:
    import zipfile

    links = project / "wheels"
    links.mkdir()
    with zipfile.ZipFile(links / "x-1-py3-none-any.whl", "w") as archive:
        archive.writestr("x.py", "")
        archive.writestr("x.pth", "import os; os.system('id')\n")
        archive.writestr("x-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: x\nVersion: 1\n")
        archive.writestr("x-1.dist-info/RECORD", "")
    (project / "requirements.txt").write_text("x==1\n", "utf-8")
    text = lock(str(project / "requirements.txt"), Options(find_links=(str(links),), cache=False))
    assert "\"startup: process: os.system('id')\"" in text
