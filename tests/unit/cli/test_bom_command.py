"""``depscan bom``: a bill of a folder, the same twice, whole when read back, and honest about what it lacks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from depscan.api import Options, scan
from depscan.cli._main import main
from depscan.model.result import ScanResult
from depscan.reports.discover import report_by_id
from depscan.reports.report import View
from tests.golden.results import ai

KLASSES = {"vulnerability", "malicious", "name"}
MCP = {"mcpServers": {"files": {"command": "npx", "args": ["-y", "@acme/files-server"]}}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    pins = "torch==2.0.0\njinja2==2.4.1\nrequestes==1.0\npyyaml>=5\n"
    (folder / "requirements.txt").write_text(pins, encoding="utf-8")
    (folder / ".mcp.json").write_text(json.dumps(MCP), encoding="utf-8")
    return folder


def findings(result: ScanResult) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(f.rule, f.subject, f.ids) for f in result.findings if f.klass in KLASSES}


def edges(result: ScanResult) -> set[tuple[object, ...]]:
    return {(e.parent, e.child, e.label, e.marker, e.requested) for e in result.graph.edges}


@pytest.mark.parametrize(("form", "name"), [("cyclonedx", "a.cdx.json"), ("cyclonedx-1.7", "a.cdx.json"), ("spdx", "a.spdx.json")])  # fmt: skip  # noqa: E501
def test_a_scan_of_the_bill_finds_what_the_scan_of_the_project_found(
    project: Path, tmp_path: Path, form: str, name: str
) -> None:
    bill = tmp_path / name
    assert main(["bom", str(project), "--format", form, "-o", str(bill)]) == 0
    first, second = scan([str(project)], Options(cache=False)), scan([str(bill)], Options(cache=False))
    assert findings(first)
    assert findings(second) == findings(first)
    assert second.graph.nodes == first.graph.nodes
    assert edges(second) == edges(first)
    assert sorted((u.node, u.how, u.facts) for u in second.uses) == sorted((u.node, u.how, u.facts) for u in first.uses)


@pytest.mark.parametrize("form", ["cyclonedx", "cyclonedx-1.7", "spdx", "markdown", "html"])
def test_two_runs_give_the_same_bytes(project: Path, form: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    texts = []
    for _ in range(2):
        assert main(["bom", str(project), "--format", form]) == 0
        texts.append(capsysbinary.readouterr().out)
    assert texts[0] == texts[1]
    assert b"torch" in texts[0]


def test_the_bill_of_before_is_no_part_of_the_bill(project: Path) -> None:
    bill = project / "bom.json"
    assert main(["bom", str(project), "-o", str(bill)]) == 0
    before = bill.read_bytes()
    assert main(["bom", str(project), "-o", str(bill)]) == 0
    assert bill.read_bytes() == before


def test_the_time_stands_in_a_bill_only_when_asked_for(project: Path, tmp_path: Path) -> None:
    bill = tmp_path / "bill"
    main(["bom", str(project), "-o", str(bill)])
    assert "timestamp" not in json.loads(bill.read_bytes())["metadata"]
    main(["bom", str(project), "-o", str(bill), "--timestamp"])
    assert json.loads(bill.read_bytes())["metadata"]["timestamp"].endswith("Z")


def test_findings_do_not_change_the_exit_code_but_broken_input_does(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = str(tmp_path / "bill")
    assert main(["scan", str(project)]) == 1
    assert main(["bom", str(project), "-o", bill]) == 0
    (project / "uv.lock").write_text("[", encoding="utf-8")
    assert main(["bom", str(project), "-o", bill]) == 2
    assert "uv.lock:1: invalid TOML" in capsys.readouterr().err
    assert main(["bom", str(tmp_path / "nowhere"), "-o", bill]) == 2
    (tmp_path / "empty").mkdir()
    assert main(["bom", str(tmp_path / "empty"), "-o", bill]) == 3


def test_the_score_says_what_is_missing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bom", str(project), "--score"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("completeness: ")
    assert re.search(r"  licence +of \d packages", out)
    assert "components" not in out


def test_score_and_bill_can_be_had_at_once(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bill = tmp_path / "bill"
    assert main(["bom", str(project), "--score", "-o", str(bill)]) == 0
    assert capsys.readouterr().out.startswith("completeness: ")
    assert json.loads(bill.read_bytes())["bomFormat"] == "CycloneDX"


def test_a_scan_shows_the_inventory_and_its_json_the_uses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bill = tmp_path / "bill.cdx.json"
    bill.write_text(report_by_id("cyclonedx").render(ai(), View()), encoding="utf-8")
    main(["scan", str(bill)])
    shown = capsys.readouterr().out.partition("\ninventory\n")[2]
    for name in ("acme/small-llm", "vendor-a/chat-large", "@acme/files-server", "acme/setup", "registry.example/base"):
        assert name in shown
    main(["scan", str(bill), "--format", "json"])
    uses = json.loads(capsys.readouterr().out)["uses"]
    assert {"node", "path", "line", "how", "facts"} == set(uses[0])
    assert all(use["line"] for use in uses)
