"""How a difference is told: verdict first, and hostile text stays text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depscan.cli import _diff_json, _diff_markdown, _diff_text
from depscan.cli._main import main
from depscan.difference import Difference
from depscan.reports.report import View
from depscan.reports.sarif import render as sarif
from tests.unit.difference.projects import Project, entry, lock

HOSTILE_NAME = "x](https://e.example)|<img src=x>@all\x1b[31m\n# h"


@pytest.fixture
def change(project: Project) -> Difference:
    project.locks(lock(entry("alpha", "1"), entry("gone", "1")), lock(entry("alpha", "2"), entry("evil", "1")))
    return project.diff()


def test_text_begins_with_the_verdict_and_marks_what_blocks(change: Difference) -> None:
    lines = _diff_text.render(change, View()).splitlines()
    assert lines[0].startswith("depscan: BLOCKED: 1 malicious package")
    assert any(line.endswith("3 packages changed (1 added, 1 upgraded, 1 removed)") for line in lines)
    assert any(line.startswith("  !  evil") and "added" in line for line in lines)
    assert any("alpha" in line and "1 -> 2" in line and "upgraded" in line for line in lines)
    assert "1 advisory finding gone: alpha PYSEC-1" in lines


def test_markdown_has_a_table_and_folded_details(change: Difference) -> None:
    text = _diff_markdown.render(change, View())
    assert text.startswith("## ⛔ depscan: blocked\n")
    assert "| ⛔ | evil |  | 1 | added |" in text
    assert "Advisories this change gets rid of: alpha PYSEC-1." in text
    assert "<details>" in text


def test_json_is_the_report_of_the_new_findings_with_the_changes(change: Difference) -> None:
    made = json.loads(_diff_json.render(change, View()))
    assert (made["schema_version"], made["kind"], made["exit_code"], made["verdict"]) == (1, "diff", 1, "blocked")
    assert [(c["kind"], c["name"], c["action"]) for c in made["changes"]] == [
        ("upgraded", "alpha", ""),
        ("added", "evil", "block"),
        ("removed", "gone", ""),
    ]
    assert made["advisories"]["fixed"][0]["ids"] == ["PYSEC-1", "CVE-2026-1"]
    assert [f["rule"] for f in made["findings"]] == ["advisory/malicious"]


def test_sarif_holds_only_what_is_new(project: Project) -> None:
    project.locks(lock(entry("evil", "1"), entry("alpha", "1")), lock(entry("evil", "2"), entry("alpha", "1")))
    run = json.loads(sarif(project.diff().result, View()))["runs"][0]
    assert [r["ruleId"] for r in run["results"]] == ["advisory/malicious"]


def test_hostile_names_stay_text(project: Project) -> None:
    packages = {f"node_modules/{HOSTILE_NAME}": {"version": HOSTILE_NAME, "resolved": "https://files.example/x.tgz"}}
    (project.head / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}), "utf-8")
    found = project.diff()
    assert len(found.changes) == 1
    for text in (
        _diff_text.render(found, View()),
        _diff_markdown.render(found, View()),
        _diff_json.render(found, View()),
    ):
        assert "\x1b" not in text
        assert "\n# h" not in text
    markdown = _diff_markdown.render(found, View())
    assert "<img" not in markdown
    assert not any("x](" in line for line in markdown.splitlines() if line.startswith("|"))
    assert "@all" not in markdown


def test_a_comment_stays_below_what_hosts_take(project: Project) -> None:
    many = [entry(f"{'[*_|' * 15}{i}", "1") for i in range(600)]
    project.locks(lock(), lock(*many))
    text = _diff_markdown.render(project.diff(), View())
    assert len(text) < 65_536
    assert "more changes are not shown." in text


def test_the_same_comparison_gives_the_same_bytes(project: Project) -> None:
    project.locks(lock(entry("alpha", "1")), lock(entry("alpha", "2"), entry("evil", "1")))
    for module in (_diff_text, _diff_markdown, _diff_json):
        assert module.render(project.diff(), View()) == module.render(project.diff(), View())


def test_one_run_writes_several_reports(project: Project, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    project.locks(lock(), lock(entry("evil", "1")))
    words = ["diff", str(project.base), str(project.head), "--db", str(project.folder / "db"), "--format", "github"]
    words += ["--also", f"sarif={tmp_path / 's'}", "--also", f"markdown={tmp_path / 'm'}"]
    assert main(words) == 1
    assert capsys.readouterr().out.startswith("::error file=")
    assert json.loads((tmp_path / "s").read_text("utf-8"))["version"] == "2.1.0"
    assert (tmp_path / "m").read_text("utf-8").startswith("## ⛔")
    assert main([*words, "--exit-zero"]) == 0


@pytest.mark.parametrize(
    "words",
    [["a"], [], ["a", "b", "c"], ["-", "b"], ["--git", "a", "b", "c"], ["a", "b", "--also", "nonsense=x"]],
    ids=" ".join,
)
def test_wrong_arguments_are_bad_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *words]) == 2
    assert "depscan: error:" in capsys.readouterr().err
