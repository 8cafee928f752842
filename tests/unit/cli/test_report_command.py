"""``depscan report``: formats by ending, the digest, the night and owner that are meant, and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depscan.cli._main import main
from tests.unit.overview.made_nights import Fleet, lock, vulnerable


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    fleet = Fleet(tmp_path, {"a": "ml", "b": "web"})
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("x 1")}, vulnerable("torch 2.4.0"))
    fleet.night({"a": lock("torch 2.6.0"), "b": lock("x 1")})
    fleet.store.close()
    return fleet.place


def told(path: str) -> list[str]:
    return [f["subject"] for f in json.loads(Path(path).read_text("utf-8"))["findings"]]


def test_the_ending_of_a_file_says_the_format(store: str) -> None:
    assert main(["report", "-o", "night.md", "--also", "json=more.json"]) == 0
    assert Path("night.md").read_text("utf-8").startswith("# ")
    assert told("more.json") == []
    assert main(["report", "--store", store, "-o", "night.txt", "--format", "json"]) == 0
    assert json.loads(Path("night.txt").read_text("utf-8"))["schema_version"] == 1


def test_without_a_file_the_report_is_printed(store: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["report", "--store", store]) == 0
    assert capsysbinary.readouterr().out.startswith(b"# ")


def test_a_digest_alone_prints_nothing_else(store: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["report", "--store", store, "--notify", "d.md", "--link", "https://reports.example/"]) == 0
    assert capsysbinary.readouterr().out == b""
    assert Path("d.md").read_text("utf-8").endswith("[The whole report](<https://reports.example/>)\n")


def kept(store: str) -> list[str]:
    """Return the files beside a store that are not its database's own."""
    return sorted(p.name for p in Path(store).parent.iterdir() if not p.name.startswith("depscan.db-"))


@pytest.mark.parametrize("night", ["1", "2030-01-01"])
def test_a_night_is_chosen_and_the_gate_is_that_of_the_night(store: str, night: str) -> None:
    assert main(["report", "--store", store, "-o", "night.json", "--night", night]) == 0
    assert told("night.json") == ["pkg:pypi/torch@2.4.0"]
    assert main(["report", "--store", store, "-o", "night.json", "--night", night, "--gate"]) == 1
    assert main(["report", "--store", store, "-o", "night.json", "--gate"]) == 0


def test_an_owner_gets_a_report_of_their_own(store: str) -> None:
    assert main(["report", "--store", store, "-o", "web.json", "--owner", "web", "--night", "1", "--gate"]) == 0
    assert told("web.json") == []


def test_another_policy_decides_again(store: str) -> None:
    Path("other.toml").write_text("fail-on = ['malicious']\n", "utf-8")
    words = ["report", "--store", store, "-o", "n.json", "--night", "1", "--gate", "--config"]
    assert main([*words, "other.toml"]) == 0
    assert main([*words, "missing.toml"]) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--store", "none.db"], 4),
        (["-o", "night.pdf"], 2),
        (["-o", "night"], 2),
        (["--night", "9"], 2),
        (["--owner", "nobody"], 2),
        (["--notify", "digest.txt"], 2),
        (["--notify", "digest.md", "--link", "https://reports.example/" + "a" * 2000], 2),
        (["--also", "pdf=x"], 2),
        (["-o", "no/such/folder.md"], 2),
    ],
)
def test_what_cannot_be_done_is_told_and_writes_nothing(store: str, words: list[str], code: int) -> None:
    before = kept(store)
    assert main(["report", *words]) == code
    assert kept(store) == before
