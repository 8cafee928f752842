"""What the shared arguments mean."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from depscan.cli import _arguments as arguments
from depscan.cli import _main, completion, why
from depscan.cli._progress import progress
from depscan.cli._table import table
from depscan.errors import UsageError


def test_the_width_is_that_of_columns_within_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, width in (("80", 80), ("9", 40), ("9999", 160), ("x", 100), ("-5", 40), ("", 100)):
        monkeypatch.setenv("COLUMNS", text)
        assert arguments.width_and_colour() == (width, False), text


def test_a_report_is_written_whole_and_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    arguments.write("äö\ud800\n", str(tmp_path / "link"))
    assert (tmp_path / "file").read_bytes() == "äö\\ud800\n".encode()
    assert sorted(os.listdir(tmp_path)) == ["file", "link"]


def test_a_folder_is_no_place_for_a_report(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        arguments.write("x", str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_closed_streams_are_bad_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stdout", None)
    assert arguments.read_stdin(["a"]) is None
    with pytest.raises(UsageError):
        arguments.read_stdin(["-"])
    with pytest.raises(UsageError):
        arguments.write("x", "")
    assert arguments.width_and_colour()[1] is False


@pytest.mark.parametrize("text", ["-1", "x", "", "1.5"])
def test_days_are_a_number_from_zero(text: str) -> None:
    assert arguments.natural("0") == 0
    with pytest.raises(ValueError):  # noqa: PT011 - what argparse wants
        arguments.natural(text)


def test_progress_is_silent_off_a_terminal_and_in_the_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    held = io.StringIO()
    monkeypatch.setattr(sys, "stderr", held)
    with progress() as step:
        step("reading")
    held.isatty = lambda: True  # type: ignore[method-assign]
    with progress() as step:
        step("reading")
    assert held.getvalue() == ""


def test_progress_cleans_up_after_itself_and_shows_no_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    held, clock = io.StringIO(), iter([0.0, 2.0, 2.01, 3.0])
    held.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stderr", held)
    monkeypatch.setattr("depscan.cli._progress.time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress() as step:
        step("one\x1b[2J")
        step("too soon")
        step("two")
    assert held.getvalue() == "\r\x1b[Kone\\x1b[2J\r\x1b[Ktwo\r\x1b[K"


def test_a_table_is_aligned_or_markdown() -> None:
    assert table(("a", "b"), [("xx", "y")]) == "a   b\nxx  y\n"
    assert table(("a", "b"), [("x|y", "z")], markdown=True) == "| a | b |\n| --- | --- |\n| x\\|y | z |\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert completion.run(_main.parser_of("completion", completion).parse_args([shell])) == 0
    made = capsys.readouterr().out
    assert all(name in made for name in _main.commands())
    assert "exit-zero" in made


def test_a_version_is_shown_only_where_there_is_one() -> None:
    from depscan.model.package import Package

    assert why.label(Package("PyPI", "a", "1")) == "a 1"
    assert why.label(Package("project", "app", None)) == "app"


def test_paths_may_stand_behind_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "requirements.txt").write_text("idna==3.10\n")
    _main.main(["scan", str(tmp_path / "a"), "--format", "json", str(tmp_path / "b")])
    assert len(json.loads(capsys.readouterr().out)["files"]) == 2
