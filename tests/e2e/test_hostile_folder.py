"""The wheel in a folder, and on files, made by an attacker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.conftest import IMPOSTOR, Installed

HEAVY = {"networkx", "requests", "rich", "yaml", "packaging", "pathlib", "dataclasses", "inspect", "urllib.request"}
EVIL = "x\x1b[31m\n::error::owned\u202e<\u002fscript><b>|`@all`"
"""A folder name with a terminal sequence, a workflow command, a direction override, HTML and Markdown."""
FORMATS = ["text", "json", "sarif", "markdown", "github", "junit", "cyclonedx"]


def test_no_module_beside_the_scanned_file_is_imported(depscan: Installed) -> None:
    for name in sys.stdlib_module_names - {"sys", "builtins"}:
        (depscan.cwd / f"{name}.py").write_text(IMPOSTOR, "utf-8")
    (depscan.cwd / "depscan.py").write_text(IMPOSTOR, "utf-8")
    for words in (["requirements.txt"], ["."], ["env", "."], ["why", "jinja2"], ["requirements.txt", "-o", "x.sarif"]):
        depscan(*words, "--format", "sarif") if "-o" in words else depscan(*words)


def test_python_m_imports_nothing_of_ours_from_the_working_directory(depscan: Installed) -> None:
    ours = "json re typing argparse tomli yaml zlib struct packaging tokenize array bisect os posixpath"
    for name in ours.split():
        (depscan.cwd / f"{name}.py").write_text(IMPOSTOR, "utf-8")
    assert depscan("requirements.txt", program=[str(depscan.python), "-m", "depscan"]).code == 1
    # What runpy itself imports before depscan is asked can only be kept out by -P.
    (depscan.cwd / "depscan").mkdir()
    (depscan.cwd / "depscan" / "__init__.py").write_text(IMPOSTOR, "utf-8")
    assert depscan("requirements.txt", program=[str(depscan.python), "-P", "-m", "depscan"]).code == 1


@pytest.mark.parametrize("words", [["--version"], ["clean.txt"], ["requirements.txt"], ["clean.txt", "--exit-zero"]])
def test_a_plain_run_imports_no_heavy_module(depscan: Installed, words: list[str]) -> None:
    run = depscan(*words, program=[str(depscan.python), "-X", "importtime", str(depscan.command)])
    imported = {line.rpartition("|")[2].strip() for line in run.err.splitlines() if line.startswith("import time:")}
    assert "depscan" in imported
    assert HEAVY & imported == set()


def test_nothing_is_written_beside_the_scanned_files(depscan: Installed) -> None:
    before = sorted(depscan.cwd.rglob("*"))
    depscan(".")
    assert sorted(depscan.cwd.rglob("*")) == before


def test_standard_input_is_a_file_like_others(depscan: Installed) -> None:
    run = depscan("-", "clean.txt", "--format-hint", "requirements", stdin=b"\xef\xbb\xbfjinja2==3.1.4\r\n")
    assert run.code == 1
    assert "jinja2 3.1.4  <stdin>:1" in run.out
    assert "2 packages in 2 files" in run.out


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfjinja2==3.1.4\r\nflask==3.0.0", b"jinja2==3.1.4\nflask==3.0.0\n"])
def test_byte_order_mark_line_ends_and_last_newline_change_nothing(depscan: Installed, data: bytes) -> None:
    (depscan.cwd / "requirements.txt").write_bytes(data)
    run = depscan("requirements.txt")
    assert "jinja2 3.1.4  requirements.txt:1" in run.out
    assert "flask 3.0.0  requirements.txt:2" in run.out


def test_a_file_named_twice_counts_once(depscan: Installed) -> None:
    (depscan.cwd / "loop").symlink_to(".")
    run = depscan("requirements.txt", ".", "./requirements.txt", "loop/requirements.txt")
    assert "1 package in requirements.txt" in run.out


def test_odd_files_in_a_folder_are_reported_and_the_rest_is_scanned(depscan: Installed) -> None:
    made = depscan.cwd / "odd"
    made.mkdir()
    (made / "requirements.txt").write_text("jinja2==3.1.4\n", "utf-8")
    os.mkfifo(made / "uv.lock")
    (made / "pdm.lock").symlink_to("pdm.lock")
    (made / "poetry.lock").symlink_to("nowhere")
    (made / "up").symlink_to("..")
    with (made / "Cargo.lock").open("wb") as stream:
        stream.truncate(65 << 20)
    run = depscan("odd")
    assert run.code == 1
    for name, why in (
        ("uv.lock", "not a regular file"),
        ("pdm.lock", "too many levels of symbolic links"),
        ("poetry.lock", "no such file"),
        ("Cargo.lock", "file of 65 MB is over the limit"),
    ):
        assert any(name in line and why in line for line in run.out.splitlines()), name
    (made / "requirements.txt").unlink()
    assert depscan("odd").code == 2


def test_what_cannot_be_read_is_never_clean(depscan: Installed) -> None:
    for folder in ("shut", "shut/inner"):
        (depscan.cwd / folder).mkdir()
        (depscan.cwd / folder / "requirements.txt").write_text("tomli==2.2.1\n", "utf-8")
    (depscan.cwd / "shut" / "inner").chmod(0)
    (depscan.cwd / "requirements.txt").chmod(0)
    program = [str(depscan.command)]
    if os.geteuid() == 0:
        program = ["setpriv", "--reuid", "65534", "--clear-groups", *program]
        for parent in (depscan.cwd, *depscan.cwd.parents[:3], *depscan.python.parents[:5]):
            if str(parent).count("/") > 1:
                parent.chmod(parent.stat().st_mode | 0o055)
    try:
        named = depscan("requirements.txt", program=program)
        assert (named.code, "permission denied" in named.out) == (2, True)
        shut = depscan("shut", program=program)
        assert (shut.code, "shut/inner: folder cannot be read" in shut.out) == (2, True)
    finally:
        (depscan.cwd / "shut" / "inner").chmod(0o755)


def test_include_cycles_end_and_missing_includes_are_said(depscan: Installed) -> None:
    (depscan.cwd / "a.txt").write_text("-r b.txt\n-r a.txt\n-c a.txt\ntomli==2.2.1\n", "utf-8")
    (depscan.cwd / "b.txt").write_text("-r a.txt\n-c missing.txt\njinja2==3.1.4\n", "utf-8")
    run = depscan("a.txt")
    assert run.code == 1
    assert "jinja2 3.1.4  b.txt:3" in run.out
    assert "! missing.txt: cannot read" in run.out


def test_scanned_files_cannot_put_other_files_into_the_report(depscan: Installed) -> None:
    secret = depscan.cwd / "secret"
    secret.write_text("top-secret-line !\n", "utf-8")
    project = depscan.cwd / "project"
    project.mkdir()
    (project / ".git").mkdir()
    (project / "requirements.txt").write_text(f"-r {secret}\n-c ../secret\ntomli==2.2.1\n", "utf-8")
    (project / "Pipfile").symlink_to(secret)
    for words in (["project"], ["project/requirements.txt"]):
        run = depscan(*words, "--format", "json")
        assert run.code == 4
        assert "top-secret" not in run.out
        assert "is outside of what was named" in run.out


@pytest.mark.parametrize("report", FORMATS)
def test_hostile_names_are_harmless_in_every_report(depscan: Installed, report: str) -> None:
    folder = depscan.cwd / EVIL.replace("/", "\u2215")
    folder.mkdir()
    (folder / "requirements.txt").write_text("jinja2==3.1.4\nname\x1b[2J<b>\n", "utf-8")
    run = depscan(folder.name, "--format", report)
    assert run.code == 1
    assert not {"\x1b", "\u202e", "\x07"} & set(run.out)
    assert not any(line.startswith("::error::owned") for line in run.out.splitlines())
    if report in {"json", "sarif", "cyclonedx"}:
        json.loads(run.out)
    elif report == "junit":
        ET.fromstring(run.out)  # noqa: S314 - our own output
    elif report == "markdown":
        assert "<b>" not in run.out
        assert "@all" not in run.out


@pytest.mark.parametrize("report", FORMATS)
def test_equal_input_gives_equal_bytes(depscan: Installed, report: str) -> None:
    lock = 'version = 1\n[[package]]\nname = "jinja2"\nversion = "3.1.4"\nsource = { registry = "https://i.example" }\n'
    (depscan.cwd / "uv.lock").write_text(lock, "utf-8")
    runs = {depscan(".", "--format", report, PYTHONHASHSEED=seed).out for seed in ("0", "1", "77")}
    assert len(runs) == 1
    assert runs != {""}


def test_colour_is_for_terminals_that_want_it(depscan: Installed) -> None:
    import pty

    def shown(**env: str) -> bytes:
        parent, child = pty.openpty()
        try:
            scrubbed = {"PATH": "/usr/bin:/bin", "TERM": "xterm", **env}
            argv = [str(depscan.command), "requirements.txt"]
            subprocess.run(argv, stdout=child, cwd=depscan.cwd, env=scrubbed, timeout=60, check=False)
            return os.read(parent, 1 << 16)
        finally:
            os.close(parent)
            os.close(child)

    assert b"\x1b[1;31mBLOCKED" in shown()
    assert b"\x1b" not in shown(NO_COLOR="1")
    assert b"\x1b" not in shown(TERM="dumb")
    assert "\x1b" not in depscan("requirements.txt").out


def test_a_name_that_is_not_text_does_no_harm(depscan: Installed) -> None:
    path = os.fsencode(depscan.cwd) + b"/\xff.txt"
    Path(os.fsdecode(path)).write_text("jinja2==3.1.4\n", "utf-8")
    for report in FORMATS:
        assert depscan(os.fsdecode(b"\xff.txt"), "--format", report).code == 1
