"""The commands on a completed graph: targets printed, origins shown, and nothing changed without the options."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from depscan.api import GraphOptions, Options, read_completed_graph, scan
from depscan.cli._main import main
from tests.unit.resolution.samples import put_wheel, wheel

LINUX = ("--python", "3.11", "--platform", "linux")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with pins and a wheelhouse that knows one of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "requirements.txt").write_text("a==1\nb==2\nc==3\n")
    (tmp_path / "house").mkdir()
    put_wheel(tmp_path / "house", "a", "1", "b>=1", "c; sys_platform == 'win32'", "gone")
    put_wheel(tmp_path / "house", "b", "2")
    return tmp_path


def test_graph_shows_edges_and_where_they_come_from(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del project
    assert main(["graph", "requirements.txt", "--find-links", "house", *LINUX]) == 0
    shown = capsys.readouterr()
    made = json.loads(shown.out)
    origins = {n["name"]: n["edges_from"] for n in made["nodes"]}
    assert origins["a"] == origins["b"] == "wheel"
    assert origins["c"] == "unknown: find-links: no archive of this version"
    assert origins["requirements.txt"] == "requirements.txt"
    edges = {(e["from"], e["to"]): e for e in made["edges"]}
    taken = edges["pkg:pypi/a@1", "pkg:pypi/b@2"]
    assert (taken["requested"], taken.get("taken", True)) == (">=1", True)
    assert taken["path"] == "house/a-1-py3-none-any.whl > a-1.dist-info/METADATA"
    assert edges["pkg:pypi/a@1", "pkg:pypi/c@3"]["taken"] is False
    assert made["target"] == "Python 3.11 on linux_x86_64"
    assert made["not_pinned"] == [{"name": "gone", "asked_by": ["pkg:pypi/a@1"]}]
    assert "edges completed for Python 3.11 on linux_x86_64: 2 from wheel, 1 unknown" in shown.err


@pytest.mark.parametrize(("form", "mark"), [("dot", "style=dashed"), ("mermaid", "edges unknown")])
def test_unknown_nodes_are_seen_in_drawings(
    project: Path, form: str, mark: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del project
    assert main(["graph", "requirements.txt", "--format", form, "--find-links", "house", *LINUX]) == 0
    assert capsys.readouterr().out.count(mark) == 1
    assert main(["graph", "requirements.txt", "--format", form]) == 0
    assert mark not in capsys.readouterr().out


def test_why_follows_completed_edges_and_tells_the_target(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "requirements.txt").write_text("a==1\nb==2\n    # via a\nc==3\n")
    assert main(["why", "b", "requirements.txt", "--find-links", "house", *LINUX]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("edges completed for Python 3.11 on linux_x86_64")
    assert "b 2, asks >=1" in shown
    assert main(["why", "c", "requirements.txt", "--find-links", "house", *LINUX]) == 0
    shown = capsys.readouterr().out
    assert 'not taken: a 1 asks ; sys_platform == "win32"' in shown
    assert "what it asks for itself is unknown" in shown


def test_scan_names_the_target_and_what_is_unknown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del project
    main(["scan", "requirements.txt", "--find-links", "house", *LINUX])
    shown = capsys.readouterr().out
    assert "edges completed for Python 3.11 on linux_x86_64: 2 from wheel, 1 unknown" in shown
    assert "gone: not pinned: gone asked by a 1" in shown


def test_a_damaged_wheel_makes_the_answer_incomplete(project: Path) -> None:
    (project / "house" / "c-3-py3-none-any.whl").write_bytes(wheel("c", "3")[:-40])
    assert main(["graph", "requirements.txt", "--find-links", "house", *LINUX]) == 4
    assert main(["why", "a", "requirements.txt", "--find-links", "house", *LINUX]) == 4
    made = scan(["requirements.txt"], Options(graph=GraphOptions(("house",), (), "3.11", "linux")))
    assert made.exit_code in {1, 4}
    assert any(c.needed and c.kind == "edges" for c in made.coverage)


@pytest.mark.parametrize(
    "words",
    [
        ["--python", "3.11"],
        ["--find-links", "no"],
        ["--site-packages", "house"],
        ["--find-links", "house", "--platform", "x"],
    ],
)
def test_options_that_make_no_sense_are_bad_usage(project: Path, words: list[str]) -> None:
    del project
    assert main(["graph", "requirements.txt", *words]) == 2


def test_installed_metadata_is_asked_before_archives(project: Path) -> None:
    info = project / "site" / "a-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: c\n")
    made = read_completed_graph(["requirements.txt"], GraphOptions(("house",), ("site",), "3.11", "linux"))
    assert made.completion is not None
    assert made.completion.origins == {"pkg:pypi/a@1": "site-packages", "pkg:pypi/b@2": "wheel"}


def test_a_lock_with_edges_is_left_alone(project: Path) -> None:
    (project / "uv.lock").write_text(
        'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://index.example/simple" }\n'
        'dependencies = [{ name = "d" }]\n[[package]]\nname = "d"\nversion = "1"\n'
        'source = { registry = "https://index.example/simple" }\n'
    )
    made = read_completed_graph(["uv.lock"], GraphOptions(("house",), (), "3.11", "linux"))
    assert made.completion is not None
    assert (made.completion.pins, len(made.graph.edges)) == (0, 1)


def test_without_the_options_nothing_of_it_is_imported(project: Path) -> None:
    code = (
        "import sys; from depscan.cli._main import main; main(['graph', 'requirements.txt', '-o', 'out.json']); "
        "main(['scan', 'requirements.txt', '-o', 'out.txt']); "
        "sys.exit(any(m.startswith(('depscan.resolution', 'packaging')) for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=project, check=False).returncode == 0
    assert "edges_from" not in (project / "out.json").read_text()
