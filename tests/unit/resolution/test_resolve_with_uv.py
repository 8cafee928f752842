"""Resolving: uv gets plain requirements in an empty folder; no uv, a failure or a timeout is "incomplete"."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from depscan.inputs.python.pyproject_toml import parse as parse_pyproject
from depscan.inputs.python.requirements import parse
from depscan.model.document import Document
from depscan.resolution.resolve import Resolved, resolve
from depscan.resolution.uv import find_uv, passed_over
from depscan.text.source import SourceFile
from tests.unit.resolution.samples import LINUX, put_wheel, sdist

OUTPUT = "a==2.0\n    # via -r asked.in\nb==1.0\n    # via a\n"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a script")


def fake_uv(folder: Path, *, output: str = OUTPUT, said: str = "", code: int = 0, sleep: int = 0) -> dict[str, str]:
    """Write a stand-in for uv that notes what it was given; return an environment in which it is found."""
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    path = bin_folder / "uv"
    path.write_text(
        f"""#!{sys.executable} -I
import json, os, sys, time
time.sleep({sleep})
with open({str(folder / "noted.json")!r}, "w") as stream:
    json.dump([sys.argv[1:], os.listdir("."), open("asked.in").read(), os.getcwd(), dict(os.environ)], stream)
sys.stderr.write({said!r})
open("pins.txt", "w").write({output!r})
sys.exit({code})
"""
    )
    path.chmod(0o755)
    return {"PATH": str(bin_folder)}


def wishes(text: str) -> Document:
    return parse(SourceFile("requirements.in", text.encode()))


def needed(made: Resolved) -> list[str]:
    return [c.why for c in made.coverage if c.needed]


def test_the_answer_is_a_graph_labelled_as_what_it_is(tmp_path: Path) -> None:
    made = resolve(wishes("a>=1\n"), LINUX, environment=fake_uv(tmp_path))
    assert made.document is not None
    label = "requirements.in (resolved today for Python 3.11 on linux_x86_64, not what you installed)"
    assert made.document.path == label
    assert {(e.parent, e.child) for e in made.document.edges} >= {("pkg:pypi/a@2.0", "pkg:pypi/b@1.0")}
    assert not needed(made)


def test_uv_gets_an_argument_list_and_nothing_of_the_project(tmp_path: Path) -> None:
    text = "-e .\ngit+https://code.example/x.git\n-r other.in\na[x]>=1 ; python_version > '3'\nb\n"
    made = resolve(wishes(text), LINUX, environment=fake_uv(tmp_path))
    arguments, files, asked, folder, _ = json.loads((tmp_path / "noted.json").read_text())
    assert arguments == [
        "pip", "compile", "asked.in", "--no-build", "--no-header", "--no-python-downloads", "--color", "never",
        "--verbose", "--python", sys.executable, "--python-version", "3.11",
        "--python-platform", "x86_64-unknown-linux-gnu",
        "--output-file", "pins.txt",
    ]  # fmt: skip
    assert sorted(files) == ["asked.in", "said.txt"]
    assert asked == 'a[x]>=1 ; python_version > "3"\nb\n'.replace(" ;", ";")
    assert not os.path.exists(folder)
    assert any("not resolved" in c.why and "git" in c.why for c in made.coverage)


def test_pins_alone_are_not_resolved(tmp_path: Path) -> None:
    assert resolve(wishes("a==1\n"), LINUX, environment=fake_uv(tmp_path)) == Resolved(None, ())
    assert not (tmp_path / "noted.json").exists()


def test_groups_and_extras_of_a_project_are_left_out_and_told(tmp_path: Path) -> None:
    text = b"[project]\nname='p'\nversion='1'\ndependencies=['a']\n[project.optional-dependencies]\nx=['c']\n"
    made = resolve(parse_pyproject(SourceFile("pyproject.toml", text)), LINUX, environment=fake_uv(tmp_path))
    assert json.loads((tmp_path / "noted.json").read_text())[2] == "a\n"
    assert any("c (extra:x)" in c.why for c in made.coverage)


def test_the_indexes_of_the_file_are_told_and_not_used(tmp_path: Path) -> None:
    text = "--extra-index-url https://index.example/simple\na\n"
    made = resolve(wishes(text), LINUX, environment=fake_uv(tmp_path))
    assert "index.example" not in str(json.loads((tmp_path / "noted.json").read_text()))
    assert any("https://index.example/simple" in c.why for c in made.coverage)


def test_without_uv_the_answer_is_incomplete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    [why] = needed(resolve(wishes("a\n"), LINUX, environment={"PATH": str(tmp_path)}))
    assert "uv is not there" in why


def test_a_failing_uv_makes_the_answer_incomplete(tmp_path: Path) -> None:
    said = "DEBUG noise\n  x No solution found\n  because a does not exist\n"
    [why] = needed(resolve(wishes("a\n"), LINUX, environment=fake_uv(tmp_path, said=said, code=1)))
    assert why.endswith("uv found no resolution: x No solution found because a does not exist")


def test_a_uv_that_does_not_end_is_ended(tmp_path: Path) -> None:
    begin = time.monotonic()
    [why] = needed(resolve(wishes("a\n"), LINUX, environment=fake_uv(tmp_path, sleep=60), seconds=0.5))
    assert "ended after 0.5 s" in why
    assert time.monotonic() - begin < 20


def test_an_answer_that_is_no_requirements_file_makes_it_incomplete(tmp_path: Path) -> None:
    assert needed(resolve(wishes("a\n"), LINUX, environment=fake_uv(tmp_path, output="<html>\n")))


def test_a_uv_in_the_scanned_folder_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_uv(tmp_path)
    monkeypatch.chdir(tmp_path / "bin")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert find_uv({"PATH": os.pathsep.join(["", ".", "bin"])}) == ""


def test_variables_that_lead_into_a_project_do_not_reach_uv(tmp_path: Path) -> None:
    environment = fake_uv(tmp_path)
    leading = {"VIRTUAL_ENV": "/project/.venv", "PYTHONPATH": "/project", "UV_NO_BINARY": "1", "UV_INDEX": "kept"}
    path = os.pathsep.join([environment["PATH"], ".", "bin"])
    resolve(wishes("a\n"), LINUX, environment={**leading, "PATH": path})
    given = json.loads((tmp_path / "noted.json").read_text())[4]
    assert given["PATH"] == environment["PATH"]
    assert given["UV_INDEX"] == "kept"
    assert not {"VIRTUAL_ENV", "PYTHONPATH", "UV_NO_BINARY"} & set(given)


LOG = """DEBUG Searching for a compatible version of foo (*)
DEBUG Searching for a compatible version of foo (<=2.0)
DEBUG Searching for a compatible version of foo (<=1.0)
DEBUG Selecting: foo==1.0 [compatible] (foo-1.0-py3-none-any.whl)
DEBUG Searching for a compatible version of bar (>=1)
DEBUG Selecting: bar==3.0 [compatible] (bar-3.0-py3-none-any.whl)
"""


def test_a_version_passed_over_is_told_by_uvs_log(tmp_path: Path) -> None:
    assert passed_over(LOG) == (("foo", "1.0"),)
    made = resolve(wishes("foo\n"), LINUX, environment=fake_uv(tmp_path, said=LOG))
    told = [c.why for c in made.coverage if c.status == "partial"]
    assert told == ["passed over for want of a wheel: foo 1.0 was taken, uv could not use a newer version"]


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[str]:
    """Serve a folder as a simple index (PEP 503): foo 1.0 as a wheel, foo 2.0 only as an sdist, bar 1.0."""
    simple = tmp_path / "simple"
    for name in ("foo", "bar"):
        (simple / name).mkdir(parents=True)
    put_wheel(simple / "foo", "foo", "1.0", "bar")
    put_wheel(simple / "bar", "bar", "1.0")
    (simple / "foo" / "foo-2.0.tar.gz").write_bytes(sdist("foo", "2.0", form="2.1"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple/"
    server.shutdown()
    thread.join()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    """A file server that writes no log."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.skipif(not find_uv(os.environ), reason="uv is not installed (extra resolve)")
def test_the_real_uv_takes_the_older_version_that_has_a_wheel(loopback: str) -> None:
    environment = {**os.environ, "UV_DEFAULT_INDEX": loopback, "UV_NO_CACHE": "1", "UV_NO_CONFIG": "1"}
    made = resolve(wishes("foo\n"), LINUX, environment=environment)
    assert made.document is not None, made.coverage
    versions = {p.name: p.version for p in made.document.nodes.values() if p.ecosystem == "PyPI"}
    assert versions == {"foo": "1.0", "bar": "1.0"}
    assert any("foo 1.0 was taken" in c.why for c in made.coverage)
