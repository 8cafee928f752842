"""Each exit code from real runs of the installed wheel, and what may never be called clean."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Installed, Run

EMBEDDED = Path(__file__).resolve().parents[2] / "depscan" / "intel" / "data" / "advisories.idx"


def test_0_when_everything_was_looked_at_and_nothing_is_blocked(depscan: Installed) -> None:
    run = depscan("clean.txt")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("depscan: clean: 1 package in clean.txt\n")


def test_1_when_a_package_is_blocked(depscan: Installed) -> None:
    run = depscan("requirements.txt")
    assert run.code == 1
    assert "jinja2 3.1.4  requirements.txt:1" in run.out
    assert "3.1.6 clears all 3" in run.out


@pytest.mark.parametrize(
    "words",
    [
        ["missing.txt"],
        ["--no-such-option", "clean.txt"],
        ["clean.txt", "--format", "nonsense"],
        ["clean.txt", "--max-db-age", "-1"],
        ["clean.txt", "--online", "--offline"],
        ["clean.txt", "--config", "missing.toml"],
        ["clean.txt", "--baseline", "missing.json"],
        ["clean.txt", "--vex", "missing.json"],
        ["-", "clean.txt"],
        ["clean.txt", "-o", "no/such/folder"],
        ["json.py"],
        [],
    ],
    ids=" ".join,
)
def test_2_when_the_command_or_a_file_is_wrong(depscan: Installed, words: list[str]) -> None:
    run = depscan(*words)
    assert run.code == 2
    assert run.err or "BAD INPUT" in run.out


def test_3_when_there_is_nothing_to_scan(depscan: Installed) -> None:
    (depscan.cwd / "empty").mkdir()
    assert depscan("empty").code == 3
    (depscan.cwd / "none.txt").write_text("# nothing\n", "utf-8")
    assert depscan("none.txt").code == 3


def test_4_when_the_policy_needs_what_could_not_be_done(depscan: Installed) -> None:
    (depscan.cwd / "open.txt").write_text("flask\n", "utf-8")
    run = depscan("open.txt")
    assert run.code == 4
    assert "INCOMPLETE" in run.out
    assert "1 package (flask) without an exact version" in run.out


def test_exit_zero_turns_1_and_nothing_else_into_0(depscan: Installed) -> None:
    (depscan.cwd / "empty").mkdir()
    codes = [
        depscan(*words, "--exit-zero").code
        for words in (["requirements.txt"], ["missing"], ["empty"], ["clean.txt", "--db", "missing"])
    ]
    assert codes == [0, 2, 3, 4]


def test_a_broken_file_does_not_hide_what_a_good_one_holds(depscan: Installed) -> None:
    (depscan.cwd / "package-lock.json").write_text('{"packages": ', "utf-8")
    both = depscan("package-lock.json", "requirements.txt")
    assert both.code == 1
    assert "jinja2 3.1.4" in both.out
    assert "package-lock.json:1: invalid JSON" in both.out
    calm = depscan("package-lock.json", "clean.txt")
    assert calm.code == 2
    assert "BAD INPUT: 1 package in clean.txt" in calm.out


def damaged(folder: Path, kind: str) -> Path:
    whole = bytearray(EMBEDDED.read_bytes())
    path = folder / f"{kind}.idx"
    if kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    elif kind == "truncated":
        path.write_bytes(whole[:100_000])
    elif kind == "header":
        whole[9] ^= 1
        path.write_bytes(whole)
    elif kind == "content":
        for at in range(100_000, len(whole), 97):
            whole[at] ^= 255
        path.write_bytes(whole)
    elif kind == "other":
        path.write_bytes(b"PK\x03\x04" * 1000)
    return path


@pytest.mark.parametrize("kind", ["missing", "empty", "folder", "truncated", "header", "content", "other"])
def test_an_index_that_cannot_be_used_is_4_and_never_clean(depscan: Installed, kind: str) -> None:
    path = damaged(depscan.cwd, kind)
    for run in (depscan("clean.txt", "--db", path), depscan("clean.txt", DEPSCAN_DB=str(path))):
        assert run.code == 4
        assert "INCOMPLETE" in run.out
        assert f"! {path}" in run.out.replace("\n    ", "")
        assert "clean:" not in run.out
    assert depscan("clean.txt", "--db", path, "--exit-zero").code == 4


def test_data_that_is_too_old_is_4(depscan: Installed) -> None:
    later = "2000000000"
    assert depscan("clean.txt", "--max-db-age", "30", SOURCE_DATE_EPOCH=later).code == 4
    assert depscan("clean.txt", "--max-db-age", "99999", SOURCE_DATE_EPOCH=later).code == 0
    (depscan.cwd / "depscan.toml").write_text("max-db-age = 30\n", "utf-8")
    assert depscan("clean.txt", SOURCE_DATE_EPOCH=later).code == 4


def test_both_ways_to_start_say_the_same(depscan: Installed) -> None:
    module = depscan("requirements.txt", program=[str(depscan.python), "-m", "depscan"])
    assert module == depscan("requirements.txt")


def shell(depscan: Installed, script: str, *, closed_by: str = "") -> Run:
    return depscan(program=["/bin/sh", "-c", script.replace("depscan", str(depscan.command), 1) + closed_by])


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")
def test_a_reader_that_goes_away_changes_nothing(depscan: Installed) -> None:
    names = "\n".join(f"jinja2==3.1.4 ; python_version > '{i}'\nname{i}==1" for i in range(3000))
    (depscan.cwd / "long.txt").write_text(names, "utf-8")
    run = shell(depscan, "(depscan long.txt clean.txt --format json; echo $? >code) | head -c 1")
    assert (run.out, run.err) == ("{", "")
    assert (depscan.cwd / "code").read_text("utf-8").strip() == "1"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device")
def test_a_report_that_cannot_be_written_is_an_error(depscan: Installed) -> None:
    for closed_by in (" >/dev/full", " >&-", " -o /dev/full"):
        run = shell(depscan, "depscan clean.txt", closed_by=closed_by)
        assert run.code == 2, closed_by
        assert "standard output" in run.err or "/dev/full" in run.err
    assert shell(depscan, "depscan - --format-hint requirements", closed_by=" <&-").code == 2


def test_a_device_is_written_to_and_not_replaced(depscan: Installed) -> None:
    os.mkfifo(depscan.cwd / "pipe")
    run = shell(depscan, "cat pipe & depscan clean.txt -o pipe; wait")
    assert run.out.startswith("depscan: clean")
    assert (depscan.cwd / "pipe").is_fifo()


def test_a_report_file_is_whole_or_not_there(depscan: Installed) -> None:
    (depscan.cwd / "folder").mkdir()
    assert depscan("clean.txt", "-o", "folder").code == 2
    (depscan.cwd / "link").symlink_to("report.txt")
    assert depscan("clean.txt", "-o", "link").out == ""
    assert (depscan.cwd / "link").is_symlink()
    assert (depscan.cwd / "report.txt").read_text("utf-8").startswith("depscan: clean")
    assert [p.name for p in depscan.cwd.iterdir() if ".part" in p.name] == []
